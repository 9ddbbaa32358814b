"""A whole sequence as an ONNX graph: the standard's own recurrent operators where a cell has one, else a scan over the
step.

The graph reads `token_ids` (B, T) int64 and, where a text's end matters, `lengths` (B,) int64; a tagger that reads
letters is given the features of `engine.models.word_features`. It gives `logits`: (B, T, V) of a language model, (B, L)
of a classifier, (B, T, K) of a tagger, before the transitions of a CRF. Those of translators and Transformers, and of
their steps, are in files of their own beside this one.

Shapes: B batch, T time, E embedding, H hidden, V vocabulary, L labels, K tags, U distinct words, C characters.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from torch import nn

from engine.exchange.onnx_layers import (
    REAL,
    WHOLE,
    Tensors,
    array,
    finished,
    real_words,
    run_layer,
    time_first,
    unsqueeze,
)
from engine.models.classifier import AVERAGE, Classifier
from engine.models.language_model import LanguageModel, LanguageModelConfig
from engine.models.tagger import Tagger
from engine.models.word_features import PADDING
from engine.runtimes.graph import Graph, Value, step_graph
from engine.runtimes.program import build_program

if TYPE_CHECKING:
    import onnx

TOKENS: Tensors = {"token_ids": (WHOLE, ("B", "T"))}
TOKENS_AND_LENGTHS: Tensors = {**TOKENS, "lengths": (WHOLE, ("B",))}
NEVER = -3.4e38  # what padding is where the largest is asked for


def language_model(model: LanguageModel) -> onnx.ModelProto:
    """Return the graph of a recurrent language model."""
    graph = Graph("float32")
    hidden = time_first(graph, graph.rows(array(model.embedding.weight), graph.value("token_ids")))  # (T, B, E)
    size = model.embedding.embedding_dim
    for layer in model.layers:
        output = run_layer(graph, layer, hidden).outputs
        hidden = hidden + output if model.residual and size == model.hidden_size else output
        size = model.hidden_size
    if model.to_embedding is not None:
        hidden = graph.product(hidden, array(model.to_embedding.weight), None)
        logits = graph.product(hidden, array(model.embedding.weight), array(model.output_bias))
    else:
        logits = graph.product(hidden, array(model.output.weight), array(model.output_bias))
    return finished(graph, TOKENS, {"logits": (time_first(graph, logits), ("B", "T", model.vocab_size))})


def classifier(model: Classifier) -> onnx.ModelProto:
    """Return the graph of a classifier."""
    graph = Graph("float32")
    token_ids, lengths = graph.value("token_ids"), graph.value("lengths")
    embedded = time_first(graph, graph.rows(array(model.embedding.weight), token_ids))  # (T, B, E)
    if model.cell == AVERAGE:
        ways: list[tuple[Value, Value | None]] = [(embedded, None)]
    else:
        stacks = [tuple(model.forward_layers), tuple(model.backward_layers)][: 1 + model.bidirectional]
        ways = _directions(graph, stacks, embedded, lengths, not model.has_apart_directions)
    pooled = [_POOLED[_name_of_pooling(model)](graph, outputs, last, lengths) for outputs, last in ways]
    features = graph.one("Concat", *pooled, axis=1) if len(pooled) > 1 else pooled[0]
    logits = graph.product(features, array(model.output.weight), array(model.output.bias))
    return finished(graph, TOKENS_AND_LENGTHS, {"logits": (logits, ("B", model.num_labels))})


def tagger(model: Tagger) -> onnx.ModelProto:
    """Return the graph of a tagger."""
    graph = Graph("float32")
    lengths, given = graph.value("lengths"), dict(TOKENS_AND_LENGTHS)
    read = [graph.rows(array(model.embedding.weight), graph.value("token_ids"))]  # (B, T, E)
    spelt = []
    if model.filters is not None:
        characters = graph.value("characters")
        letters = graph.rows(array(model.character_embedding.weight), characters)  # (U, C, E)
        letters = graph.one("Transpose", letters, perm=[0, 2, 1])
        weights = [graph.constant(array(part)) for part in model.filters.parameters()]
        edge = int(model.filters.padding[0])
        answers = graph.one("Relu", graph.one("Conv", letters, *weights, pads=[edge, edge]))
        is_padding = graph.one("Equal", characters, graph.constant(np.array(PADDING, dtype=np.int64)))
        is_padding = graph.one("Unsqueeze", is_padding, graph.constant(np.array([1], dtype=np.int64)))
        answers = graph.one("Where", is_padding, graph.constant(np.float32(0)), answers)
        spelt.append(graph.one("ReduceMax", answers, graph.constant(np.array([2], dtype=np.int64)), keepdims=0))
        given |= {"characters": (WHOLE, ("U", "C")), "spelling": (WHOLE, ("B", "T"))}
    if model.shape_embedding is not None:
        spelt.append(graph.rows(array(model.shape_embedding.weight), graph.value("shapes")))
        given |= {"shapes": (WHOLE, ("U",)), "spelling": (WHOLE, ("B", "T"))}
    read += [graph.one("Gather", part, graph.value("spelling"), axis=0) for part in spelt]
    joined = graph.one("Concat", *read, axis=2) if len(read) > 1 else read[0]
    tops = [model.forwards, *([model.backwards] if model.backwards is not None else [])]
    stacks = [tuple([list(layers.children())[way] for layers in model.lower] + [top]) for way, top in enumerate(tops)]
    ways = _directions(graph, stacks, time_first(graph, joined), lengths, is_joined=True)
    emissions = graph.product(ways[0][0], array(model.forward_emission.weight), array(model.forward_emission.bias))
    if model.backward_emission is not None:
        emissions = emissions + graph.product(ways[1][0], array(model.backward_emission.weight), None)
    return finished(graph, given, {"logits": (time_first(graph, emissions), ("B", "T", len(model.labels)))})


def language_model_step(model: LanguageModel) -> onnx.ModelProto:
    """Return the graph of one step of a recurrent language model: see `engine.runtimes.graph`."""
    weights = {name: array(weight) for name, weight in model.state_dict().items()}
    program = build_program(LanguageModelConfig.model, model.config, weights)
    assert program is not None
    return step_graph(program)


def _directions(
    graph: Graph, stacks: Sequence[Sequence[nn.Module]], inputs: Value, lengths: Value, is_joined: bool
) -> list[tuple[Value, Value | None]]:
    """Return the last layers' outputs (T, B, H) at every word and last states (B, H), direction by direction."""
    read = [inputs for _ in stacks]
    found: list[tuple[Value, Value | None]] = []
    for layers in zip(*stacks, strict=True):
        found = [
            (ran.outputs, ran.last[0])
            for way, (layer, one) in enumerate(zip(layers, read, strict=True))
            for ran in [run_layer(graph, layer, one, lengths, bool(way))]
        ]
        read = [outputs for outputs, _ in found]
        if is_joined and len(read) > 1:
            read = [graph.one("Concat", *read, axis=2)] * len(read)
    return found


