"""The tagger: a tag for every word of a sentence, read from both ends, the tags scored one by one or together.

Shapes: B batch, T time, U distinct words, C characters, E embedding, F character filters, H hidden, D directions, K
tags.

Papers: Huang, Xu and Yu (2015), arXiv 1508.01991 (bidirectional LSTM and CRF); Ma and Hovy (2016), arXiv 1603.01354
(characters by convolution); Lample et al. (2016), arXiv 1603.01360 (dropout on what is read, rare words made unknown).
"""

from __future__ import annotations

import dataclasses
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.cells import CELLS
from engine.config import option
from engine.models.base import MODELS, PretrainedModel, mask_from_lengths
from engine.models.crf import ConditionalRandomField
from engine.models.hyperparameters import dropout_option, embedding_option, locked_dropout_option
from engine.models.recurrent import MAX_LAYERS, build_layer, check_layers, reverse_by_length
from engine.models.word_features import CHARACTER_KINDS, PADDING, SHAPES, WordFeatures

KERNEL = 3  # characters that one filter sees


@dataclasses.dataclass(frozen=True)
class TaggerConfig:
    """The hyper-parameters of a `Tagger`; `hidden_size` is per direction, and 0 filters or a `shape_dim` of 0 leave out
    what a word is spelt with."""

    model: ClassVar[str] = "tagger"

    embedding_dim: int = embedding_option(100)
    character_dim: int = option(25, label="Letters", help="Numbers that stand for one letter.", minimum=1)
    character_filters: int = option(
        64,
        label="Letter filters",
        help="Patterns of three letters that are looked for in a word; 0: its letters are not read.",
        minimum=0,
    )
    shape_dim: int = option(8, label="Shape", help="Numbers that stand for a word's capitals and digits.", minimum=0)
    hidden_size: int = option(200, label="Hidden units", help="Units of each direction.", minimum=1)
    cell: str = option("lstm", label="Cell", help="What one unit does at every step.", choices=tuple(CELLS.names()))
    bidirectional: bool = option(True, label="Both directions", help="Read from both ends.")
    crf: bool = option(True, label="CRF", help="Choose the tags of a sentence together, not one by one.")
    dropout: float = dropout_option(0.0)
    locked_dropout: bool = locked_dropout_option()
    num_layers: int = option(
        1, label="Layers", help="Recurrent layers on top of one another.", minimum=1, maximum=MAX_LAYERS
    )


