"""Delayed recall: one symbol at the start, then distraction, then the question which one it was."""

from __future__ import annotations

import torch

from engine.tasks.base import TASKS, Task, TaskBatch, asked_at_end

SYMBOLS = 8
ASK = 2 * SYMBOLS  # after the symbols 0..7 and the distractors 8..15


@TASKS.register("delayed_recall")
class DelayedRecall(Task):
    """A symbol out of eight, `length` distractors out of eight others, and a question mark; the target is the symbol.

    The symbol is easy to tell from the distractors; the whole difficulty is not to be overwritten by them while
    waiting.

    Paper: after Hochreiter and Schmidhuber (1997), Long short-term memory, experiment 2.
    Differs: eight symbols to remember instead of two; the distractors are random instead of always the same or unseen
    before; the lag is fixed.
    """

    title = "Delayed recall"
    question = "Which symbol came first?"
    length_words = "distractors before the question"
    allows_bidirectional = True
    order_matters = False
    shortest = 1
    vocab_size = ASK + 1
    equally_likely = SYMBOLS
    output_size = SYMBOLS

    def batch(self, batch_size: int, generator: torch.Generator) -> TaskBatch:
        """Return token ids (B, length + 2) and, at the last step, the symbol shown first."""
        inputs = torch.randint(SYMBOLS, ASK, (batch_size, self.length + 2), generator=generator)
        inputs[:, 0] = torch.randint(SYMBOLS, (batch_size,), generator=generator)
        inputs[:, -1] = ASK
        return asked_at_end(inputs, inputs[:, 0])
