"""Translators as ONNX graphs: what is read before anything is written, one step of the decoder, and both over whole
sentences.

The encoder reads `source_ids` (B, S) and `lengths` (B,), both int64, and gives the first `state` (B, N) and what the
decoder looks at: with attention `outputs` (B, S, H), and their projections `keys` where there are such; without it
`summary` (B, H). A step reads these, `lengths` and `token_ids` (B,) and gives `logits` (B, V), `new_state` (B, N) and,
with attention, `attention_weights` (B, S). Whole sentences read `source_ids`, `lengths` and `token_ids` (B, T), the
target behind its beginning mark, and give `logits` (B, T, V).

Shapes: B batch, S source time, T target time, E embedding, H hidden, N numbers of a state, V vocabulary.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from torch import nn

from engine.cells import CELLS
from engine.exchange.onnx_layers import (
    REAL,
    WHOLE,
    Tensors,
    array,
    finished,
    inner,
    real_words,
    run_layer,
    scan,
    step_layer,
    time_first,
    unsqueeze,
    whole,
)
from engine.models.attention import AdditiveAttention
from engine.models.encoder_decoder import EncoderDecoder
from engine.models.translator import Translator
from engine.runtimes.graph import Graph, Value

if TYPE_CHECKING:
    import onnx

Model = Translator | EncoderDecoder
Memory = Mapping[str, Value]  # what the decoder looks at, by the names above
Answers = dict[str, tuple[Value, tuple[str | int, ...]]]
SOURCE: Tensors = {"source_ids": (WHOLE, ("B", "S"))}
LENGTHS: Tensors = {"lengths": (WHOLE, ("B",))}


class _Encoded(NamedTuple):
    """What an encoder leaves: outputs (B, S, R), what the decoder's state is put together from, the summary (B, R)."""

    outputs: Value
    parts: list[Value]
    summary: Value


def encoder_graph(model: Model) -> onnx.ModelProto:
    """Return the graph of what is read before the first step."""
    graph = Graph("float32")
    state, memory = _begin(graph, model)
    answers: Answers = {"state": (state, ("B", _state_size(model)))}
    for name, (_, shape) in _memory(model).items():
        answers[name] = (memory[name], shape)
    return finished(graph, {**SOURCE, **LENGTHS}, answers)


def step_graph(model: Model) -> onnx.ModelProto:
    """Return the graph of one step of the decoder."""
    graph, size = Graph("float32"), _state_size(model)
    memory = {name: graph.value(name) for name in _memory(model)}
    logits, state, weights = _step(graph, model, graph.value("token_ids"), graph.value("state"), memory)
    given = {"token_ids": (WHOLE, ("B",)), "state": (REAL, ("B", size)), **_memory(model)}
    answers: Answers = {"logits": (logits, ("B", model.embedding.num_embeddings)), "new_state": (state, ("B", size))}
    if weights is not None:
        given |= LENGTHS
        answers["attention_weights"] = (weights, ("B", "S"))
    return finished(graph, given, answers)


def sequence_graph(model: Model) -> onnx.ModelProto:
    """Return the graph of whole sentences: the encoder, and the decoder's step repeated."""
    graph = Graph("float32")
    state, memory = _begin(graph, model)
    body = inner(graph)
    before, now = body.value(f"{body.prefix}before"), body.value(f"{body.prefix}now")
    inside = {name: body.value(value.name) for name, value in memory.items()}
    logits, after, _ = _step(body, model, now, before, inside)
    target = graph.one("Transpose", graph.value("token_ids"), perm=[1, 0])
    _, (found,) = scan(graph, body, ([before], [state], [after]), (now, target), [logits], WHOLE)
    given = {**SOURCE, **LENGTHS, "token_ids": (WHOLE, ("B", "T"))}
    return finished(graph, given, {"logits": (time_first(graph, found), ("B", "T", model.embedding.num_embeddings))})


def _begin(graph: Graph, model: Model) -> tuple[Value, Memory]:
    """Return the decoder's first state (B, N) and what it looks at."""
    encoded = _translator(graph, model) if isinstance(model, Translator) else _encoder_decoder(graph, model)
    memory = {"outputs": encoded.outputs, "summary": encoded.summary}
    if isinstance(model.attention, AdditiveAttention):
        memory["keys"] = _linear(graph, model.attention.key, encoded.outputs)
    return graph.one("Concat", *encoded.parts, axis=1), {name: memory[name] for name in _memory(model)}


def _translator(graph: Graph, model: Translator) -> _Encoded:
    lengths = graph.value("lengths")
    hidden, size = _embedded(graph, model.embedding, graph.value("source_ids")), model.embedding.embedding_dim
    final = []
    for index, forward in enumerate(model.encoder_forward):
        back = None if model.encoder_backward is None else model.encoder_backward[index]
        outputs, states = _both_ways(graph, forward, back, hidden, lengths)
        hidden = hidden + outputs if size == model.hidden_size else outputs
        size = model.hidden_size
        final.append(_joined(graph, [state[0] for state in states], axis=1))
    lasts = [final[min(index, len(final) - 1)] for index in range(len(model.bridge))]
    parts = [_linear(graph, bridge, last).tanh() for bridge, last in zip(model.bridge, lasts, strict=True)]
    return _Encoded(time_first(graph, hidden), parts, final[-1])


