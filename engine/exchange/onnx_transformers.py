"""The Transformer language model as ONNX graphs.

Whole sequences are read as `token_ids` (B, T) int64 and give `logits` (B, T, V); every token is compared with every
other, so that memory grows with T squared. A step reads `token_ids` (B,) and `state` (B, S) and gives `logits` (B, V)
and `new_state` (B, S): how many tokens are kept, then every block's keys and values. The first state is all zeros.

Shapes: B batch, T time, N heads, W window, D width, A width of one head, S numbers of a state, V vocabulary.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from torch import nn

from engine.exchange.onnx_layers import REAL, WHOLE, array, finished, unsqueeze, whole
from engine.models.causal_attention import CausalBlock
from engine.models.transformer_language_model import TransformerLanguageModel
from engine.runtimes.graph import Graph, Value

if TYPE_CHECKING:
    import onnx

NEVER = -np.inf
Kept = Callable[[Value, Value], tuple[Value, Value]]  # keys and values (B, N, T, A) -> those that are looked at


def sequence_graph(model: TransformerLanguageModel) -> onnx.ModelProto:
    """Return the graph of whole sequences."""
    graph = Graph("float32")
    token_ids = graph.value("token_ids")
    zero, one = graph.constant(np.array(0, dtype=np.int64)), graph.constant(np.array(1, dtype=np.int64))
    time = graph.one("Squeeze", graph.one("Shape", token_ids, start=1, end=2))
    positions = graph.one("Range", zero, time, one)
    distance = unsqueeze(graph, positions, 1) - unsqueeze(graph, positions, 0)  # (T, T)
    is_after = graph.one("Less", distance, whole(graph, 0))
    is_far = graph.one("Greater", distance, whole(graph, model.window))
    penalty = _penalty(graph, model, distance)  # (N, T, T)
    bias = graph.one("Where", graph.one("Or", is_after, is_far), graph.constant(np.float32(NEVER)), penalty)
    logits = _read(
        graph, model, graph.rows(array(model.embedding.weight), token_ids), bias, [lambda *new: new] * len(model.blocks)
    )
    return finished(
        graph, {"token_ids": (WHOLE, ("B", "T"))}, {"logits": (logits, ("B", "T", model.embedding.num_embeddings))}
    )


def step_graph(model: TransformerLanguageModel) -> onnx.ModelProto:
    """Return the graph of one step."""
    graph, heads, window = Graph("float32"), model.num_heads, model.window
    store = heads * window * (model.width // heads)
    sizes = [1] + [store] * (2 * len(model.blocks))
    kept, *stores = graph.node("Split", graph.value("state"), whole(graph, *sizes), axis=1, outputs=len(sizes))
    distance = graph.constant(np.arange(window, -1, -1, dtype=np.int64))  # (W + 1,), of the oldest kept one first
    is_empty = graph.one("Greater", graph.one("Cast", distance, to=REAL), kept)  # (B, W + 1)
    penalty = unsqueeze(graph, _penalty(graph, model, unsqueeze(graph, distance, 0)), 0)  # (1, N, 1, W + 1)
    hidden = graph.one("Unsqueeze", is_empty, whole(graph, 1, 2))
    bias = graph.one("Where", hidden, graph.constant(np.float32(NEVER)), penalty)  # (B, N, 1, W + 1)
    shape, flat, after = whole(graph, 0, heads, window, -1), whole(graph, 0, -1), []

    def beside(old: Value) -> Callable[[Value], Value]:
        def join(new: Value) -> Value:
            joined = graph.one("Concat", graph.one("Reshape", old, shape), new, axis=2)  # (B, N, W + 1, A)
            newest = graph.one("Slice", joined, whole(graph, 1), whole(graph, window + 1), whole(graph, 2))
            after.append(graph.one("Reshape", newest, flat))
            return joined

        return join

    def kept_of(block: int) -> Kept:
        keys, values = beside(stores[2 * block]), beside(stores[2 * block + 1])
        return lambda new_keys, new_values: (keys(new_keys), values(new_values))

    embedded = unsqueeze(graph, graph.rows(array(model.embedding.weight), graph.value("token_ids")), 1)  # (B, 1, D)
    logits = _read(graph, model, embedded, bias, [kept_of(block) for block in range(len(model.blocks))])
    one_more = (kept + graph.constant(np.float32(1))).clamp(max=window)
    size, vocabulary = sum(sizes), model.embedding.num_embeddings
    return finished(
        graph,
        {"token_ids": (WHOLE, ("B",)), "state": (REAL, ("B", size))},
        {
            "logits": (graph.one("Squeeze", logits, whole(graph, 1)), ("B", vocabulary)),
            "new_state": (graph.one("Concat", one_more, *after, axis=1), ("B", size)),
        },
    )


def _penalty(graph: Graph, model: TransformerLanguageModel, distance: Value) -> Value:
    """Return what each head adds to the scores at distances (..., T), (N, ..., T)."""
    slopes = graph.constant(-array(model.slopes)[:, None, None])
    return slopes * graph.one("Cast", distance, to=REAL)


def _read(graph: Graph, model: TransformerLanguageModel, stream: Value, bias: Value, kept: list[Kept]) -> Value:
    """Return the logits (B, T, V) for embeddings (B, T, D)."""
    for block, beside in zip(model.blocks, kept, strict=True):
        assert isinstance(block, CausalBlock)
        stream = _block(graph, block, stream, bias, beside)
    return _linear(graph, model.output, _norm(graph, model.norm, stream))


def _block(graph: Graph, block: CausalBlock, stream: Value, bias: Value, beside: Kept) -> Value:
    projected = _linear(graph, block.queries_keys_values, _norm(graph, block.attention_norm, stream))
    queries, keys, values = (_heads(graph, part, block.num_heads) for part in projected.chunk(3, dim=2))
    keys, values = beside(keys, values)
    width = block.attended.in_features // block.num_heads
    scaled = queries * graph.constant(np.float32(1 / math.sqrt(width)))
    scores = graph.one("MatMul", scaled, graph.one("Transpose", keys, perm=[0, 1, 3, 2])) + bias
    mixed = graph.one("MatMul", graph.one("Softmax", scores, axis=3), values)  # (B, N, T, A)
    mixed = graph.one("Reshape", graph.one("Transpose", mixed, perm=[0, 2, 1, 3]), whole(graph, 0, 0, -1))
    stream = stream + _linear(graph, block.attended, mixed)
    inner = _gelu(graph, _linear(graph, block.expand, _norm(graph, block.feedforward_norm, stream)))
    return stream + _linear(graph, block.contract, inner)


def _heads(graph: Graph, value: Value, count: int) -> Value:
    """Return (B, T, D) as (B, N, T, A)."""
    return graph.one("Transpose", graph.one("Reshape", value, whole(graph, 0, 0, count, -1)), perm=[0, 2, 1, 3])


def _norm(graph: Graph, norm: nn.LayerNorm, value: Value) -> Value:
    weights = [graph.constant(array(part)) for part in (norm.weight, norm.bias)]
    return graph.one("LayerNormalization", value, *weights, axis=-1, epsilon=norm.eps)


def _gelu(graph: Graph, value: Value) -> Value:
    half, root = graph.constant(np.float32(0.5)), graph.constant(np.float32(math.sqrt(0.5)))
    return value * half * (graph.one("Erf", value * root) + graph.constant(np.float32(1)))


def _linear(graph: Graph, layer: nn.Linear, inputs: Value) -> Value:
    return graph.product(inputs, array(layer.weight), array(layer.bias))
