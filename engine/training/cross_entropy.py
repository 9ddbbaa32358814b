"""The loss of a choice among many tokens, with its gradient worked out at once, some rows at a time.

Over a vocabulary of thousands what a loss reads and writes costs more than what it computes: written with torch's own
functions, the numbers of all logits pass through memory some fifteen times. Here a few rows are read, and their
gradient is written, while they lie in the processor's cache.

Shapes: N tokens, V vocabulary.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

IGNORED = -100  # the label of padding
NUMBERS_AT_ONCE = 2**17  # half a megabyte in single precision


class _MeanCrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, logits: Tensor, labels: Tensor, smoothing: float) -> Tensor:  # torch's own context
        vocab_size, count = logits.shape[1], int((labels != IGNORED).sum())
        gradient, total = torch.empty_like(logits), logits.new_zeros((), dtype=_exact(logits))
        rows = max(1, NUMBERS_AT_ONCE // vocab_size)
        for given, wanted, slope in zip(logits.split(rows), labels.split(rows), gradient.split(rows), strict=True):
            is_real, wanted = (wanted != IGNORED).to(total.dtype), wanted.clamp(min=0)[:, None]  # (n,), (n, 1)
            log_probs = given.to(total.dtype).log_softmax(dim=1)  # (n, V)
            losses = (1 - smoothing) * log_probs.gather(1, wanted)[:, 0]
            if smoothing:
                losses += smoothing / vocab_size * log_probs.sum(dim=1)
            total -= losses @ is_real
            chances = log_probs.exp_()
            if smoothing:
                chances -= smoothing / vocab_size
            chances.scatter_add_(1, wanted, chances.new_full(wanted.shape, smoothing - 1))
            slope.copy_(chances.mul_(is_real[:, None] / count))
        ctx.save_for_backward(gradient)
        return total / count

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, slope: Tensor) -> tuple[Tensor, None, None]:  # as above
        (gradient,) = ctx.saved_tensors
        return gradient if slope == 1 else gradient * slope.to(gradient.dtype), None, None


def mean_cross_entropy(logits: Tensor, labels: Tensor, smoothing: float = 0.0) -> Tensor:
    """Return the mean cross-entropy in nats of labels (N,) under logits (N, V), of those that are not `IGNORED`.

    As `torch.nn.functional.cross_entropy` with this label smoothing, in single precision at least.

    Paper (smoothing): Szegedy et al. (2016), arXiv 1512.00567, section 7.
    """
    loss: Tensor = _MeanCrossEntropy.apply(logits, labels, smoothing)  # type: ignore[no-untyped-call] # torch's
    return loss


def _exact(logits: Tensor) -> torch.dtype:
    return torch.promote_types(logits.dtype, torch.float32)
