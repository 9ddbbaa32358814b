"""How near an update comes to what the machine's matrix products alone would allow, measured side by side."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from engine.training.denormals import flushed_denormals
from engine.training.precision import BFLOAT16, calculating

if TYPE_CHECKING:
    from engine.training.trainer import Objective

SIZE, TRIES = 768, 5  # of the matrices multiplied; 50 ms where a core makes 90 billion operations per second
ROUNDS = 3


def matrix_limit(precision: str, clock: Callable[[], float] = time.perf_counter) -> float:
    """Return how many operations per second of a clock a product of square matrices makes in this number format, at
    best."""
    left = torch.full((SIZE, SIZE), 1 / SIZE, dtype=torch.bfloat16 if precision == BFLOAT16 else torch.float32)
    right, seconds = left.clone(), math.inf
    for _ in range(TRIES):
        begun = clock()
        torch.mm(left, right)
        seconds = min(seconds, clock() - begun)
    return 2 * SIZE**3 / seconds


def count_operations(work: Callable[[], object]) -> int:
    """Return how many operations the matrix products of some work make, those of recurrent layers among them."""
    with FlopCounterMode(display=False, custom_mapping=_RECURRENT) as counter:
        work()
    return int(counter.get_total_flops())


# Any: each objective knows its own batches.
def share_of_limit(model: nn.Module, objective: Objective, batch: Any, precision: str) -> float:
    """Return the share of `matrix_limit` that losses and gradients of a batch reach, of their matrix products alone;
    the model's gradients are cleared and the random numbers put back."""
    limit, seconds = 0.0, math.inf
    was_training = model.training

    def update() -> None:
        with flushed_denormals():
            with calculating(precision):
                loss, _ = objective.loss(model, batch, None)
            loss.backward()
        model.zero_grad()

    model.train()
    with torch.random.fork_rng(devices=[]):
        operations = count_operations(update)
        for _ in range(ROUNDS):  # in turn: a neighbour's load meets both
            limit = max(limit, matrix_limit(precision))
            begun = time.perf_counter()
            update()
            seconds = min(seconds, time.perf_counter() - begun)
    model.train(was_training)
    return operations / seconds / limit


# Any: the operation's arguments, of which the counter passes the shapes.
def _read_forwards(inputs: Any, from_input: Any, from_hidden: Any, *_: Any, **__: Any) -> int:
    """Return the operations of one recurrent layer, read forwards."""
    steps, rows, size = inputs  # (T, B, I)
    return 2 * steps * rows * from_input[0] * (size + from_hidden[1])


def _read_backwards(*shapes: Any, **named: Any) -> int:  # as above
    return 2 * _read_forwards(*shapes, **named)


_RECURRENT = {
    torch.ops.aten.mkldnn_rnn_layer: _read_forwards,
    torch.ops.aten.mkldnn_rnn_layer_backward: _read_backwards,
}
