"""A whole sequence as an ONNX graph: the standard's own recurrent operators where a cell has one, else a scan over the
step.

The graph reads `token_ids` (B, T) int64 and, where a text's end matters, `lengths` (B,) int64; a tagger that reads
letters is given the features of `engine.models.word_features`. It gives `logits`: (B, T, V) of a language model, (B, L)
of a classifier, (B, T, K) of a tagger, before the transitions of a CRF.

Shapes: B batch, T time, E embedding, H hidden, V vocabulary, L labels, K tags, U distinct words, C characters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from torch import Tensor, nn

from engine.errors import ModelError
from engine.layers import cell_of, layer_weights
from engine.models.classifier import AVERAGE, Classifier
from engine.models.folder import LoadedModel
from engine.models.language_model import LanguageModel, LanguageModelConfig
from engine.models.tagger import Tagger
from engine.models.word_features import PADDING
from engine.runtimes.graph import IR_VERSION, OPSET, Graph, Value, step_graph
from engine.runtimes.program import build_program

if TYPE_CHECKING:
    import onnx

WHOLE, REAL = 7, 1  # onnx.TensorProto.INT64 and FLOAT
NEVER = -3.4e38  # what padding is where the largest is asked for


def sequence_graph(loaded: LoadedModel) -> onnx.ModelProto:
    """Return a model over whole sequences as an ONNX model; see above for what goes in and out.

    Raises:
        ModelError: no graph is written for such a model.
    """
    model = loaded.model
    build = _BUILDERS.get(type(model))
    if build is None:
        raise ModelError(
            f"No ONNX graph is written for the model '{loaded.info.name}': of language models with recurrent layers, "
            "classifiers and taggers there is one."
        )
    return build(model)


def _language_model(model: LanguageModel) -> onnx.ModelProto:
    if any(cell_of(layer).trained_by is None for layer in model.layers):
        return _scanned(model)
    graph = Graph("float32")
    hidden = _time_first(graph, graph.rows(_array(model.embedding.weight), graph.value("token_ids")))  # (T, B, E)
    size = model.embedding.embedding_dim
    for layer in model.layers:
        output = _run(graph, layer, hidden)[0]
        hidden = hidden + output if model.residual and size == model.hidden_size else output
        size = model.hidden_size
    if model.to_embedding is not None:
        hidden = graph.product(hidden, _array(model.to_embedding.weight), None)
        logits = graph.product(hidden, _array(model.embedding.weight), _array(model.output_bias))
    else:
        logits = graph.product(hidden, _array(model.output.weight), _array(model.output_bias))
    return _finished(graph, _time_first(graph, logits), {"token_ids": (WHOLE, "B T")}, ("B", "T", model.vocab_size))


def _scanned(model: LanguageModel) -> onnx.ModelProto:
    """Return the graph of a language model whose cells no operator of the standard computes: its step, repeated."""
    from onnx import compose, helper

    weights = {name: _array(weight) for name, weight in model.state_dict().items()}
    program = build_program(LanguageModelConfig.model, model.config, weights)
    if program is None:
        raise ModelError("No ONNX graph is written for such a step.")
    step = compose.add_prefix_graph(step_graph(program).graph, "step_")  # names around it are names in it
    carried = ("step_state", "step_new_state")  # they come first
    inputs, outputs = (sorted(each, key=lambda value: value.name not in carried) for each in (step.input, step.output))
    body = helper.make_graph(list(step.node), "step", inputs, outputs, list(step.initializer))
    graph = Graph("float32")
    token_ids = graph.one("Transpose", graph.value("token_ids"), perm=[1, 0])
    batch = graph.one("Shape", graph.value("token_ids"), start=0, end=1)
    shape = graph.one("Concat", batch, graph.constant(np.array([program.state_size], dtype=np.int64)), axis=0)
    start = graph.one("Expand", graph.constant(np.zeros((1, 1), dtype=np.float32)), shape)
    logits = graph.node("Scan", start, token_ids, outputs=2, body=body, num_scan_inputs=1)[1]  # (T, B, V)
    return _finished(graph, _time_first(graph, logits), {"token_ids": (WHOLE, "B T")}, ("B", "T", model.vocab_size))


def _classifier(model: Classifier) -> onnx.ModelProto:
    graph = Graph("float32")
    token_ids, lengths = graph.value("token_ids"), graph.value("lengths")
    embedded = _time_first(graph, graph.rows(_array(model.embedding.weight), token_ids))  # (T, B, E)
    if model.cell == AVERAGE:
        ways: list[tuple[Value, Value | None]] = [(embedded, None)]
    else:
        stacks = [tuple(model.forward_layers), tuple(model.backward_layers)][: 1 + model.bidirectional]
        ways = _directions(graph, stacks, embedded, lengths, not model.has_apart_directions)
    pooled = [_POOLED[_name_of_pooling(model)](graph, outputs, last, lengths) for outputs, last in ways]
    features = graph.one("Concat", *pooled, axis=1) if len(pooled) > 1 else pooled[0]
    logits = graph.product(features, _array(model.output.weight), _array(model.output.bias))
    given = {"token_ids": (WHOLE, "B T"), "lengths": (WHOLE, "B")}
    return _finished(graph, logits, given, ("B", model.num_labels))


def _tagger(model: Tagger) -> onnx.ModelProto:
    graph = Graph("float32")
    lengths, given = graph.value("lengths"), {"token_ids": (WHOLE, "B T"), "lengths": (WHOLE, "B")}
    read = [graph.rows(_array(model.embedding.weight), graph.value("token_ids"))]  # (B, T, E)
    spelt = []
    if model.filters is not None:
        characters = graph.value("characters")
        letters = graph.rows(_array(model.character_embedding.weight), characters)  # (U, C, E)
        letters = graph.one("Transpose", letters, perm=[0, 2, 1])
        weights = [graph.constant(_array(part)) for part in model.filters.parameters()]
        edge = int(model.filters.padding[0])
        answers = graph.one("Relu", graph.one("Conv", letters, *weights, pads=[edge, edge]))
        is_padding = graph.one("Equal", characters, graph.constant(np.array(PADDING, dtype=np.int64)))
        is_padding = graph.one("Unsqueeze", is_padding, graph.constant(np.array([1], dtype=np.int64)))
        answers = graph.one("Where", is_padding, graph.constant(np.float32(0)), answers)
        spelt.append(graph.one("ReduceMax", answers, graph.constant(np.array([2], dtype=np.int64)), keepdims=0))
        given |= {"characters": (WHOLE, "U C"), "spelling": (WHOLE, "B T")}
    if model.shape_embedding is not None:
        spelt.append(graph.rows(_array(model.shape_embedding.weight), graph.value("shapes")))
        given |= {"shapes": (WHOLE, "U"), "spelling": (WHOLE, "B T")}
    read += [graph.one("Gather", part, graph.value("spelling"), axis=0) for part in spelt]
    joined = graph.one("Concat", *read, axis=2) if len(read) > 1 else read[0]
    tops = [model.forwards, *([model.backwards] if model.backwards is not None else [])]
    stacks = [tuple([list(layers.children())[way] for layers in model.lower] + [top]) for way, top in enumerate(tops)]
    ways = _directions(graph, stacks, _time_first(graph, joined), lengths, is_joined=True)
    emissions = graph.product(ways[0][0], _array(model.forward_emission.weight), _array(model.forward_emission.bias))
    if model.backward_emission is not None:
        emissions = emissions + graph.product(ways[1][0], _array(model.backward_emission.weight), None)
    return _finished(graph, _time_first(graph, emissions), given, ("B", "T", len(model.labels)))


# Any: each builder takes a model of its class.
_BUILDERS: dict[type, Callable[[Any], onnx.ModelProto]] = {
    LanguageModel: _language_model,
    Classifier: _classifier,
    Tagger: _tagger,
}


def _directions(
    graph: Graph, stacks: Sequence[Sequence[nn.Module]], inputs: Value, lengths: Value, is_joined: bool
) -> list[tuple[Value, Value | None]]:
    """Return the last layers' outputs (T, B, H) at every word and last states (B, H), direction by direction."""
    read = [inputs for _ in stacks]
    found: list[tuple[Value, Value | None]] = []
    for layers in zip(*stacks, strict=True):
        found = [
            _run(graph, layer, one, lengths, bool(way))
            for way, (layer, one) in enumerate(zip(layers, read, strict=True))
        ]
        read = [outputs for outputs, _ in found]
        if is_joined and len(read) > 1:
            read = [graph.one("Concat", *read, axis=2)] * len(read)
    return found


