"""The translator: a recurrent encoder reads the source, a recurrent decoder writes the target, with or without
attention.

Shapes: B batch, S source time, T target time, E embedding, H hidden, V vocabulary.

Papers: Sutskever, Vinyals and Le (2014), arXiv 1409.3215 (encoder-decoder); Bahdanau, Cho and Bengio (2015), arXiv
1409.0473 (additive attention, bidirectional encoder); Luong, Pham and Manning (2015), arXiv 1508.04025, section 3.1
(dot attention after the decoder's last layer).
Differs: no input feeding, so that forced decoding runs over the whole sequence at once; both languages share one
vocabulary and one tied embedding; residual connections between layers.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from typing import ClassVar, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.cells import CELLS, STATES
from engine.config import option
from engine.errors import ConfigError
from engine.models.attention import ATTENTION, Attention
from engine.models.base import MODELS, PretrainedModel, StepModel, mask_from_lengths, select
from engine.models.hyperparameters import dropout_option, embedding_option, forget_bias_option, locked_dropout_option
from engine.models.recurrent import (
    MAX_LAYERS,
    LayerState,
    build_layers,
    check_layers,
    last_state,
    reverse_by_length,
    run_layer,
    step_layer,
    zero_state,
)

EditWeights = Callable[[Tensor], Tensor]  # attention weights (B, T, S) -> those to use instead


class Encoded(NamedTuple):
    """What the encoder leaves behind: outputs (B, S, H), mask (B, S), and each layer's last state (B, H)."""

    outputs: Tensor
    mask: Tensor
    final: tuple[Tensor, ...]


@STATES.register("DecoderState")
class DecoderState(NamedTuple):
    """Everything the decoder needs for its next step; every tensor has the batch first.

    Attributes:
        layers: recurrent state of each decoder layer.
        keys, outputs, mask: what attention looks at, (B, S, H), (B, S, H), (B, S).
        summary: the encoder's last state, (B, H), the only context of a model without attention.
            In a beam the rows of one source follow one another and share these four: there they have fewer rows.
        attention_weights: (B, S) of the step just made; zeros before the first step and without attention.
    """

    layers: tuple[LayerState, ...]
    keys: Tensor
    outputs: Tensor
    mask: Tensor
    summary: Tensor
    attention_weights: Tensor

    def reorder_beams(self, rows: Tensor, sources: Tensor | None = None) -> DecoderState:
        """Return the state in which each place goes on from the row named in `rows`, as many for each source and those
        of a source side by side; of the sources those named in `sources` are left, all without it.

        What attention looks at is the same for all rows of a source: it is there once and read once.
        """
        state = self._replace(
            layers=select(self.layers, rows), attention_weights=self.attention_weights.index_select(0, rows)
        )
        if sources is None:
            return state
        keys, outputs, mask, summary = select((self.keys, self.outputs, self.mask, self.summary), sources)
        return state._replace(keys=keys, outputs=outputs, mask=mask, summary=summary)


def look_back(
    attention: Attention, hidden: Tensor, state: DecoderState, edit_weights: EditWeights | None = None
) -> tuple[Tensor, Tensor]:
    """Return the context (B, T, H) and the weights (B, T, S) for decoder outputs (B, T, H).

    With `edit_weights` attention that looks back does as it is told instead; one that does not is left as it is.
    """
    sources, shape = len(state.keys), hidden.shape[:2]
    asked = hidden.reshape(sources, -1, hidden.shape[2])  # the rows of one source, side by side
    context, weights = attention(asked, state.keys, state.outputs, state.mask, state.summary)
    if edit_weights is not None and attention.is_attending:
        edited = edit_weights(weights.reshape(*shape, -1))
        weights = edited.reshape(weights.shape)
        context = weights.to(state.outputs.dtype) @ state.outputs
    return context.reshape(*shape, -1), weights.reshape(*shape, -1)


Decoder = StepModel[DecoderState]  # a Translator, or what stands in for one


@dataclasses.dataclass(frozen=True)
class TranslatorConfig:
    """The hyper-parameters of a `Translator`."""

    model: ClassVar[str] = "translator"

    embedding_dim: int = embedding_option(256)
    hidden_size: int = option(
        320,
        label="Hidden units",
        help="Units of each layer; a bidirectional encoder halves them between its directions.",
        minimum=1,
    )
    encoder_layers: int = option(
        2, label="Encoder layers", help="Recurrent layers that read.", minimum=1, maximum=MAX_LAYERS
    )
    decoder_layers: int = option(
        2, label="Decoder layers", help="Recurrent layers that write.", minimum=1, maximum=MAX_LAYERS
    )
    cell: str = option("lstm", label="Cell", help="What one unit does at every step.", choices=tuple(CELLS.names()))
    bidirectional: bool = option(True, label="Both directions", help="The encoder reads from both ends.")
    attention: str = option(
        "dot", label="Attention", help="How the decoder looks back at the source.", choices=tuple(ATTENTION.names())
    )
    dropout: float = dropout_option(0.3)
    forget_bias: float = forget_bias_option(1.0)
    locked_dropout: bool = locked_dropout_option()
    word_dropout: float = option(
        0.0,
        label="Word dropout",
        help="Share of the subword tokens that are read as nothing in training.",
        minimum=0.0,
        maximum=0.95,
    )


