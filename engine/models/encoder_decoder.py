"""The encoder-decoder as tutorials write it: two embeddings, no residual connections, and the context where each wants
it.

Shapes: B batch, S source time, T target time, E embedding, H hidden, R what the encoder says at a word, V vocabulary.

Papers: Sutskever, Vinyals and Le (2014), arXiv 1409.3215 (the encoder's states are the decoder's first); Cho et al.
(2014), arXiv 1406.1078 (the context is read at every step, by layers and output); Bahdanau, Cho and Bengio (2015),
arXiv 1409.0473 (it is looked up with the state before the step); Luong, Pham and Manning (2015), arXiv 1508.04025,
section 3 (with the state after it).
Differs: both languages share one list of tokens, of which each embedding knows its own.
"""

from __future__ import annotations

import dataclasses
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from engine.cells import CELLS
from engine.errors import ConfigError
from engine.models.attention import ATTENTION
from engine.models.base import MODELS, PretrainedModel, mask_from_lengths
from engine.models.recurrent import LayerState, build_layers, check_layers, reverse_by_length, step_layer
from engine.models.translator import DecoderState, EditWeights, Encoded, look_back


@dataclasses.dataclass(frozen=True)
class EncoderDecoderConfig:
    """The hyper-parameters of an `EncoderDecoder`.

    Attributes:
        encoder_size: units of one direction of the encoder.
        is_summed: whether the encoder's directions are added, not put side by side.
        bridge: whether a linear layer and tanh stand between the encoder's last state and the decoder's first; without
            them the decoder's layers begin with the encoder's states, layer by layer and direction by direction.
        asks_first: whether attention is asked with the state before the step.
        reads_context: whether the decoder's layers read the context beside the embedding.
        output_context, output_embedding: what the output reads beside the decoder's hidden state.
        combine: whether a linear layer and tanh stand before the output.
        relu: whether the decoder's embedding is cut off at 0.
    """

    model: ClassVar[str] = "encoder_decoder"

    source_dim: int = 256
    embedding_dim: int = 256
    encoder_size: int = 512
    hidden_size: int = 512
    encoder_layers: int = 1
    decoder_layers: int = 1
    cell: str = "gru"
    bidirectional: bool = False
    is_summed: bool = False
    bridge: bool = False
    attention: str = "none"
    asks_first: bool = True
    reads_context: bool = False
    output_context: bool = False
    output_embedding: bool = False
    combine: bool = False
    relu: bool = False


