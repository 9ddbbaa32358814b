"""The Transformer language model: it keeps the last tokens as keys and values instead of a state that is rewritten.

Shapes: B batch, T time, N heads, W window, C kept tokens, D width, A width of one head, V vocabulary.

Paper: Vaswani et al. (2017), arXiv 1706.03762; Al-Rfou et al. (2019), Character-level language modeling with deeper
self-attention, arXiv 1808.04444, for characters; Dai et al. (2019), Transformer-XL, arXiv 1901.02860, section 3.2, for
keys and values carried from one stretch of text to the next.
"""

from __future__ import annotations

import dataclasses
import math
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.config import option
from engine.errors import ConfigError
from engine.models.base import MODELS, PretrainedModel
from engine.models.causal_attention import CausalBlock, KeysValues, initialise
from engine.models.hyperparameters import dropout_option

TransformerState = tuple[
    Tensor, tuple[KeysValues, ...]
]  # how many tokens are kept, (B, 1), and every block's, (B, N, W, A) twice

STRETCH = 512  # tokens read at once; more would need scores of every token for every other


@dataclasses.dataclass(frozen=True)
class TransformerConfig:
    """The hyper-parameters of a `TransformerLanguageModel`."""

    model: ClassVar[str] = "transformer_language_model"

    width: int = option(176, label="Width", help="Numbers that stand for one token in every block.", minimum=1)
    num_layers: int = option(4, label="Blocks", help="Blocks of attention on top of one another.", minimum=1, maximum=8)
    num_heads: int = option(
        4, label="Heads", help="Ways to look back side by side; the width is shared among them.", minimum=1, maximum=64
    )
    feedforward_size: int = option(
        672, label="Inner width", help="Units between the two maps after the attention.", minimum=1
    )
    window: int = option(256, label="Window", help="Tokens that attention reaches back.", minimum=1, maximum=2048)
    dropout: float = dropout_option(0.0)


@MODELS.register(TransformerConfig.model, title="Transformer language model")
class TransformerLanguageModel(PretrainedModel):
    """Predicts the next token from the last `window` tokens, in every block; a stack of blocks reaches that much
    further back.

    Where a token stands is told by distance alone, a penalty on far ones that differs from head to head. So a text may
    go on for
    ever, and a state is of one size: (B, N, W, A) per block, empty places in front while fewer tokens have been read.

    Paper (distance): Press, Smith and Lewis (2022), Train short, test long, arXiv 2108.12409, section 3.
    Differs: a window slides over the text, in training too, where the paper's sequences begin anew.
    """

    task = "language_model"
    slopes: Tensor
    cell = "transformer"

    def __init__(
        self,
        vocab_size: int,
        width: int = TransformerConfig.width,
        num_layers: int = TransformerConfig.num_layers,
        num_heads: int = TransformerConfig.num_heads,
        feedforward_size: int = TransformerConfig.feedforward_size,
        window: int = TransformerConfig.window,
        dropout: float = TransformerConfig.dropout,
    ) -> None:
        super().__init__()
        if num_heads < 1 or width % num_heads:
            raise ConfigError(f"The width must be a multiple of the number of heads; {width} is none of {num_heads}.")
        if window < 1 or num_layers < 1:
            raise ConfigError(
                f"A Transformer needs at least one layer and a window of one token, not {num_layers} and {window}."
            )
        self.width, self.num_heads, self.window, self.dropout = width, num_heads, window, dropout
        self.embedding = nn.Embedding(vocab_size, width)
        self.blocks = nn.ModuleList(CausalBlock(width, num_heads, feedforward_size, dropout) for _ in range(num_layers))
        self.norm = nn.LayerNorm(width)
        self.output = nn.Linear(width, vocab_size)
        nn.init.normal_(self.embedding.weight, std=0.1)
        initialise(self.blocks)
        slopes = 2.0 ** (-8 * torch.arange(1, num_heads + 1) / num_heads)
        self.register_buffer("slopes", slopes, persistent=False)  # (N,)

    def start(self, batch_size: int = 1) -> TransformerState:
        """Return the state before the first token: nothing is kept."""
        like = self.embedding.weight
        empty = like.new_zeros(batch_size, self.num_heads, self.window, self.width // self.num_heads)
        return like.new_zeros(batch_size, 1), tuple((empty, empty) for _ in self.blocks)

    def step(self, token_ids: Tensor, state: TransformerState) -> tuple[Tensor, TransformerState]:
        """Read one token per sequence, (B,); return the next token's logits (B, V) and the new state."""
        logits, state = self._read(token_ids[:, None], state)
        return logits[:, 0], state

    def forward(self, input_ids: Tensor, state: TransformerState | None = None) -> tuple[Tensor, TransformerState]:
        """Return the logits (B, T, V) after each of the tokens (B, T) and the state after the last."""
        state = self.start(len(input_ids)) if state is None else state
        logits = []
        for stretch in input_ids.split(STRETCH, dim=1):
            found, state = self._read(stretch, state)
            logits.append(found)
        return torch.cat(logits, dim=1), state

    def _read(self, input_ids: Tensor, state: TransformerState) -> tuple[Tensor, TransformerState]:
        kept, stores = state
        most = int(kept.max())  # tokens kept of the sequence that has read most; nothing stands in front of them
        bias = self._bias(input_ids.shape[1], most)
        if most and int(kept.min()) < most:
            positions = torch.arange(most + input_ids.shape[1], device=kept.device)
            bias = bias.masked_fill((positions < most - kept)[:, None, None], -math.inf)  # (B, N, T, C + T)
        stream = functional.dropout(self.embedding(input_ids), self.dropout, self.training)  # (B, T, D)
        new_stores = []
        for block, (keys, values) in zip(self.blocks, stores, strict=True):
            before = (keys[:, :, self.window - most :], values[:, :, self.window - most :])
            stream, (keys, values) = block(stream, before, bias)
            new_stores.append((self._newest(keys), self._newest(values)))
        kept = (kept + input_ids.shape[1]).clamp(max=self.window)
        return self.output(self.norm(stream)), (kept, tuple(new_stores))

    def _bias(self, steps: int, kept: int) -> Tensor:
        """Return what is added to the scores of `steps` tokens for `kept` ones before them and each other, (1, N, T, C
        + T)."""
        positions = torch.arange(kept + steps, device=self.slopes.device)
        distance = positions[kept:, None] - positions  # (T, C + T)
        is_hidden = (distance < 0) | (distance > self.window)
        return (-self.slopes[:, None, None] * distance).masked_fill(is_hidden, -math.inf)[None]

    def _newest(self, parts: Tensor) -> Tensor:
        """Return the last W of (B, N, C, A), with empty places in front if there are fewer."""
        missing = self.window - parts.shape[2]
        return functional.pad(parts, (0, 0, missing, 0)) if missing > 0 else parts[:, :, -self.window :]
