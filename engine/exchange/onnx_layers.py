"""What ONNX graphs of whole models are put together from: recurrent layers, masks, and the frame around them.

Shapes: B batch, T time, I input, H hidden, G gate blocks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from torch import Tensor, nn

from engine.cells import Cell
from engine.layers import Weights, cell_of, layer_weights
from engine.runtimes.graph import IR_VERSION, OPSET, Graph, Value

if TYPE_CHECKING:
    import onnx

WHOLE, REAL = 7, 1  # onnx.TensorProto.INT64 and FLOAT
Tensors = Mapping[str, tuple[int, tuple[str | int, ...]]]  # number format and shape, by name


class Read(NamedTuple):
    """What a layer gives: outputs (T, B, H) at every word, and the parts (B, H) of its state after the last."""

    outputs: Value
    last: list[Value]


def run_layer(
    graph: Graph, layer: nn.Module, inputs: Value, lengths: Value | None = None, reverse: bool = False
) -> Read:
    """Return what a layer gives for inputs (T, B, I); padding behind the `lengths` (B,) changes nothing. With `reverse`
    it reads each text from its end.

    It is the standard's own operator where the cell has one, else a scan over the cell's step.
    """
    cell, weights = cell_of(layer), layer_weights(layer)
    if cell.trained_by is None:
        return _scan_layer(graph, cell, weights, inputs, lengths, reverse)
    size = weights.weight_ih.shape[0] // len(cell.gates)
    order = cell.trained_by.onnx_order or tuple(range(len(cell.gates)))

    def ordered(tensor: Tensor | None) -> np.ndarray:
        assert tensor is not None
        blocks = array(tensor).reshape(len(order), size, -1)
        return blocks[list(order)].reshape(array(tensor).shape)

    matrices = [graph.constant(ordered(part)[None]) for part in (weights.weight_ih, weights.weight_hh)]
    biases = graph.constant(np.concatenate([ordered(weights.bias_ih), ordered(weights.bias_hh)])[None])
    given = [inputs, *matrices, biases]
    if lengths is not None:
        given.append(graph.one("Cast", lengths, to=6))  # INT32, as the operators want it
    # Any: attributes of the operator.
    told: dict[str, Any] = {"hidden_size": size, "direction": "reverse" if reverse else "forward"}
    told |= cell.trained_by.onnx_options
    outputs, *last = graph.node(cell.trained_by.layer, *given, outputs=1 + len(cell.parts), **told)
    return Read(squeeze(graph, outputs, 1), [squeeze(graph, part, 0) for part in last])


def _scan_layer(
    graph: Graph, cell: Cell, weights: Weights, inputs: Value, lengths: Value | None, reverse: bool
) -> Read:
    size = weights.weight_ih.shape[0] // len(cell.gates)
    read = turn(graph, inputs, lengths) if reverse and lengths is not None else inputs
    from_input = graph.product(read, array(weights.weight_ih), array(weights.bias_ih))  # (T, B, G * H)
    body, batch = inner(graph), graph.one("Shape", inputs, start=1, end=2)
    now, *before = (body.value(f"{body.prefix}{name}") for name in ("now", *(part.name for part in cell.parts)))
    output, after = _step(body, cell, weights, now, before)
    starts = [zeros(graph, batch, size) for _ in before]
    ends, (outputs, *states) = scan(graph, body, (before, starts, after), (now, from_input), [output, *after])
    if lengths is not None:  # whatever the step made of the padding
        ends = [squeeze(graph, first(graph, turn(graph, part, lengths)), 0) for part in states]
    return Read(turn(graph, outputs, lengths) if reverse and lengths is not None else outputs, ends)


def step_layer(graph: Graph, layer: nn.Module, inputs: Value, before: Sequence[Value]) -> tuple[Value, list[Value]]:
    """Return a layer's output (B, H) for inputs (B, I), and the parts of its state, given those before it."""
    weights = layer_weights(layer)
    from_input = graph.product(inputs, array(weights.weight_ih), array(weights.bias_ih))
    return _step(graph, cell_of(layer), weights, from_input, before)


def _step(
    graph: Graph, cell: Cell, weights: Weights, from_input: Value, before: Sequence[Value]
) -> tuple[Value, list[Value]]:
    from_hidden = None
    if weights.weight_hh is not None:
        assert weights.bias_hh is not None
        from_hidden = graph.product(before[0], array(weights.weight_hh), array(weights.bias_hh))
    output, after, _ = cell.step(from_input, from_hidden, cell.make_state(before))
    return output, list(cell.state_parts(after).values())


