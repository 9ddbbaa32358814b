"""Copying memory: ten symbols, a long silence, a signal; now repeat them in order."""

from __future__ import annotations

import math

import torch

from engine.tasks.base import TASKS, Task, TaskBatch

SYMBOLS, COPIED = 8, 10
BLANK, GO = 0, SYMBOLS + 1


@TASKS.register("copying")
class Copying(Task):
    """Ten symbols out of eight, T - 1 blanks, a go marker, ten blanks; the target is blank T + 10 times, then the
    symbols.

    Paper: Hochreiter and Schmidhuber (1997) for the idea; this layout is Arjovsky, Shah and Bengio (2016), Unitary
    evolution recurrent neural networks, arXiv 1511.06464, section 4.1.
    Differs: the outputs leave out the go marker, which is never an answer. The loss is the mean over all T + 20 steps,
    as in the paper; the accuracy is over the ten answers only.
    """

    title = "Copying memory"
    question = "Ten symbols were shown before the silence: which ones, in order?"
    length_words = "steps to wait before the answer"
    solved_text = "at least 99 % of the ten symbols right on held-out sequences"
    allows_bidirectional = True
    order_matters = True
    shortest = 1
    vocab_size = SYMBOLS + 2
    output_size = SYMBOLS + 1
    equally_likely = SYMBOLS
    counts_every_step = True  # keeping silent is part of the task

    @property
    def baseline(self) -> float:
        """10 ln 8 / (T + 20) nats per step: silent at the right times, ten guesses among eight afterwards."""
        return COPIED * math.log(SYMBOLS) / (self.length + 2 * COPIED)

    def batch(self, batch_size: int, generator: torch.Generator) -> TaskBatch:
        """Return token ids (B, T + 20) and the symbol, or blank, due at every step."""
        symbols = torch.randint(1, SYMBOLS + 1, (batch_size, COPIED), generator=generator)
        steps = self.length + 2 * COPIED
        inputs = torch.full((batch_size, steps), BLANK)
        inputs[:, :COPIED] = symbols
        inputs[:, -COPIED - 1] = GO
        targets = torch.full_like(inputs, BLANK)
        targets[:, -COPIED:] = symbols
        mask = torch.zeros_like(inputs, dtype=torch.bool)
        mask[:, -COPIED:] = True
        return TaskBatch(inputs, targets, mask)
