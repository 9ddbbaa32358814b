"""Temporal order: two of many symbols count, far from each other and from the end; which came first, which second?"""

from __future__ import annotations

import torch

from engine.tasks.base import TASKS, Task, TaskBatch, asked_at_end

DISTRACTORS = 4  # ids 0..3
X, Y, BEGIN, ASK = 4, 5, 6, 7


@TASKS.register("temporal_order")
class TemporalOrder(Task):
    """A beginning mark, `length` symbols, a question mark; two of the symbols are X or Y, and the target is which pair,
    in order.

    The first of the two stands in the second tenth of the symbols, the second one in the sixth tenth: the last thing
    that counts has been over for 40 % of the sequence when the question comes. The four answers are XX, XY, YX and YY
    (0 to 3).

    Paper: Hochreiter and Schmidhuber (1997), Long short-term memory, experiment 6a, where the length is drawn from 100
    to 110 and the two symbols stand at steps 10 to 20 and 50 to 60.
    Differs: a fixed length, and the two places grow with it.
    """

    title = "Temporal order"
    question = "Two of the symbols count: which came first, and which second?"
    length_words = "symbols before the question"
    family = "structure"
    allows_bidirectional = True
    order_matters = True
    shortest = 10
    vocab_size = ASK + 1
    equally_likely = 4
    output_size = 4

    def batch(self, batch_size: int, generator: torch.Generator) -> TaskBatch:
        """Return token ids (B, length + 2) and, at the last step, which pair it was."""
        inputs = torch.randint(DISTRACTORS, (batch_size, self.length + 2), generator=generator)
        inputs[:, 0], inputs[:, -1] = BEGIN, ASK
        pair = torch.randint(2, (batch_size, 2), generator=generator)  # 0 for X, 1 for Y
        for which, tenth in enumerate((1, 5)):
            first, after = (1 + tenths * self.length // 10 for tenths in (tenth, tenth + 1))  # after the beginning mark
            positions = torch.randint(first, after, (batch_size, 1), generator=generator)
            inputs.scatter_(1, positions, X + pair[:, which : which + 1])
        return asked_at_end(inputs, 2 * pair[:, 0] + pair[:, 1])
