"""A linear recurrence over a whole sequence at once.

Shapes: B batch, T time, H hidden.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional


def scan(kept: Tensor, written: Tensor) -> Tensor:
    """Return the memories (B, T, H) of h' = kept * h + written from h = 0, in 2 * log2(T) passes over the whole
    sequence.

    Its gradient is a scan as well, from the last step to the first, so that only the memories are stored for it.

    Paper: Blelloch (1990), Prefix sums and their applications, section 1.4; Martin and Cundy (2018), arXiv 1709.04057,
    for the gradient.
    """
    return _Scan.apply(kept, written)  # type: ignore[no-untyped-call]  # torch leaves it untyped


class _Scan(torch.autograd.Function):
    """The scan with its gradient; see `scan`."""

    @staticmethod
    def forward(context: Any, kept: Tensor, written: Tensor) -> Tensor:  # torch's, typed in part
        memory = _halve(kept, written)
        context.save_for_backward(kept, memory)
        return memory

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor, Tensor]:  # as above
        kept, memory = context.saved_tensors
        # What reaches step t is its own gradient and what step t + 1 kept of it: a scan from behind.
        after = torch.cat([kept[:, 1:], torch.zeros_like(kept[:, :1])], dim=1)
        reached = scan(after.flip(1), gradient.flip(1)).flip(1)
        before = functional.pad(memory[:, :-1], (0, 0, 1, 0))
        return reached * before, reached


def _halve(kept: Tensor, written: Tensor) -> Tensor:
    """Join neighbouring steps into one, solve the sequence of half the length, and fill in the steps between."""
    steps = written.shape[1]
    if steps == 1:
        return written
    pairs = steps // 2 * 2
    later = kept[:, 1:pairs:2]
    odd = _halve(later * kept[:, 0:pairs:2], torch.addcmul(written[:, 1:pairs:2], later, written[:, 0:pairs:2]))
    memory = torch.empty_like(written)
    memory[:, 0] = written[:, 0]
    memory[:, 1::2] = odd
    rest = written[:, 2::2]
    memory[:, 2::2] = torch.addcmul(rest, kept[:, 2::2], odd[:, : rest.shape[1]])
    return memory