@MODELS.register(TranslatorConfig.model, title="Translator")
class Translator(PretrainedModel):
    """Encoder-decoder over one shared vocabulary; `attention` is "dot", "additive" or "none".

    Paper (dropout of `forward` with `locked_dropout`, one mask for all steps of a sequence, and `word_dropout`, whole
    tokens read as nothing): Gal and Ghahramani (2016), arXiv 1512.05287, section 4. Differs: masks on the vertical
    connections only.
    """

    task = "translation"

    def __init__(
        self,
        vocab_size: int,
        embedding_dim: int = TranslatorConfig.embedding_dim,
        hidden_size: int = TranslatorConfig.hidden_size,
        encoder_layers: int = TranslatorConfig.encoder_layers,
        decoder_layers: int = TranslatorConfig.decoder_layers,
        cell: str = TranslatorConfig.cell,
        bidirectional: bool = TranslatorConfig.bidirectional,
        attention: str = TranslatorConfig.attention,
        dropout: float = TranslatorConfig.dropout,
        pad_id: int = 0,
        forget_bias: float = TranslatorConfig.forget_bias,
        locked_dropout: bool = TranslatorConfig.locked_dropout,
        word_dropout: float = TranslatorConfig.word_dropout,
    ) -> None:
        super().__init__()
        check_layers(encoder_layers=encoder_layers, decoder_layers=decoder_layers)
        if bidirectional and hidden_size % 2:
            raise ConfigError(f"hidden_size must be even for a bidirectional encoder, not {hidden_size}.")
        self.cell, self.hidden_size, self.bidirectional = cell, hidden_size, bidirectional
        self.embedding = nn.Embedding(vocab_size, embedding_dim, padding_idx=pad_id)
        direction_size = hidden_size // (1 + bidirectional)
        stack = partial(build_layers, cell, embedding_dim, forget_bias=forget_bias, read_size=hidden_size)
        self.encoder_forward = stack(direction_size, encoder_layers)
        self.encoder_backward = stack(direction_size, encoder_layers) if bidirectional else None
        self.decoder = stack(hidden_size, decoder_layers)
        carried = len(CELLS.get(cell).parts)
        self.bridge = nn.ModuleList(nn.Linear(hidden_size, hidden_size * carried) for _ in self.decoder)
        self.attention = ATTENTION.get(attention)(hidden_size)
        self.combine = nn.Linear(2 * hidden_size, embedding_dim)
        self.output_bias = nn.Parameter(torch.zeros(vocab_size))
        self.dropout = nn.Dropout(dropout)
        self.locked_dropout, self.word_dropout = locked_dropout, word_dropout
        nn.init.normal_(self.embedding.weight, std=embedding_dim**-0.5)
        self.embedding.weight.data[pad_id] = 0

    def embed_source(self, source_ids: Tensor) -> Tensor:
        """Return the embeddings (B, S, E) of source tokens (B, S)."""
        return self.embedding(source_ids)

    def join(self, inputs: Tensor, output: Tensor) -> Tensor:
        """Return what the next layer reads, from what a layer has read and what it said."""
        return inputs + output if inputs.shape == output.shape else output

    @property
    def has_attention(self) -> bool:
        """Whether the decoder looks at the encoder's outputs at every step."""
        return self.attention.is_attending

    def encode(self, source_ids: Tensor, lengths: Tensor) -> Encoded:
        """Read sources (B, S) of the given lengths (B,); padding changes nothing."""
        hidden = self._read(source_ids)  # (B, S, E)
        final = []
        for index, forward_layer in enumerate(self.encoder_forward):
            output = self._run_from_zero(forward_layer, hidden)  # (B, S, H or H/2)
            last = last_state(output, lengths)
            if self.encoder_backward is not None:
                reverse = self._run_from_zero(self.encoder_backward[index], reverse_by_length(hidden, lengths))
                last = torch.cat([last, last_state(reverse, lengths)], dim=-1)  # (B, H)
                output = torch.cat([output, reverse_by_length(reverse, lengths)], dim=-1)  # (B, S, H)
            hidden = self.join(hidden, self._drop(output))
            final.append(last)
        return Encoded(hidden, mask_from_lengths(lengths, source_ids.shape[1]), tuple(final))

    def start(self, source_ids: Tensor, lengths: Tensor) -> DecoderState:
        """Return the decoder's state before its first token, for sources (B, S) of lengths (B,)."""
        return self.start_from(self.encode(source_ids, lengths))

    def start_from(self, encoded: Encoded) -> DecoderState:
        """Return the decoder's state before its first token, from what the encoder left."""
        layers = []
        for index, bridge in enumerate(self.bridge):
            last = encoded.final[min(index, len(encoded.final) - 1)]
            parts = torch.tanh(bridge(last)).split(self.hidden_size, dim=-1)
            layers.append(CELLS.get(self.cell).make_state(parts))
        weights = torch.zeros_like(encoded.mask, dtype=encoded.outputs.dtype)
        keys = self.attention.keys(encoded.outputs)
        return DecoderState(tuple(layers), keys, encoded.outputs, encoded.mask, encoded.final[-1], weights)

    def step(
        self, token_ids: Tensor, state: DecoderState, edit_weights: EditWeights | None = None
    ) -> tuple[Tensor, DecoderState]:
        """Read one target token per sequence, (B,); return the next token's logits (B, V) and the new state."""
        hidden = self.dropout(self.embedding(token_ids))  # (B, E)
        layers = []
        for layer, layer_state in zip(self.decoder, state.layers, strict=True):
            output, layer_state = step_layer(self.cell, layer, hidden, layer_state)
            hidden = self.join(hidden, self.dropout(output))
            layers.append(layer_state)
        context, weights = self.look(hidden[:, None], state, edit_weights)
        logits = self._project(hidden[:, None], context)[:, 0]
        return logits, state._replace(layers=tuple(layers), attention_weights=weights[:, 0])

    def read(self, token_ids: Tensor, state: DecoderState) -> DecoderState:
        """Return the state after reading target tokens (B, T) at once; faster than steps, whose logits nobody asked
        for."""
        return state._replace(layers=self._decode(token_ids, state)[1])

    def forward(
        self, source_ids: Tensor, lengths: Tensor, target_ids: Tensor, edit_weights: EditWeights | None = None
    ) -> tuple[Tensor, Tensor]:
        """Teacher forcing: return logits (B, T, V) and attention weights (B, T, S) for the target inputs (B, T)."""
        state = self.start(source_ids, lengths)
        hidden, _ = self._decode(target_ids, state)
        context, weights = self.look(hidden, state, edit_weights)
        return self._project(hidden, context), weights

    def forward_sampled(
        self,
        source_ids: Tensor,
        lengths: Tensor,
        target_ids: Tensor,
        teacher_forcing_ratio: float,
        generator: torch.Generator | None = None,
    ) -> Tensor:
        """Scheduled sampling: like `forward`, but each input is the true token only with this probability.

        Otherwise the decoder reads the token it found most likely itself; a coin is tossed per sequence and step.
        Paper: Bengio, Vinyals, Jaitly and Shazeer (2015), arXiv 1506.03099, section 2.4.
        Returns the logits (B, T, V); gradients do not flow through the choice of token.
        """
        state = self.start(source_ids, lengths)
        token_ids = target_ids[:, 0]
        logits: list[Tensor] = []
        for time in range(target_ids.shape[1]):
            if time > 0:
                coin = torch.rand(len(target_ids), generator=generator)
                own = logits[-1].detach().argmax(dim=-1)
                token_ids = torch.where(coin < teacher_forcing_ratio, target_ids[:, time], own)
            step_logits, state = self.step(token_ids, state)
            logits.append(step_logits)
        return torch.stack(logits, dim=1)

    def _decode(self, token_ids: Tensor, state: DecoderState) -> tuple[Tensor, tuple[LayerState, ...]]:
        """Return what the last decoder layer gives for tokens (B, T), (B, T, H), and every layer's state after them."""
        hidden, layers = self._read(token_ids), []  # (B, T, E)
        for layer, layer_state in zip(self.decoder, state.layers, strict=True):
            output, layer_state = run_layer(layer, hidden, layer_state)
            hidden = self.join(hidden, self._drop(output))
            layers.append(layer_state)
        return hidden, tuple(layers)

    def _run_from_zero(self, layer: nn.Module, inputs: Tensor) -> Tensor:
        size = self.hidden_size // (1 + self.bidirectional)
        return run_layer(layer, inputs, zero_state(self.cell, len(inputs), size, inputs))[0]

    def look(
        self, hidden: Tensor, state: DecoderState, edit_weights: EditWeights | None = None
    ) -> tuple[Tensor, Tensor]:
        """Return the context (B, T, H) and the weights (B, T, S) for decoder outputs (B, T, H); see `look_back`."""
        return look_back(self.attention, hidden, state, edit_weights)

    def _project(self, hidden: Tensor, context: Tensor) -> Tensor:
        combined = torch.tanh(self.combine(torch.cat([hidden, context], dim=-1)))  # (B, T, E)
        return functional.linear(self._drop(combined), self.embedding.weight, self.output_bias)

    def _read(self, token_ids: Tensor) -> Tensor:
        """Return the embeddings (B, T, E) of tokens (B, T), dropout applied while training."""
        embedded = self._drop(self.embedding(token_ids))
        if self.training and self.word_dropout:
            kept = torch.empty_like(embedded[:, :, :1]).bernoulli_(1 - self.word_dropout)
            embedded = embedded * kept / (1 - self.word_dropout)
        return embedded

    def _drop(self, sequence: Tensor) -> Tensor:
        """Return a sequence (B, T, ...) after dropout; single steps (T = 1) draw a new mask each."""
        if not self.training or not self.locked_dropout or self.dropout.p == 0:
            return self.dropout(sequence)
        keep = 1 - self.dropout.p
        return sequence * (torch.empty_like(sequence[:, :1]).bernoulli_(keep) / keep)
