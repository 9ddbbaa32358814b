"""Encoder-decoders with additive, dot or no attention: bentrevett/pytorch-seq2seq 1 to 4 and PyTorch's own tutorials.

What the shapes tell is read from them: whether the decoder's layers and its output read the context and the embedding.

Shapes: E embedding, H hidden, R what the encoder says at a word, V target vocabulary.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.cells import CELLS
from engine.errors import InputError
from engine.exchange.details import Details
from engine.exchange.layouts.base import LAYOUTS, Built, Layout, LayoutPart
from engine.exchange.layouts.recurrent import NEVER, STRAIGHT, TANH, fill, fill_layer
from engine.exchange.modules import LINEAR, MATRIX, RECURRENT, Linear, Modules, Recurrent
from engine.exchange.vocabularies import Vocabulary
from engine.models.encoder_decoder import EncoderDecoder
from engine.text.base import BOS, EOS, PAD, UNK

SOURCE, ENCODER, BRIDGE = "source embedding", "encoder layers", "encoder's state to decoder's"
TARGET, DECODER, HEAD = "target embedding", "decoder layers", "linear layer"
BOTH, QUERY, KEY, SCORE, COMBINE = (
    "attention, both",
    "attention, decoder's part",
    "attention, encoder's part",
    "attention, score",
    "context and state joined",
)
KINDS = {SOURCE: MATRIX, TARGET: MATRIX, ENCODER: RECURRENT, DECODER: RECURRENT}
SOURCE_VOCABULARY, TARGET_VOCABULARY = "Source vocabulary", "Target vocabulary"
BARE = "Sources are read as they are typed, without marks of beginning and end around them and not reversed."
Columns = tuple[str, ...]  # what the output reads, in the file's order: of "hidden", "context" and "embedding"


@dataclass(frozen=True)
class PairOfStacks:
    """The layers of an encoder-decoder; those of attention as ours has them: `query` and `key` and `score`."""

    source: Linear
    encoder: Recurrent
    target: Linear
    decoder: Recurrent
    head: Linear
    columns: Columns
    reads_context: bool
    bridge: Linear | None
    additive: tuple[Linear, Linear, Linear] | None
    combine: Linear | None

    @property
    def vocabularies(self) -> dict[str, Linear]:
        """The tables that vocabularies belong to, by what each is called."""
        return {SOURCE_VOCABULARY: self.source, TARGET_VOCABULARY: self.target}

    @property
    def notes(self) -> tuple[str, ...]:
        """What is taken for granted of these layers."""
        return (TANH,) if CELLS.get(self.encoder.cell).activations else ()

    def fits(self, task: str) -> bool:
        """Return whether the shapes allow a task: any that the layout names."""
        return True

    def answers(self, task: str) -> int:
        """Return 0: there are no labels."""
        return 0


def reader(columns: Columns, is_summed: bool = False) -> Callable[[Modules, Mapping[str, str]], PairOfStacks]:
    """Return what reads the layers of a layout whose output reads `columns`, where it reads more than the state."""

    def read(modules: Modules, names: Mapping[str, str]) -> PairOfStacks:
        source, target = modules.table(names[SOURCE]), modules.table(names[TARGET])
        encoder = modules.recurrent(names[ENCODER], source.weight.shape[1])
        width, joined = target.weight.shape[1], encoder.hidden_size * encoder.directions
        said = encoder.hidden_size if is_summed else joined
        decoder = modules.recurrent(names[DECODER])
        reads_context = decoder.input_size != width
        decoder = modules.recurrent(names[DECODER], width + said * reads_context)
        if decoder.cell != encoder.cell or decoder.directions != 1:
            raise InputError(
                f"“{decoder.name}” must read in one direction and be of the encoder's kind, {encoder.cell.upper()}."
            )
        size = decoder.hidden_size
        sizes = {"hidden": size, "context": said, "embedding": width}
        bridge = modules.linear(names[BRIDGE], joined, size) if BRIDGE in names else None
        if bridge is None and encoder.hidden_size != size:
            raise InputError(f"“{decoder.name}” has {size} units, but the encoder hands it {encoder.hidden_size}.")
        combine = modules.linear(names[COMBINE], size + said, size) if COMBINE in names else None
        plain = modules.table(names[HEAD]).weight.shape[1] == size
        used: Columns = ("hidden",) if plain or combine is not None else columns
        head = modules.linear(
            names[HEAD], size if combine is not None else sum(sizes[each] for each in used), target.rows
        )
        if combine is None and used != ("hidden",):
            head = Linear(head.name, _ordered(head.weight, used, sizes), head.bias)
        columns_read = ("hidden", "context") if combine is not None else used
        additive = _additive(modules, names, size, said)
        return PairOfStacks(
            source, encoder, target, decoder, head, columns_read, reads_context, bridge, additive, combine
        )

    return read


def _additive(modules: Modules, names: Mapping[str, str], size: int, said: int) -> tuple[Linear, Linear, Linear] | None:
    """Return query, key and score of additive attention; the bias of a score changes no share, so it is left out."""
    if BOTH in names:
        both = modules.linear(names[BOTH], size + said, size)
        query, key = both.weight.split((size, said), dim=1)
        nothing = torch.zeros(size)
        return (
            Linear(both.name, query, nothing),
            Linear(both.name, key, both.bias),
            modules.linear(names[SCORE], size, 1),
        )
    if QUERY in names:
        query_layer, key_layer = modules.linear(names[QUERY], size, size), modules.linear(names[KEY], said, size)
        joined = Linear(key_layer.name, key_layer.weight, key_layer.bias + query_layer.bias)
        return query_layer, joined, modules.linear(names[SCORE], size, 1)
    return None


def _ordered(weight: Tensor, columns: Columns, sizes: Mapping[str, int]) -> Tensor:
    """Return the output's weight with its columns in our order."""
    parts = dict(zip(columns, weight.split([sizes[each] for each in columns], dim=1), strict=True))
    return torch.cat([parts[each] for each in ("hidden", "context", "embedding") if each in parts], dim=1)