def inner(graph: Graph) -> Graph:
    """Return the graph of what is repeated inside another, none of whose names are the other's."""
    return Graph("float32", f"{graph.prefix}in_{len(graph.nodes)}_")


def scan(
    graph: Graph,
    body: Graph,
    carried: tuple[Sequence[Value], Sequence[Value], Sequence[Value]],
    read: tuple[Value, Value],
    given: Sequence[Value],
    kind: int = REAL,
) -> tuple[list[Value], list[Value]]:
    """Return what is carried after the last time step of a body, and what it gave at every step, (T, ...) each.

    Args:
        carried: values in the body before a step, those outside before the first, and those in the body after a step.
        read: a value in the body, and the one outside, (T, ...), of which it is one step; `kind` is their format.
        given: values in the body.
    """
    from onnx import helper

    before, starts, after = carried
    outputs = [body.one("Identity", value) for value in (*after, *given)]

    def told(values: Sequence[Value], kind: int = REAL) -> list[onnx.ValueInfoProto]:
        return [helper.make_tensor_value_info(value.name, kind, None) for value in values]

    inputs = [*told(before), *told([read[0]], kind)]
    inside = helper.make_graph(body.nodes, "step", inputs, told(outputs), body.weights)
    found = graph.node("Scan", *starts, read[1], outputs=len(starts) + len(given), body=inside, num_scan_inputs=1)
    return found[: len(starts)], found[len(starts) :]


def turn(graph: Graph, sequence: Value, lengths: Value) -> Value:
    """Return a sequence (T, B, ...) with the words of each text in the other order, and the padding where it is."""
    return graph.one("ReverseSequence", sequence, lengths, batch_axis=1, time_axis=0)


def first(graph: Graph, sequence: Value) -> Value:
    """Return the first step (1, B, ...) of a sequence (T, B, ...)."""
    return graph.one("Slice", sequence, whole(graph, 0), whole(graph, 1), whole(graph, 0))


def zeros(graph: Graph, batch: Value, size: int) -> Value:
    """Return zeros (B, size); `batch` is B, as a list of one number."""
    shape = graph.one("Concat", batch, whole(graph, size), axis=0)
    return graph.one("Expand", graph.constant(np.zeros((1, 1), dtype=np.float32)), shape)


def real_words(graph: Graph, sequence: Value, lengths: Value, axis: int) -> Value:
    """Return a mask (B, T) that is true on real words of a sequence whose time is this axis."""
    zero, one = graph.constant(np.array(0, dtype=np.int64)), graph.constant(np.array(1, dtype=np.int64))
    time = graph.one("Squeeze", graph.one("Shape", sequence, start=axis, end=axis + 1))
    return graph.one("Less", graph.one("Range", zero, time, one), unsqueeze(graph, lengths, 1))


def time_first(graph: Graph, value: Value) -> Value:
    """Return a value whose first two dimensions, batch and time, have changed places."""
    return graph.one("Transpose", value, perm=[1, 0, 2])


def squeeze(graph: Graph, value: Value, axis: int) -> Value:
    """Return a value without an axis of one."""
    return graph.one("Squeeze", value, whole(graph, axis))


def unsqueeze(graph: Graph, value: Value, axis: int) -> Value:
    """Return a value with one more axis."""
    return graph.one("Unsqueeze", value, whole(graph, axis))


def whole(graph: Graph, *numbers: int) -> Value:
    """Return whole numbers as a value."""
    return graph.constant(np.array(numbers, dtype=np.int64))


def array(tensor: Tensor) -> np.ndarray:
    """Return a tensor's numbers in single precision."""
    return tensor.detach().float().numpy()


def finished(
    graph: Graph, given: Tensors, answers: Mapping[str, tuple[Value, tuple[str | int, ...]]]
) -> onnx.ModelProto:
    """Return the ONNX model of a graph that reads tensors and answers with values, under these names."""
    from onnx import helper

    for name, (value, _) in answers.items():
        graph.node("Identity", value, names=[name])
    inputs = [helper.make_tensor_value_info(name, kind, list(shape)) for name, (kind, shape) in given.items()]
    outputs = [helper.make_tensor_value_info(name, REAL, list(shape)) for name, (_, shape) in answers.items()]
    return helper.make_model(
        helper.make_graph(graph.nodes, "sequence", inputs, outputs, graph.weights),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="unrolled",
    )
