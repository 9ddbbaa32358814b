"""How a decoder looks back at the source: dot, additive, or not at all.

Shapes: B batch, T target time, S source time, H hidden. Every kind returns the context (B, T, H) and weights (B, T, S).
"""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn

from engine.registry import Registry

ATTENTION: Registry[type[Attention]] = Registry("attention")


class Attention(nn.Module):
    """What a decoder finds in the encoder's outputs; see the subclasses for the equations. `read_size` is that of those
    outputs where it is not the hidden size."""

    is_attending: ClassVar[bool]

    def __init__(self, hidden_size: int, read_size: int = 0) -> None:
        super().__init__()

    def keys(self, outputs: Tensor) -> Tensor:
        """Return what queries are compared with: the encoder outputs themselves, unless a kind says otherwise."""
        return outputs


@ATTENTION.register("dot", title="Dot product")
class DotAttention(Attention):
    """Score of a source position = dot product of its encoder output with the decoder's hidden vector.

    Paper: Luong, Pham and Manning (2015), arXiv 1508.04025, section 3.1, "dot".
    """

    is_attending = True

    def forward(
        self, query: Tensor, keys: Tensor, outputs: Tensor, mask: Tensor, summary: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return the weighted sum of the encoder outputs and the weights."""
        return attend(query @ keys.transpose(1, 2), outputs, mask)


@ATTENTION.register("additive", title="Additive")
class AdditiveAttention(Attention):
    """Score of a source position = v . tanh(W output + U hidden).

    Paper: Bahdanau, Cho and Bengio (2015), arXiv 1409.0473, appendix A.1.2.
    Differs: the query is the decoder's state after reading the last word, not before.
    """

    is_attending = True

    def __init__(self, hidden_size: int, read_size: int = 0) -> None:
        super().__init__(hidden_size)
        self.key = nn.Linear(read_size or hidden_size, hidden_size)
        self.query = nn.Linear(hidden_size, hidden_size, bias=False)
        self.score = nn.Linear(hidden_size, 1, bias=False)

    def keys(self, outputs: Tensor) -> Tensor:
        """Return the projected encoder outputs, computed once per source."""
        return self.key(outputs)

    def forward(
        self, query: Tensor, keys: Tensor, outputs: Tensor, mask: Tensor, summary: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return the weighted sum of the encoder outputs and the weights."""
        scores = self.score(torch.tanh(self.query(query)[:, :, None] + keys[:, None]))  # (B, T, S, 1)
        return attend(scores.squeeze(-1), outputs, mask)


@ATTENTION.register("none", title="No attention")
class NoAttention(Attention):
    """The context is the encoder's last state at every step: one vector for the whole sentence.

    Paper: Cho et al. (2014), arXiv 1406.1078, section 2.2.
    """

    is_attending = False

    def forward(
        self, query: Tensor, keys: Tensor, outputs: Tensor, mask: Tensor, summary: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return the summary for every step and weights of zero."""
        weights = query.new_zeros(len(query), query.shape[1], outputs.shape[1])
        return summary[:, None].expand(-1, query.shape[1], -1), weights


def attend(scores: Tensor, outputs: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Return the context (B, T, H) and the weights (B, T, S) = softmax of the scores over real source tokens."""
    weights = scores.masked_fill(~mask[:, None], float("-inf")).softmax(dim=-1)
    return weights.to(outputs.dtype) @ outputs, weights
