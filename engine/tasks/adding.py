"""The adding problem: among many random numbers two are marked; say their sum at the end."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.tasks.base import TASKS, Task, TaskBatch, asked_at_end

TOLERANCE = 0.08  # 4 % of the range of the sum, 0..2
SOLVED_ERROR = 1e-3  # mean squared error


@TASKS.register("adding")
class Adding(Task):
    """Two channels per step: a number drawn evenly from 0..1, and a marker that is 1 on two steps; the target is the
    sum.

    Paper: Hochreiter and Schmidhuber (1997), Long short-term memory, experiment 4.
    Differs: numbers from 0..1 and the plain sum, one marker in each half, a fixed length, no end markers, as in Le,
    Jaitly and Hinton (2015), arXiv 1504.00941, section 4.1; the paper drew from -1..1, asked for 0.5 + sum / 4, marked
    the first number within the first ten steps, and varied the length by a tenth. An answer counts as right within 4 %
    of the range of possible answers, as in the paper: 0.04 there, 0.08 here.
    """

    title = "Adding problem"
    question = "Two of the numbers are marked: what is their sum?"
    length_words = "numbers in the sequence"
    solved_text = "mean squared error below 0.001 on held-out sequences"
    kind = "regression"
    allows_bidirectional = True
    order_matters = False
    shortest = 2
    input_size = 2
    output_size = 1

    @property
    def baseline(self) -> float:
        """1/6, the mean squared error of always answering 1: the variance of the sum, 1/12 + 1/12."""
        return 1 / 6

    @property
    def baseline_accuracy(self) -> float:
        """The chance that the sum lies within the tolerance of 1; its density is a triangle with its peak there."""
        return 1 - (1 - TOLERANCE) ** 2

    def batch(self, batch_size: int, generator: torch.Generator) -> TaskBatch:
        """Return inputs (B, T, 2) and, at the last step, the sum."""
        half = self.length // 2
        numbers = torch.rand(batch_size, self.length, generator=generator)
        first = torch.randint(half, (batch_size, 1), generator=generator)
        second = torch.randint(half, self.length, (batch_size, 1), generator=generator)
        markers = torch.zeros_like(numbers).scatter_(1, first, 1.0).scatter_(1, second, 1.0)
        return asked_at_end(torch.stack([numbers, markers], dim=2), (numbers * markers).sum(1))

    def loss(self, outputs: Tensor, batch: TaskBatch) -> Tensor:
        """Return the mean squared error of the answers."""
        return (self._error(outputs, batch) ** 2).mean()

    def accuracy(self, outputs: Tensor, batch: TaskBatch) -> float:
        """Return the share of answers within 0.08 of the sum."""
        return (self._error(outputs, batch).abs() < TOLERANCE).double().mean().item()

    def is_solved(self, metrics: dict[str, float]) -> bool:
        """Return whether the mean squared error is below a thousandth."""
        return metrics["loss"] < SOLVED_ERROR

    @staticmethod
    def _error(outputs: Tensor, batch: TaskBatch) -> Tensor:
        return (outputs.squeeze(-1) - batch.targets)[batch.mask]
