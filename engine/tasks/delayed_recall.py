"""Delayed recall: one symbol at the start, then distraction, then the question which one it was."""

from __future__ import annotations

import math

import torch

from engine.tasks.base import TASKS, Task, TaskBatch

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
    solved_text = "at least 99 % of held-out sequences answered right"
    kind = "classification"
    allows_bidirectional = True
    order_matters = False
    shortest = 1
    input_size = 0
    vocab_size = ASK + 1
    output_size = SYMBOLS

    @property
    def baseline(self) -> float:
        """ln 8 nats, a guess among eight."""
        return math.log(SYMBOLS)

    @property
    def baseline_formula(self) -> str:
        """Where ln 8 comes from."""
        return "one guess among eight equally likely symbols: ln 8"

    @property
    def baseline_accuracy(self) -> float:
        """One in eight."""
        return 1 / SYMBOLS

    def batch(self, batch_size: int, generator: torch.Generator) -> TaskBatch:
        """Return token ids (B, length + 2) and, at the last step, the symbol shown first."""
        inputs = torch.randint(SYMBOLS, ASK, (batch_size, self.length + 2), generator=generator)
        inputs[:, 0] = torch.randint(SYMBOLS, (batch_size,), generator=generator)
        inputs[:, -1] = ASK
        mask = inputs == ASK
        targets = torch.zeros_like(inputs)
        targets[:, -1] = inputs[:, 0]
        return TaskBatch(inputs, targets, mask)