def _encoder_decoder(graph: Graph, model: EncoderDecoder) -> _Encoded:
    lengths = graph.value("lengths")
    hidden, final = _embedded(graph, model.source_embedding, graph.value("source_ids")), []
    for index, forward in enumerate(model.encoder_forward):
        back = None if model.encoder_backward is None else model.encoder_backward[index]
        outputs, states = _both_ways(graph, forward, back, hidden, lengths)
        hidden = outputs
        if model.bridge is not None:
            states = [[_joined(graph, pair, axis=1) for pair in zip(*states, strict=True)]]
        final += states
    if model.is_summed:
        ways = hidden.chunk(2, dim=2)
        hidden = ways[0] + ways[1]
    layers = final
    if model.bridge is not None:
        layers = [[_linear(graph, model.bridge, part).tanh() for part in final[-1]]] * len(model.decoder)
    parts = [part for layer in layers[: len(model.decoder)] for part in layer]
    return _Encoded(time_first(graph, hidden), parts, final[-1][0])


def _both_ways(
    graph: Graph, forward: nn.Module, back: nn.Module | None, inputs: Value, lengths: Value
) -> tuple[Value, list[list[Value]]]:
    """Return the outputs (S, B, H) of one layer, directions side by side, and the last state's parts of each."""
    ways = [run_layer(graph, forward, inputs, lengths)]
    if back is not None:
        ways.append(run_layer(graph, back, inputs, lengths, reverse=True))
    return _joined(graph, [way.outputs for way in ways], axis=2), [way.last for way in ways]


def _step(
    graph: Graph, model: Model, token_ids: Value, state: Value, memory: Memory
) -> tuple[Value, Value, Value | None]:
    """Return the logits (B, V), the new state (B, N), and the attention's weights (B, S) where there is attention."""
    count = len(CELLS.get(model.cell).parts)
    sizes = [model.hidden_size] * (count * len(model.decoder))
    parts = graph.node("Split", state, whole(graph, *sizes), axis=1, outputs=len(sizes)) if len(sizes) > 1 else [state]
    embedded = graph.rows(array(model.embedding.weight), token_ids)  # (B, E)
    if isinstance(model, EncoderDecoder) and model.relu:
        embedded = embedded.relu()
    asks_first = isinstance(model, EncoderDecoder) and model.asks_first
    hidden = embedded
    if asks_first:
        context, weights = _look(graph, model, parts[count * (len(model.decoder) - 1)], memory)
    if isinstance(model, EncoderDecoder) and model.reads_context:
        assert asks_first
        hidden = graph.one("Concat", embedded, context, axis=1)
    after: list[Value] = []
    size = model.embedding.embedding_dim
    for index, layer in enumerate(model.decoder):
        output, states = step_layer(graph, layer, hidden, parts[count * index : count * (index + 1)])
        is_added = isinstance(model, Translator) and size == model.hidden_size
        hidden, size = hidden + output if is_added else output, model.hidden_size
        after += states
    if not asks_first:
        context, weights = _look(graph, model, hidden, memory)
    return _logits(graph, model, hidden, context, embedded), _joined(graph, after, axis=1), weights


def _logits(graph: Graph, model: Model, hidden: Value, context: Value, embedded: Value) -> Value:
    if isinstance(model, Translator):
        combined = _linear(graph, model.combine, graph.one("Concat", hidden, context, axis=1)).tanh()
        return graph.product(combined, array(model.embedding.weight), array(model.output_bias))
    said = _joined(graph, [hidden, *[context] * model.output_context, *[embedded] * model.output_embedding], axis=1)
    if model.combine is not None:
        said = _linear(graph, model.combine, said).tanh()
    return _linear(graph, model.output, said)


def _look(graph: Graph, model: Model, query: Value, memory: Memory) -> tuple[Value, Value | None]:
    """Return the context (B, H) for decoder states (B, H), and the weights (B, S) where the model looks back."""
    if not model.has_attention:
        return memory["summary"], None
    asked, outputs = unsqueeze(graph, query, 1), memory["outputs"]  # (B, 1, H), (B, S, H)
    if isinstance(model.attention, AdditiveAttention):
        joined = (_linear(graph, model.attention.query, asked) + memory["keys"]).tanh()  # (B, S, H)
        scores = graph.one("Transpose", _linear(graph, model.attention.score, joined), perm=[0, 2, 1])
    else:
        scores = graph.one("MatMul", asked, graph.one("Transpose", outputs, perm=[0, 2, 1]))  # (B, 1, S)
    is_real = unsqueeze(graph, real_words(graph, outputs, graph.value("lengths"), axis=1), 1)
    weights = graph.one("Softmax", graph.one("Where", is_real, scores, graph.constant(np.float32(-np.inf))), axis=2)
    context = graph.one("MatMul", weights, outputs)
    return graph.one("Squeeze", context, whole(graph, 1)), graph.one("Squeeze", weights, whole(graph, 1))


def _embedded(graph: Graph, table: nn.Embedding, token_ids: Value) -> Value:
    return time_first(graph, graph.rows(array(table.weight), token_ids))  # (S, B, E)


def _linear(graph: Graph, layer: nn.Module, inputs: Value) -> Value:
    assert isinstance(layer, nn.Linear)
    return graph.product(inputs, array(layer.weight), None if layer.bias is None else array(layer.bias))


def _joined(graph: Graph, values: Sequence[Value], axis: int) -> Value:
    return graph.one("Concat", *values, axis=axis) if len(values) > 1 else values[0]


def _memory(model: Model) -> Tensors:
    """Return what the decoder looks at at every step."""
    if not model.has_attention:
        return {"summary": (REAL, ("B", "R"))}
    keys: Tensors = {"keys": (REAL, ("B", "S", model.hidden_size))}
    return {"outputs": (REAL, ("B", "S", "R")), **(keys if isinstance(model.attention, AdditiveAttention) else {})}


def _state_size(model: Model) -> int:
    return model.hidden_size * len(CELLS.get(model.cell).parts) * len(model.decoder)
