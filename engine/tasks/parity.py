"""Parity: zeros and ones come in; has the number of ones so far been odd?"""

from __future__ import annotations

import torch

from engine.tasks.base import TASKS, Task, TaskBatch


@TASKS.register("parity")
class Parity(Task):
    """`length` random bits; the target at every step is 1 where an odd number of ones has been read, else 0.

    A machine with two states and one rule, to change state at every one, answers for ever. It cannot be approximated:
    one bit overlooked anywhere turns every later answer around, and no part of the bits says anything about the answer
    for the whole.

    The answer is asked for at every step, because asked for at the end alone it tells learning by gradients nothing
    about any one bit, so that beyond some twenty bits no network would learn and there would be nothing to compare.
    What counts is the answer after the last bit: the loss is the mean over all steps, the accuracy is that of the last
    step only.

    Paper: Hahn (2020), Theoretical limitations of self-attention in neural sequence models, arXiv 1906.06755, on why
    attention finds this hard; Shalev-Shwartz, Shamir and Shammah (2017), Failures of gradient-based deep learning,
    arXiv 1703.07950, section 2, on parities and gradients.
    """

    title = "Parity"
    question = "Has the number of ones been odd or even?"
    length_words = "bits in the sequence"
    solved_text = "at least 99 % of held-out sequences answered right after their last bit"
    family = "structure"
    allows_bidirectional = False
    order_matters = False
    shortest = 2
    vocab_size = 2
    equally_likely = 2
    output_size = 2
    counts_every_step = True

    def batch(self, batch_size: int, generator: torch.Generator) -> TaskBatch:
        """Return bits (B, length) and the parity of those read so far."""
        inputs = torch.randint(2, (batch_size, self.length), generator=generator)
        mask = torch.zeros_like(inputs, dtype=torch.bool)
        mask[:, -1] = True
        return TaskBatch(inputs, inputs.cumsum(1) % 2, mask)
