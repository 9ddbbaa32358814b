"""The Transformer's block, in the order of today's small language models: each half reads a normalised copy and adds to
the stream.

Shapes: B batch, T time, N heads, C steps kept from before, D width, A width of one head.

Paper: Vaswani et al. (2017), Attention is all you need, arXiv 1706.03762, section 3; Xiong et al. (2020), On layer
normalization in the Transformer architecture, arXiv 2002.04745, for the normalisation inside ("pre-norm").
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

KeysValues = tuple[Tensor, Tensor]  # (B, N, C, A) each: what later steps may look at


class CausalBlock(nn.Module):
    """Attention to the steps so far, then a feed-forward layer on every step alone; dropout on what each adds to the
    stream.

    Differs: no dropout on the attention weights, for which torch has no fast path on a processor.
    """

    def __init__(self, width: int, num_heads: int, feedforward_size: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.num_heads, self.dropout = num_heads, dropout
        self.attention_norm = nn.LayerNorm(width)
        self.queries_keys_values = nn.Linear(width, 3 * width)
        self.attended = nn.Linear(width, width)
        self.feedforward_norm = nn.LayerNorm(width)
        self.expand = nn.Linear(width, feedforward_size)
        self.contract = nn.Linear(feedforward_size, width)

    @staticmethod
    def count_parameters(width: int, feedforward_size: int) -> int:
        """Return 4 D (D + 1) for attention, 2 D F + F + D for the feed-forward layer and 4 D for the two
        normalisations."""
        return 4 * width * (width + 1) + feedforward_size * (2 * width + 1) + width + 4 * width

    def forward(
        self, stream: Tensor, before: KeysValues | None = None, bias: Tensor | None = None
    ) -> tuple[Tensor, KeysValues]:
        """Return the stream (B, T, D) after this block, and the keys and values of `before` with those of these steps.

        `bias` (1 or B, 1 or N, T, C + T) is added to the scores, minus infinity where a step may not look; without it
        each step looks at all of `before` and at itself and the steps in front of it.
        """
        queries, keys, values = self._heads(self.queries_keys_values(self.attention_norm(stream)))
        if before is not None:
            keys, values = (
                torch.cat([old.to(new), new], dim=2) for old, new in zip(before, (keys, values), strict=True)
            )
        steps, seen = queries.shape[2], keys.shape[2]
        if bias is None and 1 < steps < seen:
            bias = queries.new_full((1, 1, steps, seen), -math.inf).triu(seen - steps + 1)
        is_whole = bias is None and steps > 1
        mixed = functional.scaled_dot_product_attention(
            queries, keys, values, attn_mask=None if bias is None else bias.to(queries.dtype), is_causal=is_whole
        )
        stream = stream + self._drop(self.attended(mixed.transpose(1, 2).flatten(2)))  # (B, T, D)
        inner = functional.gelu(self.expand(self.feedforward_norm(stream)))
        return stream + self._drop(self.contract(inner)), (keys, values)

    def _heads(self, projected: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Cut (B, T, 3 * D) into queries, keys and values, (B, N, T, A) each."""
        batch, steps, _ = projected.shape
        queries, keys, values = projected.view(batch, steps, 3, self.num_heads, -1).permute(2, 0, 3, 1, 4)
        return queries, keys, values

    def _drop(self, sequence: Tensor) -> Tensor:
        return functional.dropout(sequence, self.dropout, self.training)


def initialise(blocks: nn.ModuleList) -> None:
    """Start the weights of a stack of blocks: normal with standard deviation 0.02, smaller for what adds to the stream.

    Paper: Radford et al. (2019), Language models are unsupervised multitask learners, section 2.3. Differs: standard
    deviation 1 / sqrt(inputs) / 2 in place of 0.02, which is the same at width 625 and right for small widths too.
    """
    block: Any  # a ModuleList does not say of what
    for block in blocks:
        for layer in (block.queries_keys_values, block.attended, block.expand, block.contract):
            nn.init.normal_(layer.weight, std=0.5 * layer.in_features**-0.5)
            nn.init.zeros_(layer.bias)
        for layer in (block.attended, block.contract):
            with torch.no_grad():
                layer.weight.div_(math.sqrt(2 * len(blocks)))


def sinusoids(positions: int, width: int) -> Tensor:
    """Return a code for every position, (positions, width): sines in the even columns and cosines in the odd ones.

    Paper: Vaswani et al. (2017), section 3.5.
    """
    steps = torch.arange(positions, dtype=torch.float64)[:, None]
    rates = 10_000.0 ** (-torch.arange(0, width, 2, dtype=torch.float64) / width)  # (D / 2,)
    code = torch.zeros(positions, width, dtype=torch.float64)
    code[:, 0::2] = torch.sin(steps * rates)
    code[:, 1::2] = torch.cos(steps * rates[: width // 2])
    return code.float()