@MODELS.register(EncoderDecoderConfig.model, title="Encoder-decoder")
class EncoderDecoder(PretrainedModel):
    """Encoder and decoder with an embedding each; see `EncoderDecoderConfig` for what stands where."""

    task = "translation"

    def __init__(
        self,
        vocab_size: int,
        source_dim: int = EncoderDecoderConfig.source_dim,
        embedding_dim: int = EncoderDecoderConfig.embedding_dim,
        encoder_size: int = EncoderDecoderConfig.encoder_size,
        hidden_size: int = EncoderDecoderConfig.hidden_size,
        encoder_layers: int = EncoderDecoderConfig.encoder_layers,
        decoder_layers: int = EncoderDecoderConfig.decoder_layers,
        cell: str = EncoderDecoderConfig.cell,
        bidirectional: bool = EncoderDecoderConfig.bidirectional,
        is_summed: bool = EncoderDecoderConfig.is_summed,
        bridge: bool = EncoderDecoderConfig.bridge,
        attention: str = EncoderDecoderConfig.attention,
        asks_first: bool = EncoderDecoderConfig.asks_first,
        reads_context: bool = EncoderDecoderConfig.reads_context,
        output_context: bool = EncoderDecoderConfig.output_context,
        output_embedding: bool = EncoderDecoderConfig.output_embedding,
        combine: bool = EncoderDecoderConfig.combine,
        relu: bool = EncoderDecoderConfig.relu,
    ) -> None:
        super().__init__()
        check_layers(encoder_layers=encoder_layers, decoder_layers=decoder_layers)
        self.cell, self.hidden_size, self.bidirectional, self.is_summed = cell, hidden_size, bidirectional, is_summed
        self.asks_first, self.reads_context, self.relu = asks_first, reads_context, relu
        self.output_context, self.output_embedding = output_context, output_embedding
        self.source_embedding = nn.Embedding(vocab_size, source_dim)
        self.embedding = nn.Embedding(vocab_size, embedding_dim)
        joined = encoder_size * (1 + bidirectional)
        said = encoder_size if is_summed else joined  # R
        if not bridge and (encoder_size != hidden_size or encoder_layers * (1 + bidirectional) < decoder_layers):
            raise ConfigError("Without a bridge encoder and decoder need units and layers of one number.")

        def stack(size: int) -> nn.ModuleList:
            return build_layers(cell, size, encoder_size, encoder_layers, forget_bias=1.0, read_size=joined)

        self.encoder_forward = stack(source_dim)
        self.encoder_backward = stack(source_dim) if bidirectional else None
        read_size = embedding_dim + said * reads_context
        self.decoder = build_layers(cell, read_size, hidden_size, decoder_layers, forget_bias=1.0)
        self.bridge = nn.Linear(joined, hidden_size) if bridge else None
        self.attention = ATTENTION.get(attention)(hidden_size, said)
        size = hidden_size + said * output_context + embedding_dim * output_embedding
        self.combine = nn.Linear(size, hidden_size) if combine else None
        self.output = nn.Linear(hidden_size if combine else size, vocab_size)

    def embed_source(self, source_ids: Tensor) -> Tensor:
        """Return the embeddings (B, S, E) of source tokens (B, S)."""
        return self.source_embedding(source_ids)

    def join(self, inputs: Tensor, output: Tensor) -> Tensor:
        """Return what the next layer reads: what the one before it said."""
        return output

    @property
    def has_attention(self) -> bool:
        """Whether the decoder looks at the encoder's outputs at every step."""
        return self.attention.is_attending

    def encode(self, source_ids: Tensor, lengths: Tensor) -> Encoded:
        """Read sources (B, S) of the given lengths (B,); padding changes nothing. The whole last state is kept of each
        layer, and of each direction where no bridge joins them, its parts side by side."""
        hidden, final = self.embed_source(source_ids), []  # (B, S, E)
        for index, forward_layer in enumerate(self.encoder_forward):
            outputs, last = self._run(forward_layer, hidden, lengths)
            ways, states = [outputs], [last]
            if self.encoder_backward is not None:
                back, back_last = self._run(self.encoder_backward[index], reverse_by_length(hidden, lengths), lengths)
                ways.append(reverse_by_length(back, lengths))
                states.append(back_last)
            hidden = torch.cat(ways, dim=2)
            if self.bridge is not None:  # it reads both directions at once
                states = [[torch.cat(pair, dim=1) for pair in zip(*states, strict=True)]]
            final += [torch.cat(parts, dim=1) for parts in states]  # (B, parts * H) each
        outputs = ways[0] + ways[1] if self.is_summed else hidden
        return Encoded(outputs, mask_from_lengths(lengths, source_ids.shape[1]), tuple(final))

    def start(self, source_ids: Tensor, lengths: Tensor) -> DecoderState:
        """Return the decoder's state before its first token, for sources (B, S) of lengths (B,)."""
        return self.start_from(self.encode(source_ids, lengths))

    def start_from(self, encoded: Encoded) -> DecoderState:
        """Return the decoder's state before its first token, from what the encoder left."""
        parts = CELLS.get(self.cell).parts
        final: tuple[Tensor, ...] = encoded.final
        if self.bridge is not None:
            size = self.bridge.in_features
            bridged = [torch.tanh(self.bridge(part)) for part in final[-1].split(size, dim=1)]
            final = (torch.cat(bridged, dim=1),) * len(self.decoder)
        states = [CELLS.get(self.cell).make_state(one.split(self.hidden_size, dim=1)) for one in final]
        weights = torch.zeros_like(encoded.mask, dtype=encoded.outputs.dtype)
        summary = encoded.final[-1].split(encoded.final[-1].shape[1] // len(parts), dim=1)[0]
        layers = tuple(states[: len(self.decoder)])
        return DecoderState(
            layers, self.attention.keys(encoded.outputs), encoded.outputs, encoded.mask, summary, weights
        )

    def step(
        self, token_ids: Tensor, state: DecoderState, edit_weights: EditWeights | None = None
    ) -> tuple[Tensor, DecoderState]:
        """Read one target token per sequence, (B,); return the next token's logits (B, V) and the new state."""
        embedded = self.embedding(token_ids)  # (B, E)
        embedded = embedded.relu() if self.relu else embedded
        if self.asks_first:
            context, weights = self._look(self._hidden(state), state, edit_weights)
        hidden, layers = torch.cat([embedded, context], dim=1) if self.reads_context else embedded, []
        for layer, layer_state in zip(self.decoder, state.layers, strict=True):
            hidden, layer_state = step_layer(self.cell, layer, hidden, layer_state)
            layers.append(layer_state)
        if not self.asks_first:
            context, weights = self._look(hidden, state, edit_weights)
        said = torch.cat([hidden, *[context] * self.output_context, *[embedded] * self.output_embedding], dim=1)
        if self.combine is not None:
            said = torch.tanh(self.combine(said))
        return self.output(said), state._replace(layers=tuple(layers), attention_weights=weights)

    def read(self, token_ids: Tensor, state: DecoderState) -> DecoderState:
        """Return the state after reading target tokens (B, T)."""
        for now in token_ids.unbind(1):
            _, state = self.step(now, state)
        return state

    def forward(
        self, source_ids: Tensor, lengths: Tensor, target_ids: Tensor, edit_weights: EditWeights | None = None
    ) -> tuple[Tensor, Tensor]:
        """Teacher forcing: return logits (B, T, V) and attention weights (B, T, S) for the target inputs (B, T)."""
        state, logits, weights = self.start(source_ids, lengths), [], []
        for now in target_ids.unbind(1):
            said, state = self.step(now, state, edit_weights)
            logits.append(said)
            weights.append(state.attention_weights)
        return torch.stack(logits, dim=1), torch.stack(weights, dim=1)

    def _hidden(self, state: DecoderState) -> Tensor:
        top = state.layers[-1]
        return top[0] if isinstance(top, tuple) else top

    def _look(self, hidden: Tensor, state: DecoderState, edit_weights: EditWeights | None) -> tuple[Tensor, Tensor]:
        """Return the context (B, R) and the weights (B, S) for decoder states (B, H)."""
        context, weights = look_back(self.attention, hidden[:, None], state, edit_weights)
        return context[:, 0], weights[:, 0]

    def _run(self, layer: nn.Module, inputs: Tensor, lengths: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Return one direction's outputs (B, S, H) and the parts of its state after each sequence's last word."""
        packed = pack_padded_sequence(inputs, lengths.cpu(), batch_first=True, enforce_sorted=False)
        outputs, last = layer(packed)
        outputs, _ = pad_packed_sequence(outputs, batch_first=True, total_length=inputs.shape[1])
        state: LayerState = last if isinstance(last, tuple) else (last,)
        return outputs, [part[0] for part in state]
