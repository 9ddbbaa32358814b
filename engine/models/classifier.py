"""The classifier: embedding, recurrent layers read from both ends, one vector of what they say, a linear head.

Shapes: B batch, T time, E embedding, H hidden units of one direction, D directions, F features, L labels.

Papers: Graves and Schmidhuber (2005), Framewise phoneme classification with bidirectional LSTM (two directions);
Conneau et al. (2017), arXiv 1705.02364, section 3.2.1 (the largest value over time); Iyyer et al. (2015), Deep
unordered composition rivals syntactic methods for text classification, section 2 (averaged embeddings, words left out
in training).
Differs: the two directions are two stacks of their own, as in Peters et al. (2018), arXiv 1802.05365, section 3.1: the
forward one knows nothing of what is still to come in any layer, so that what each has read can be told apart. With
`joined` they are put together after every layer, as in Graves and Schmidhuber and in torch.nn.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from functools import partial
from typing import ClassVar

import torch
from torch import Tensor, nn

from engine.cells import CELLS
from engine.config import option
from engine.errors import ConfigError
from engine.models.base import MODELS, PretrainedModel
from engine.models.hyperparameters import dropout_option, embedding_option, forget_bias_option
from engine.models.pooling import POOLINGS
from engine.models.recurrent import MAX_LAYERS, build_layers, check_layers, reverse_by_length, run_layer, zero_state

AVERAGE = "average"  # the `cell` of a classifier without any: it averages the embeddings


@dataclasses.dataclass(frozen=True)
class ClassifierConfig:
    """The hyper-parameters of a `Classifier`."""

    model: ClassVar[str] = "classifier"

    embedding_dim: int = embedding_option(100)
    hidden_size: int = option(100, label="Hidden units", help="Units of each layer and direction.", minimum=0)
    num_layers: int = option(
        1, label="Layers", help="Recurrent layers on top of one another.", minimum=0, maximum=MAX_LAYERS
    )
    cell: str = option(
        "lstm", label="Cell", help="What one unit does at every step.", choices=(*CELLS.names(), AVERAGE)
    )
    bidirectional: bool = option(True, label="Both directions", help="Read from both ends, by layers of their own.")
    dropout: float = dropout_option(0.0)
    embedding_dropout: float = option(
        0.0,
        label="Dropout of embeddings",
        help="Share of the numbers that stand for a word that is left out in training.",
        minimum=0.0,
        maximum=0.95,
    )
    weight_dropout: float = option(
        0.0,
        label="Recurrent dropout",
        help="Share of the recurrent weights that is left out in training, the same ones over the whole text.",
        minimum=0.0,
        maximum=0.95,
    )
    forget_bias: float = forget_bias_option(1.0)
    pooling: str = option(
        "max",
        label="Summed up by",
        help="What of the outputs at all words is decided on.",
        choices=(*POOLINGS.names(),),
    )
    joined: bool = option(
        False, label="Joined directions", help="From the second layer on each direction reads both of the layer below."
    )

    @classmethod
    def of_average(cls, embedding_dim: int, embedding_dropout: float) -> ClassifierConfig:
        """Return the configuration of a classifier that averages embeddings: no layers, no units, no directions."""
        return cls(embedding_dim, 0, 0, AVERAGE, False, embedding_dropout=embedding_dropout)


@MODELS.register(ClassifierConfig.model, title="Classifier")
class Classifier(PretrainedModel):
    """Gives each of `num_labels` labels a logit, from a whole text.

    The head is linear on [forward features; backward features], so the logits are a sum of what each direction says and
    a bias. `weight_dropout` is for the recurrent weights (see `engine.models.recurrent.run_layer`), `pooling` a name in
    `POOLINGS`; `joined` directions read each other's outputs from the second layer on.
    With the cell "average" the features are the mean of the embeddings: the order of the words is not seen at all.
    """

    task = "classification"

    def __init__(
        self,
        vocab_size: int,
        embedding_dim: int = ClassifierConfig.embedding_dim,
        hidden_size: int = ClassifierConfig.hidden_size,
        num_layers: int = ClassifierConfig.num_layers,
        cell: str = ClassifierConfig.cell,
        bidirectional: bool = ClassifierConfig.bidirectional,
        num_labels: int = 2,
        dropout: float = ClassifierConfig.dropout,
        embedding_dropout: float = ClassifierConfig.embedding_dropout,
        weight_dropout: float = ClassifierConfig.weight_dropout,
        pad_id: int = 0,
        forget_bias: float = ClassifierConfig.forget_bias,
        pooling: str = ClassifierConfig.pooling,
        joined: bool = ClassifierConfig.joined,
    ) -> None:
        super().__init__()
        is_average = cell == AVERAGE
        if not is_average:
            check_layers(num_layers=num_layers)
        if is_average and (num_layers or hidden_size or bidirectional):
            raise ConfigError("A classifier that averages embeddings has no layers, no hidden units and no directions.")
        self.cell, self.hidden_size, self.bidirectional = cell, hidden_size, bidirectional
        self.num_labels, self.pad_id, self.weight_dropout = num_labels, pad_id, weight_dropout
        self.pooling = POOLINGS.get("mean" if is_average else pooling)
        self.has_apart_directions = bidirectional and not (joined and num_layers > 1)
        self.embedding = nn.Embedding(vocab_size, embedding_dim, padding_idx=pad_id)
        nn.init.normal_(self.embedding.weight, std=0.1)
        self.embedding.weight.data[pad_id] = 0
        read_size = 2 * hidden_size if bidirectional and joined else 0
        stack = partial(build_layers, cell, embedding_dim, hidden_size, forget_bias=forget_bias, read_size=read_size)
        self.forward_layers = stack(num_layers)
        self.backward_layers = stack(num_layers if bidirectional else 0)
        self.embedding_dropout, self.dropout = nn.Dropout(embedding_dropout), nn.Dropout(dropout)
        self.output = nn.Linear(embedding_dim if is_average else hidden_size * (1 + bidirectional), num_labels)
        nn.init.xavier_uniform_(self.output.weight)
        nn.init.zeros_(self.output.bias)

    def forward(self, input_ids: Tensor, lengths: Tensor) -> Tensor:
        """Return the logits (B, L) of texts (B, T) of which the first `lengths` (B,) words are real."""
        return self.forward_from_embeddings(self.embed(input_ids), lengths)

    def embed(self, input_ids: Tensor) -> Tensor:
        """Return the embeddings (B, T, E) of word ids (B, T)."""
        return self.embedding(input_ids)

    def forward_from_embeddings(self, embedded: Tensor, lengths: Tensor) -> Tensor:
        """Return the logits (B, L) of texts given as embeddings (B, T, E)."""
        return self.output(self.dropout(self.features(embedded, lengths)))

    def features(self, embedded: Tensor, lengths: Tensor) -> Tensor:
        """Return what the head reads, (B, F): one number for every unit of each direction over the real words."""
        directions = self._directions(embedded, lengths)
        return torch.cat([self.pooling.whole(outputs, lengths) for outputs in directions], dim=1)

    def outputs(self, embedded: Tensor, lengths: Tensor) -> Tensor:
        """Return the last layers' outputs at every word, (B, T, D*H), forward before backward; the embeddings where
        there are no layers."""
        return self._join(self._directions(embedded, lengths), lengths)

    def direction_logits(self, input_ids: Tensor, lengths: Tensor) -> dict[str, Tensor]:
        """Return the logits (B, L) of "both" directions and each one's share of them: forward + backward + bias = both.

        A direction is read by itself as if the other one said the same: twice its share, and the bias (see
        `direction_alone`). A classifier with one direction has "forward" and "both"; one that averages embeddings or
        joins its directions on the way has "both" only.
        """
        return self.split_logits(self.features(self.embed(input_ids), lengths))

    def split_logits(self, features: Tensor) -> dict[str, Tensor]:
        """Return the logits of features (B, F), whole and by direction; see `direction_logits`."""
        found = {"both": self.output(features)}
        if self.cell != AVERAGE and (self.has_apart_directions or not self.bidirectional):
            size, weight = self.hidden_size, self.output.weight
            found["forward"] = features[:, :size] @ weight[:, :size].T
            if self.bidirectional:
                found["backward"] = features[:, size:] @ weight[:, size:].T
        return found

    def direction_alone(self, share: Tensor) -> Tensor:
        """Return the logits that one direction's share (B, L) stands for when it is read by itself.

        The logits of both are the mean of the two directions' by themselves; a direction that is the only one is
        already whole.
        """
        return (1 + self.bidirectional) * share + self.output.bias

    def _directions(self, embedded: Tensor, lengths: Tensor) -> list[Tensor]:
        """Return what each direction's last layer says, (B, T, H), in the order in which it reads."""
        embedded = self.embedding_dropout(embedded)
        if not self.bidirectional:
            return [self._read(self.forward_layers, embedded)]
        backward = reverse_by_length(embedded, lengths)
        if self.has_apart_directions:
            return [self._read(self.forward_layers, embedded), self._read(self.backward_layers, backward)]
        read = [embedded, backward]
        for position, layers in enumerate(zip(self.forward_layers, self.backward_layers, strict=True)):
            if position:
                joined = self.dropout(self._join(read, lengths))
                read = [joined, reverse_by_length(joined, lengths)]
            read = [self._read([layer], inputs) for layer, inputs in zip(layers, read, strict=True)]
        return read

    def _join(self, directions: Sequence[Tensor], lengths: Tensor) -> Tensor:
        """Return what directions say in the order in which they read, at every word: (B, T, D*H)."""
        forward, *backward = directions
        return torch.cat([forward, *(reverse_by_length(outputs, lengths) for outputs in backward)], dim=2)

    def _read(self, layers: Iterable[nn.Module], inputs: Tensor) -> Tensor:
        hidden, weight_dropout = inputs, self.weight_dropout if self.training else 0.0
        for position, layer in enumerate(layers):
            hidden = hidden if position == 0 else self.dropout(hidden)
            start = zero_state(self.cell, len(hidden), self.hidden_size, hidden)
            hidden, _ = run_layer(layer, hidden, start, weight_dropout)
        return hidden