@MODELS.register(TaggerConfig.model, title="Tagger")
class Tagger(PretrainedModel):
    """Emissions are linear in what each direction remembers: W_forward f_t + W_backward b_t + bias.

    With one recurrent layer the forward half has really read nothing but the words up to t, and the backward half
    nothing but those from t on; in layers below the last the two directions are joined. A word is its entry in the list
    of known words, the strongest answer of every filter over its letters, and its shape. Without `crf` every tag is
    chosen by itself, as if all transitions were zero.
    """

    task = "tagging"

    def __init__(
        self,
        vocab_size: int,
        labels: list[str],
        embedding_dim: int = TaggerConfig.embedding_dim,
        character_dim: int = TaggerConfig.character_dim,
        character_filters: int = TaggerConfig.character_filters,
        shape_dim: int = TaggerConfig.shape_dim,
        hidden_size: int = TaggerConfig.hidden_size,
        cell: str = TaggerConfig.cell,
        bidirectional: bool = TaggerConfig.bidirectional,
        crf: bool = TaggerConfig.crf,
        dropout: float = TaggerConfig.dropout,
        locked_dropout: bool = TaggerConfig.locked_dropout,
        num_layers: int = TaggerConfig.num_layers,
    ) -> None:
        super().__init__()
        check_layers(num_layers=num_layers)
        self.labels, self.cell, self.hidden_size = list(labels), cell, hidden_size
        self.dropout, self.locked_dropout = dropout, locked_dropout
        self.bidirectional = bidirectional
        self.embedding = nn.Embedding(vocab_size, embedding_dim)
        tables = [self.embedding]
        self.filters: nn.Conv1d | None = None
        if character_filters:
            self.character_embedding = nn.Embedding(CHARACTER_KINDS, character_dim, padding_idx=PADDING)
            self.filters = nn.Conv1d(character_dim, character_filters, KERNEL, padding=KERNEL // 2)
            tables.append(self.character_embedding)
        self.shape_embedding = nn.Embedding(len(SHAPES), shape_dim) if shape_dim else None
        tables += [self.shape_embedding] if self.shape_embedding is not None else []
        size, joined = embedding_dim + character_filters + shape_dim, hidden_size * (1 + bidirectional)
        self.lower = nn.ModuleList()
        for _ in range(num_layers - 1):
            ways = [build_layer(cell, size, hidden_size) for _ in range(1 + bidirectional)]
            self.lower.append(nn.ModuleList(ways))
            size = joined
        self.has_apart_directions = bidirectional and num_layers == 1
        self.forwards = build_layer(cell, size, hidden_size)
        self.backwards = build_layer(cell, size, hidden_size) if bidirectional else None
        self.forward_emission = nn.Linear(hidden_size, len(self.labels))
        self.backward_emission = nn.Linear(hidden_size, len(self.labels), bias=False) if bidirectional else None
        self.crf = ConditionalRandomField(self.labels) if crf else None
        for table in tables:
            nn.init.normal_(table.weight, std=0.3)
        if self.filters is not None:
            with torch.no_grad():
                self.character_embedding.weight[PADDING].zero_()

    def embed(self, features: WordFeatures) -> Tensor:
        """Return what is read at every word, (B, T, E + F + shape)."""
        spelt = self._spelt(features)
        words = self.embedding(features.word_ids)
        return torch.cat([words, *(part[features.spelling] for part in spelt)], dim=2)

    def _spelt(self, features: WordFeatures) -> list[Tensor]:
        """Return what the distinct words' letters and shapes say, (U, F) and (U, shape), as far as they are read."""
        shapes = [] if self.shape_embedding is None else [self.shape_embedding(features.shapes)]
        if self.filters is None:
            return shapes
        letters = self.character_embedding(features.characters).transpose(1, 2)  # (U, C', C)
        answers = self.filters(letters).relu()  # (U, F, C)
        # An answer on padding is none, so that a word means the same beside longer ones.
        answers = answers.masked_fill((features.characters == PADDING)[:, None], 0.0)
        return [answers.amax(dim=2), *shapes]

    def outputs(self, embedded: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor | None]:
        """Return both directions' hidden states at every word, (B, T, H) each; None where nothing is read backwards."""
        for layers in self.lower:
            onwards, *back = layers.children()
            ways = [onwards(embedded)[0]]
            ways += [reverse_by_length(one(reverse_by_length(embedded, lengths))[0], lengths) for one in back]
            embedded = self._drop(torch.cat(ways, dim=2))  # (B, T, D*H)
        forward = self.forwards(embedded)[0]
        if self.backwards is None:
            return forward, None
        backward = self.backwards(reverse_by_length(embedded, lengths))[0]
        return forward, reverse_by_length(backward, lengths)

    def halves(self, features: WordFeatures) -> tuple[Tensor, Tensor | None, Tensor]:
        """Return the parts of the emissions: forward (B, T, K), backward (B, T, K) or None, and the bias (K,); their
        sum is `forward`'s."""
        return self.emit(self._drop(self.embed(features)), features.lengths)

    def emit(self, embedded: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor | None, Tensor]:
        """Return the parts of the emissions, as `halves` does, from what is read at every word."""
        forward, backward = self.outputs(embedded, lengths)
        forward_part = functional.linear(self._drop(forward), self.forward_emission.weight)
        emission = self.backward_emission
        backward_part = None if backward is None or emission is None else emission(self._drop(backward))
        return forward_part, backward_part, self.forward_emission.bias

    def forward(self, features: WordFeatures) -> Tensor:
        """Return the emissions (B, T, K): how much every word speaks for every tag, before the transitions."""
        forward, backward, bias = self.halves(features)
        return forward + bias if backward is None else forward + backward + bias

    def loss(self, features: WordFeatures, tags: Tensor) -> Tensor:
        """Return the mean nats per word of the right tags (B, T), all of a sentence together with a CRF, one by one
        without."""
        emissions = self(features).float()
        if self.crf is not None:
            return -self.crf.log_likelihood(emissions, tags, features.lengths).sum() / features.lengths.sum()
        mask = mask_from_lengths(features.lengths, tags.shape[1])
        return functional.cross_entropy(emissions[mask], tags[mask])

    @torch.no_grad()
    def decode(self, features: WordFeatures) -> list[list[int]]:
        """Return the likeliest tags of every sentence, as numbers."""
        emissions = self(features).float()
        if self.crf is not None:
            return self.crf.decode(emissions, features.lengths)
        best = emissions.argmax(dim=2).tolist()
        return [row[:length] for row, length in zip(best, features.lengths.tolist(), strict=True)]

    def _drop(self, values: Tensor) -> Tensor:
        """Leave out features while training: others at every word, or with `locked_dropout` the same all along a
        sentence.

        Papers (locked): Gal and Ghahramani (2016), arXiv 1512.05287; Reimers and Gurevych (2017), arXiv 1707.06799,
        section 7.5.
        """
        if not self.locked_dropout:
            return functional.dropout(values, self.dropout, self.training)
        if not self.training or self.dropout == 0:
            return values
        kept = 1 - self.dropout
        return values * (torch.empty_like(values[:, :1]).bernoulli_(kept) / kept)