def builder(
    has_dot: bool = False, relu: bool = False, is_summed: bool = False
) -> Callable[[PairOfStacks, Mapping[str, Vocabulary], Details], Built]:
    """Return what builds the model of a layout."""

    def build(pair: PairOfStacks, vocabularies: Mapping[str, Vocabulary], details: Details) -> Built:
        source, target = vocabularies[SOURCE_VOCABULARY], vocabularies[TARGET_VOCABULARY]
        lost = next((mark for mark in (BOS, EOS) if mark not in target.tokens), "")
        if lost:
            raise InputError(
                f"The target vocabulary has no token “{lost}”; a decoder needs one to begin and one to end."
            )
        joined = target.with_marks(PAD, UNK, *source.tokens)
        number = {token: position for position, token in enumerate(joined.tokens)}
        encoder, decoder = pair.encoder, pair.decoder
        model = EncoderDecoder(
            len(joined.tokens),
            pair.source.weight.shape[1],
            pair.target.weight.shape[1],
            encoder.hidden_size,
            decoder.hidden_size,
            len(encoder.layers),
            len(decoder.layers),
            encoder.cell,
            encoder.directions == 2,
            is_summed,
            pair.bridge is not None,
            "dot" if has_dot else "additive" if pair.additive else "none",
            asks_first=not has_dot,
            reads_context=pair.reads_context,
            output_context="context" in pair.columns,
            output_embedding="embedding" in pair.columns,
            combine=pair.combine is not None,
            relu=relu,
        )
        fill(model.source_embedding.weight, _table(pair.source.weight, source, number))
        fill(model.embedding.weight, _table(pair.target.weight, target, number))
        stacks = [list(model.encoder_forward), list(model.encoder_backward or ())]
        for layer, ways in enumerate(encoder.layers):
            for layers, weights in zip(stacks, ways, strict=False):
                fill_layer(layers[layer], weights)
        for (weights,), onto in zip(decoder.layers, model.decoder, strict=True):
            fill_layer(onto, weights)
        for ours, theirs in ((model.bridge, pair.bridge), (model.combine, pair.combine)):
            if ours is not None and theirs is not None:
                fill(ours.weight, theirs.weight)
                fill(ours.bias, theirs.bias)
        if pair.additive is not None:
            query, key, score = pair.additive
            for name, value in (("query", query.weight), ("key", key.weight), ("score", score.weight)):
                fill(model.attention.get_parameter(f"{name}.weight"), value)
            fill(model.attention.get_parameter("key.bias"), key.bias)
        own = pair.target.rows
        with torch.no_grad():
            model.output.weight.zero_()
            model.output.bias.fill_(NEVER)
            model.output.weight[:own] = pair.head.weight
            model.output.bias[:own] = pair.head.bias
        renumbered = {"source": tuple(number[token] for token in source.tokens), "ids": tuple(range(own))}
        return Built(model, joined.tokenizer(), tuple(range(own)), renumbered)

    return build


