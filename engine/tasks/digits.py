"""Sequential digits: a small picture of a handwritten digit, read one pixel at a time; which digit was it?"""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from engine.tasks.base import TASKS, RealTask, TaskBatch, asked_at_end

CLASSES = 10
VALIDATION, HELD_OUT = 300, 300
SPLIT_SEED = 0
POOLED = {16: (2, 2), 32: (1, 2), 64: (1, 1)}  # length: (rows, columns) of pixels that become one


@TASKS.register("digits")
class Digits(RealTask):
    """The grey values (0 to 1) of an 8 x 8 picture, row by row, one a step; the target, after the last one, is the
    digit.

    Shorter sequences show the same pictures more coarsely: the mean of two neighbours in a row makes 32 values, of two
    by two pixels 16. Of the 1,797 pictures, shuffled once, 1,197 are learnt from, 300 choose settings and 300 are held
    out.

    Paper: Le, Jaitly and Hinton (2015), arXiv 1504.00941, section 4.2, for reading a digit pixel by pixel; the pictures
    are the test part of Alpaydin and Kaynak (1998), Optical recognition of handwritten digits, as scikit-learn brings
    it along.
    Differs: 64 pixels of 17 grey values instead of the 784 of MNIST, which is no part of any library.
    """

    title = "Digits, pixel by pixel"
    question = "A handwritten digit was read one pixel at a time: which one was it?"
    length_words = "pixels of the picture"
    solved_text = "at least 95 % of the 300 held-out digits right"
    allows_bidirectional = True
    shortest, longest = min(POOLED), max(POOLED)
    lengths = tuple(POOLED)
    input_size = 1
    output_size = CLASSES

    @property
    def answers(self) -> tuple[np.ndarray, np.ndarray]:
        """The share of each digit among the 1,197 pictures learnt from, about one in ten, and the held-out digits."""
        return _shares(), _pictures()[1][-HELD_OUT:]

    @property
    def source_sentence(self) -> str:
        """Which pictures these are."""
        return (
            "Source: the 1,797 handwritten digits that scikit-learn brings along (UCI, optical recognition of digits)."
        )

    def batch(self, batch_size: int, generator: torch.Generator) -> TaskBatch:
        """Return grey values (B, length, 1) of pictures drawn from those learnt from, and, at the last step, the
        digit."""
        chosen = torch.randint(len(_pictures()[0]) - VALIDATION - HELD_OUT, (batch_size,), generator=generator)
        return self._show(chosen)

    def validation(self, count: int) -> TaskBatch:
        """Return the first `count` of the 300 pictures that settings are chosen by."""
        start = len(_pictures()[0]) - VALIDATION - HELD_OUT
        return self._show(torch.arange(start, start + min(count, VALIDATION)))

    def held_out(self, count: int) -> TaskBatch:
        """Return the first `count` of the 300 held-out pictures."""
        start = len(_pictures()[0]) - HELD_OUT
        return self._show(torch.arange(start, start + min(count, HELD_OUT)))

    def is_solved(self, metrics: dict[str, float]) -> bool:
        """Return whether 95 % are right."""
        return metrics["accuracy"] >= 0.95

    def _show(self, positions: Tensor) -> TaskBatch:
        pictures, digits = _pictures()
        shown = torch.from_numpy(pictures[positions.numpy()])  # (B, 8, 8)
        inputs = functional.avg_pool2d(shown[:, None], POOLED[self.length]).flatten(1)[..., None]  # (B, length, 1)
        return asked_at_end(inputs, torch.from_numpy(digits[positions.numpy()]))


@cache
def _pictures() -> tuple[np.ndarray, np.ndarray]:
    """Return all pictures (N, 8, 8), values from 0 to 1, and their digits (N,): to learn from, validation, held out."""
    from sklearn.datasets import load_digits  # a second to import; only this task needs it

    bunch = load_digits()
    order = np.random.default_rng(SPLIT_SEED).permutation(len(bunch.target))
    return (bunch.images[order] / 16).astype(np.float32), bunch.target[order].astype(np.int64)


@cache
def _shares() -> np.ndarray:
    digits = _pictures()[1]
    return np.bincount(digits[: -VALIDATION - HELD_OUT], minlength=CLASSES) / (len(digits) - VALIDATION - HELD_OUT)
