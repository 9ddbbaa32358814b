"""In which number format a machine trains a model faster: measured on the model's own update, not guessed.

Products alone do not tell: with bfloat16 they are twice as fast on many processors, and a whole update, with all that
is converted to and fro at each of its steps, is up to twice as fast on one machine and a third slower on another.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import torch
from torch import nn

from engine.training.denormals import flushed_denormals

if TYPE_CHECKING:
    from engine.training.trainer import Objective

AUTO, FLOAT32, BFLOAT16 = "auto", "float32", "bfloat16"
ROUNDS = 2
MARGIN = 1.1  # so many times as fast bfloat16 must be: within the noise of the measurement the exact format wins


@contextmanager
def calculating(precision: str) -> Iterator[None]:
    """Make matrix products in this number format inside the block, in this thread."""
    with torch.autocast("cpu", torch.bfloat16, enabled=precision == BFLOAT16):
        yield


def faster_precision(model: nn.Module, objective: Objective) -> str:
    """Return "bfloat16" if losses and gradients of the first batch are clearly faster with it, else "float32".

    Nothing of the run changes by it: no weight is updated, and the random numbers are put back. It takes as long as
    five updates, two of them in the slower format.
    """
    seconds: dict[str, list[float]] = {FLOAT32: [], BFLOAT16: []}
    batch = objective.batch(0)
    model.train()
    with torch.random.fork_rng(devices=[]):
        for turn in range(ROUNDS + 1):  # in turn: a neighbour's load meets both
            for precision, taken in seconds.items():
                if turn == 0 and precision == FLOAT32:
                    continue  # bfloat16 alone prepares kernels on its first call
                begun = time.perf_counter()
                with flushed_denormals():
                    with calculating(precision):
                        loss, _ = objective.loss(model, batch, None)
                    loss.backward()
                if turn:
                    taken.append(time.perf_counter() - begun)
                model.zero_grad()
    return BFLOAT16 if MARGIN * min(seconds[BFLOAT16]) <= min(seconds[FLOAT32]) else FLOAT32