def _largest(graph: Graph, outputs: Value, last: Value | None, lengths: Value) -> Value:
    masked = graph.one("Where", _mask(graph, outputs, lengths), outputs, graph.constant(np.float32(NEVER)))
    return graph.one("ReduceMax", masked, graph.constant(np.array([0], dtype=np.int64)), keepdims=0)


def _mean(graph: Graph, outputs: Value, last: Value | None, lengths: Value) -> Value:
    masked = graph.one("Where", _mask(graph, outputs, lengths), outputs, graph.constant(np.float32(0)))
    total = graph.one("ReduceSum", masked, graph.constant(np.array([0], dtype=np.int64)), keepdims=0)
    count = graph.one("Unsqueeze", graph.one("Cast", lengths, to=REAL), graph.constant(np.array([1], dtype=np.int64)))
    return total / count


def _last(graph: Graph, outputs: Value, last: Value | None, lengths: Value) -> Value:
    assert last is not None
    return last


_POOLED = {"max": _largest, "mean": _mean, "last": _last}


def _name_of_pooling(model: Classifier) -> str:
    return "mean" if model.cell == AVERAGE else str(model.config.get("pooling", "max"))


def _mask(graph: Graph, outputs: Value, lengths: Value) -> Value:
    """Return a mask (T, B, 1) that is true on real words."""
    is_real = graph.one("Transpose", real_words(graph, outputs, lengths, axis=0), perm=[1, 0])
    return unsqueeze(graph, is_real, 2)