def _table(weight: Tensor, vocabulary: Vocabulary, number: Mapping[str, int]) -> Tensor:
    """Return an embedding for all tokens: those that its own vocabulary lacks are read as its unknown one."""
    own = {token: row for row, token in enumerate(vocabulary.tokens)}
    unknown = weight[own[UNK]] if UNK in own else torch.zeros(weight.shape[1])
    return torch.stack([weight[own[token]] if token in own else unknown for token in number])


def pair_layout(
    name: str,
    title: str,
    origin: str,
    names: Mapping[str, Sequence[str]],
    columns: Columns = ("hidden",),
    has_dot: bool = False,
    relu: bool = False,
    is_summed: bool = False,
) -> None:
    """Register the layout of an encoder-decoder."""
    parts = tuple(LayoutPart(role, KINDS.get(role, LINEAR), tuple(given)) for role, given in names.items())
    read, build = reader(columns, is_summed), builder(has_dot, relu, is_summed)
    layout = Layout(name, title, origin, ("translation",), parts, read, build, (STRAIGHT, BARE))
    LAYOUTS.register(name)(layout)


def _ends(layers: str, *heads: str) -> dict[str, Sequence[str]]:
    return {
        SOURCE: ("encoder.embedding",),
        ENCODER: (f"encoder.{layers}",),
        TARGET: ("decoder.embedding",),
        DECODER: (f"decoder.{layers}",),
        HEAD: tuple(f"decoder.{head}" for head in heads),
    }


SEQ2SEQ = "bentrevett/pytorch-seq2seq"
TUTORIAL = "PyTorch's tutorial “Translation with a sequence to sequence network and attention”"

pair_layout(
    "seq2seq",
    "Encoder-decoder without attention",
    f"{SEQ2SEQ} 1 and 2",
    _ends("rnn", "fc_out", "out"),
    ("embedding", "hidden", "context"),
)
pair_layout(
    "seq2seq-attention",
    "Encoder-decoder with additive attention",
    f"{SEQ2SEQ} 3 and 4",
    _ends("rnn", "fc_out", "out")
    | {
        BRIDGE: ("encoder.fc",),
        BOTH: ("decoder.attention.attn", "decoder.attention.attn_fc"),
        SCORE: ("decoder.attention.v", "decoder.attention.v_fc"),
    },
    ("hidden", "context", "embedding"),
)
pair_layout("tutorial", "Encoder-decoder without attention", TUTORIAL, _ends("gru", "out"), relu=True)
pair_layout(
    "tutorial-attention",
    "Encoder-decoder with additive attention",
    TUTORIAL,
    _ends("gru", "out")
    | {QUERY: ("decoder.attention.Wa",), KEY: ("decoder.attention.Ua",), SCORE: ("decoder.attention.Va",)},
)
pair_layout(
    "chatbot",
    "Encoder-decoder with dot attention",
    "PyTorch's chatbot tutorial",
    _ends("gru", "out") | {COMBINE: ("decoder.concat",)},
    has_dot=True,
    is_summed=True,
)
