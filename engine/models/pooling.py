"""How a classifier makes one vector of what its layers say at every word.

Shapes: B batch, T time, F features of one direction. Both directions' features are pooled by themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.models.base import mask_from_lengths
from engine.models.recurrent import last_state
from engine.registry import Registry


@dataclass(frozen=True)
class Pooling:
    """One way to sum up a direction's outputs.

    Attributes:
        words: what a card calls it.
        whole: outputs (B, T, F) in the order they were read in, lengths (B,) -> features (B, F).
        along: outputs (T, F) of one text, in that order -> the features after each of its words, (T, F).
    """

    words: str
    whole: Callable[[Tensor, Tensor], Tensor]
    along: Callable[[Tensor], Tensor]


POOLINGS: Registry[Pooling] = Registry("pooling")


def _largest(outputs: Tensor, lengths: Tensor) -> Tensor:
    mask = mask_from_lengths(lengths, outputs.shape[1])[:, :, None]  # (B, T, 1)
    return outputs.masked_fill(~mask, -torch.inf).amax(1)


def _mean(outputs: Tensor, lengths: Tensor) -> Tensor:
    mask = mask_from_lengths(lengths, outputs.shape[1])[:, :, None]  # (B, T, 1)
    return (outputs * mask).sum(1) / lengths[:, None]


def _mean_along(outputs: Tensor) -> Tensor:
    return outputs.cumsum(0) / torch.arange(1, len(outputs) + 1)[:, None]


# Paper: Conneau et al. (2017), arXiv 1705.02364, section 3.2.1.
POOLINGS.register("max")(
    Pooling("of every unit the largest output over the text", _largest, lambda outputs: outputs.cummax(0).values)
)
# Paper: Iyyer et al. (2015), section 2, of embeddings.
POOLINGS.register("mean")(Pooling("of every unit the mean output over the text", _mean, _mean_along))
# Paper: Sutskever, Vinyals and Le (2014), arXiv 1409.3215, of an encoder.
POOLINGS.register("last")(Pooling("of every unit the output after its last word", last_state, lambda outputs: outputs))