def _run(
    graph: Graph, layer: nn.Module, inputs: Value, lengths: Value | None = None, reverse: bool = False
) -> tuple[Value, Value]:
    """Return one direction's outputs (T, B, H) for inputs (T, B, I), and its last hidden state (B, H).

    Raises:
        ModelError: no operator of the standard computes the layer's cell.
    """
    cell, weights = cell_of(layer), layer_weights(layer)
    if cell.trained_by is None:
        raise ModelError(f"ONNX has no operator for the {cell.title}, so no graph is written for a model with it.")
    size = weights.weight_ih.shape[0] // len(cell.gates)
    order = cell.trained_by.onnx_order or tuple(range(len(cell.gates)))

    def ordered(tensor: Tensor | None) -> np.ndarray:
        assert tensor is not None
        blocks = _array(tensor).reshape(len(order), size, -1)
        return blocks[list(order)].reshape(_array(tensor).shape)

    matrices = [graph.constant(ordered(part)[None]) for part in (weights.weight_ih, weights.weight_hh)]
    biases = graph.constant(np.concatenate([ordered(weights.bias_ih), ordered(weights.bias_hh)])[None])
    given = [inputs, *matrices, biases]
    if lengths is not None:
        given.append(graph.one("Cast", lengths, to=6))  # INT32, as the operators want it
    # Any: attributes of the operator.
    told: dict[str, Any] = {"hidden_size": size, "direction": "reverse" if reverse else "forward"}
    told |= cell.trained_by.onnx_options
    outputs, last = graph.node(cell.trained_by.layer, *given, outputs=2, **told)
    first, zeroth = graph.constant(np.array([1], dtype=np.int64)), graph.constant(np.array([0], dtype=np.int64))
    return graph.one("Squeeze", outputs, first), graph.one("Squeeze", last, zeroth)


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
    zero, one = graph.constant(np.array(0, dtype=np.int64)), graph.constant(np.array(1, dtype=np.int64))
    time = graph.one("Squeeze", graph.one("Shape", outputs, start=0, end=1))
    steps = graph.one("Unsqueeze", graph.one("Range", zero, time, one), graph.constant(np.array([1], dtype=np.int64)))
    return graph.one("Unsqueeze", graph.one("Less", steps, lengths), graph.constant(np.array([2], dtype=np.int64)))


def _time_first(graph: Graph, value: Value) -> Value:
    """Return a value whose first two dimensions, batch and time, have changed places."""
    return graph.one("Transpose", value, perm=[1, 0, 2])


def _array(tensor: Tensor) -> np.ndarray:
    return tensor.detach().float().numpy()


def _finished(
    graph: Graph, logits: Value, given: dict[str, tuple[int, str]], shape: tuple[str | int, ...]
) -> onnx.ModelProto:
    from onnx import helper

    graph.node("Identity", logits, names=["logits"])
    inputs = [helper.make_tensor_value_info(name, kind, sizes.split()) for name, (kind, sizes) in given.items()]
    outputs = [helper.make_tensor_value_info("logits", REAL, list(shape))]
    return helper.make_model(
        helper.make_graph(graph.nodes, "sequence", inputs, outputs, graph.weights),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="unrolled",
    )
