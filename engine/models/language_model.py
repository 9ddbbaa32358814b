"""The language model: embedding, stacked recurrent layers, a projection to the vocabulary.

Shapes: B batch, T time, E embedding, H hidden, V vocabulary.

Paper: Mikolov et al. (2010), Recurrent neural network based language model; Graves (2013), arXiv 1308.0850, section 2.
"""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.cells import CELLS
from engine.config import option
from engine.models.base import MODELS, PretrainedModel
from engine.models.hyperparameters import embedding_option, forget_bias_option
from engine.models.recurrent import (
    MAX_LAYERS,
    LayerState,
    build_layers,
    check_layers,
    run_layer,
    step_layer,
    zero_state,
)

LanguageModelState = tuple[LayerState, ...]


@dataclasses.dataclass(frozen=True)
class LanguageModelConfig:
    """The hyper-parameters of a `LanguageModel`, which explains them; regularisers are off unless asked for."""

    model: ClassVar[str] = "language_model"

    embedding_dim: int = embedding_option(128)
    hidden_size: int = option(
        256, label="Hidden units", help="Units of each layer: what it can keep in mind.", minimum=1
    )
    num_layers: int = option(
        2, label="Layers", help="Recurrent layers on top of one another.", minimum=1, maximum=MAX_LAYERS
    )
    cell: str = option("lstm", label="Cell", help="What one unit does at every step.", choices=tuple(CELLS.names()))
    dropout: float = option(
        0.0,
        label="Dropout",
        help="Share of the units left out in training, the same ones over the whole window (locked dropout).",
        minimum=0.0,
        maximum=0.95,
    )
    residual: bool = option(
        True, label="Residual", help="A layer adds what it read to what it says, where sizes agree."
    )
    tie_embeddings: bool = option(
        False,
        label="Tied embeddings",
        help="The same numbers stand for a token where it is read and where it is written.",
    )
    forget_bias: float = forget_bias_option(1.0)
    weight_dropout: float = option(
        0.0,
        label="Recurrent dropout",
        help="Share of the recurrent weights that is left out in training, the same ones over the whole window.",
        minimum=0.0,
        maximum=0.95,
    )
    embedding_dropout: float | None = None


@MODELS.register(LanguageModelConfig.model, title="Language model")
class LanguageModel(PretrainedModel):
    """Predicts the next token from all tokens before it.

    Paper (locked dropout): Gal and Ghahramani (2016), arXiv 1512.05287, one mask per sequence and layer.
    `embedding_dropout` is for the first mask, on the embedding; it is `dropout` where None.
    Differs: masks on the vertical connections only, `weight_dropout` on the recurrent weights instead; with `residual`
    a layer adds its input to its output where sizes agree.
    """

    task = "language_model"

    def __init__(
        self,
        vocab_size: int,
        embedding_dim: int = LanguageModelConfig.embedding_dim,
        hidden_size: int = LanguageModelConfig.hidden_size,
        num_layers: int = LanguageModelConfig.num_layers,
        cell: str = LanguageModelConfig.cell,
        dropout: float = LanguageModelConfig.dropout,
        residual: bool = LanguageModelConfig.residual,
        tie_embeddings: bool = LanguageModelConfig.tie_embeddings,
        forget_bias: float = LanguageModelConfig.forget_bias,
        weight_dropout: float = LanguageModelConfig.weight_dropout,
        embedding_dropout: float | None = LanguageModelConfig.embedding_dropout,
    ) -> None:
        super().__init__()
        check_layers(num_layers=num_layers)
        self.cell, self.dropout, self.residual, self.hidden_size = cell, dropout, residual, hidden_size
        self.weight_dropout = weight_dropout
        self.embedding_dropout = dropout if embedding_dropout is None else embedding_dropout
        self.embedding = nn.Embedding(vocab_size, embedding_dim)
        self.layers = build_layers(cell, embedding_dim, hidden_size, num_layers, forget_bias=forget_bias)
        # Tied: the hidden vector is brought to the embedding's size and compared with every embedding.
        # Paper: Press and Wolf (2017), arXiv 1608.05859.
        self.to_embedding = nn.Linear(hidden_size, embedding_dim, bias=False) if tie_embeddings else None
        # Any: where it is None, `to_embedding` is there and this is not asked.
        self.output: nn.Linear | Any = None if tie_embeddings else nn.Linear(hidden_size, vocab_size, bias=False)
        self.output_bias = nn.Parameter(torch.zeros(vocab_size))
        nn.init.normal_(self.embedding.weight, std=0.1)

    def start(self, batch_size: int = 1) -> LanguageModelState:
        """Return the all-zero state of every layer."""
        like = self.embedding.weight
        return tuple(zero_state(self.cell, batch_size, self.hidden_size, like) for _ in self.layers)

    def step(self, token_ids: Tensor, state: LanguageModelState) -> tuple[Tensor, LanguageModelState]:
        """Read one token per sequence, (B,); return the next token's logits (B, V) and the new state."""
        hidden = self.embedding(token_ids)  # (B, E)
        new_state = []
        for layer, layer_state in zip(self.layers, state, strict=True):
            output, layer_state = step_layer(self.cell, layer, hidden, layer_state)
            hidden = self.join(hidden, output)
            new_state.append(layer_state)
        return self.project(hidden), tuple(new_state)

    def forward(self, input_ids: Tensor, state: LanguageModelState | None = None) -> tuple[Tensor, LanguageModelState]:
        """Return the logits (B, T, V) after each of the tokens (B, T) and the state after the last."""
        state = self.start(len(input_ids)) if state is None else state
        hidden = self._locked_dropout(self.embedding(input_ids), self.embedding_dropout)  # (B, T, E)
        weight_dropout = self.weight_dropout if self.training else 0.0
        new_state = []
        for layer, layer_state in zip(self.layers, state, strict=True):
            output, layer_state = run_layer(layer, hidden, layer_state, weight_dropout)
            hidden = self.join(hidden, self._locked_dropout(output, self.dropout))
            new_state.append(layer_state)
        return self.project(hidden), tuple(new_state)

    def join(self, inputs: Tensor, output: Tensor) -> Tensor:
        """Return what the next layer reads, from what a layer has read and what it said."""
        return inputs + output if self.residual and inputs.shape == output.shape else output

    def project(self, hidden: Tensor) -> Tensor:
        """Return the logits (..., V) that the last layer's joined output (..., H) stands for."""
        if self.to_embedding is not None:
            return functional.linear(self.to_embedding(hidden), self.embedding.weight, self.output_bias)
        return functional.linear(hidden, self.output.weight, self.output_bias)

    def _locked_dropout(self, sequence: Tensor, share: float) -> Tensor:
        if not self.training or share == 0:
            return sequence
        mask = torch.empty_like(sequence[:, :1]).bernoulli_(1 - share) / (1 - share)
        return sequence * mask
