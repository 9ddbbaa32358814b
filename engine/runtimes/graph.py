"""A step as an ONNX graph: `step_graph` writes it down from a program, without torch.

The graph reads `token_ids` (B,) int64 and `state` (B, S), and gives `logits` (B, V) and `new_state` (B, S): a state is
one array, the parts of the model's own side by side, so that texts are put together and taken apart by rows.

With weights of 8 bits each row of a weight has one scale. What is multiplied with them is rounded to 8 bits as well:
all of it between the same bounds where these are known, as those of a hidden state are, else each text's between its
own.
Products of whole numbers are exact, so that a text comes out the same, to the last bit, alone and in a batch. Look-up
tables and biases stay in single precision, in which gates and sums are computed.

Shapes: B batch, K numbers read, N numbers given, S numbers of a state, V vocabulary.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from engine.lazy import lazy_property
from engine.runtimes.program import StepProgram

if TYPE_CHECKING:
    import onnx

Precision = Literal["float32", "int8"]

LARGEST_WHOLE = 127  # of a signed number of 8 bits; what is multiplied is stored as that and MIDDLE
MIDDLE = 128
SMALLEST_LIMIT = 1e-30  # dividing by less can leave the range of float32
OPSET, IR_VERSION = 18, 9
OWN_DOMAIN = "com.microsoft"  # of the operators that only ONNX Runtime has


def step_graph(program: StepProgram, precision: Precision = "float32") -> onnx.ModelProto:
    """Return a program's step as an ONNX model; see above for what goes in and out.

    In single precision it has operators of the standard only, and any ONNX runtime runs it.
    """
    from onnx import TensorProto, helper

    graph = Graph(precision)
    state = graph.value("state")
    sizes = graph.constant(np.array(program.part_sizes, dtype=np.int64))
    parts = graph.node("Split", state, sizes, axis=1, outputs=len(program.part_sizes))
    logits, after = program.run(graph, graph.value("token_ids"), parts)
    graph.node("Identity", logits, names=["logits"])
    graph.node("Concat", *after, axis=1, names=["new_state"])

    def tensor(name: str, kind: int, *shape: str | int) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, kind, list(shape))

    return helper.make_model(
        helper.make_graph(
            graph.nodes,
            "step",
            [tensor("token_ids", TensorProto.INT64, "B"), tensor("state", TensorProto.FLOAT, "B", program.state_size)],
            [
                tensor("logits", TensorProto.FLOAT, "B", program.vocab_size),
                tensor("new_state", TensorProto.FLOAT, "B", program.state_size),
            ],
            graph.weights,
        ),
        opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(OWN_DOMAIN, 1)],
        ir_version=IR_VERSION,
        producer_name="unrolled",
    )


class Value:
    """A value of a graph under construction, with the operators and methods that a cell's step uses."""

    def __init__(self, graph: Graph, name: str) -> None:
        self.graph, self._name = graph, name

    @property
    def name(self) -> str:
        """What the graph calls it."""
        return self._name

    def __add__(self, other: Value) -> Value:
        return self.graph.one("Add", self, other)

    def __sub__(self, other: Value) -> Value:
        return self.graph.one("Sub", self, other)

    def __mul__(self, other: Value) -> Value:
        return self.graph.one("Mul", self, other)

    def __truediv__(self, other: Value) -> Value:
        return self.graph.one("Div", self, other)

    def __rsub__(self, number: float) -> Value:
        return self.graph.one("Sub", self.graph.constant(np.array(number, dtype=np.float32)), self)

    def chunk(self, count: int, dim: int = -1) -> list[Value]:
        """Return `count` equal parts along a dimension."""
        return self.graph.node("Split", self, axis=dim, num_outputs=count, outputs=count)

    def sigmoid(self) -> Value:
        """Return the logistic function of every number."""
        return self.graph.one("Sigmoid", self)

    def tanh(self) -> Value:
        """Return the hyperbolic tangent of every number."""
        return self.graph.one("Tanh", self)

    def relu(self) -> Value:
        """Return the numbers above zero, 0 for the others."""
        return self.graph.one("Relu", self)

    def clamp(self, max: float) -> Value:  # noqa: A002 - as torch calls it
        """Return the numbers, none larger than `max`."""
        return self.graph.one("Min", self, self.graph.constant(np.array(max, dtype=np.float32)))


class Product(Value):
    """A product in whole numbers, written down when it is asked for: two that are added, of inputs between the same
    bounds, are one product of the inputs side by side, which is faster by a sixth."""

    def __init__(
        self, graph: Graph, inputs: Sequence[Value], weight: np.ndarray, bias: np.ndarray | None, limit: float
    ) -> None:
        super().__init__(graph, "")
        self.inputs, self.weight, self.bias, self.limit = inputs, weight, bias, limit

    @property
    def name(self) -> str:
        """What the graph calls it, once it is written down."""
        if not self._name:
            self._name = self.graph.whole_product(self.inputs, self.weight, self.bias, self.limit).name
        return self._name

    def __add__(self, other: Value) -> Value:
        if not isinstance(other, Product) or other.limit != self.limit:
            return super().__add__(other)
        biases = [each.bias for each in (self, other) if each.bias is not None]
        weight = np.concatenate([self.weight, other.weight], axis=1)
        bias = reduce(np.add, biases) if biases else None
        return Product(self.graph, [*self.inputs, *other.inputs], weight, bias, self.limit)


class Graph:
    """The nodes and weights of a graph under construction, and the operations that programs ask for; all that it names
    begins with `prefix`."""

    def __init__(self, precision: Precision, prefix: str = "") -> None:
        self.precision, self.prefix = precision, prefix
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self._rounded: dict[tuple[str, float], Value] = {}

    def value(self, name: str) -> Value:
        """Return the value of this name."""
        return Value(self, name)

    def constant(self, array: np.ndarray | np.generic) -> Value:
        """Return an array as a value."""
        from onnx import numpy_helper

        name = f"{self.prefix}weight_{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.array(array, order="C"), name))
        return self.value(name)

    def node(
        self,
        kind: str,
        *inputs: Value,
        outputs: int = 1,
        names: list[str] | None = None,
        domain: str = "",
        **attributes: Any,  # whole numbers
    ) -> list[Value]:
        """Add an operator and return what it gives."""
        from onnx import helper

        given = [value.name for value in inputs]  # first: a product may be written down for it
        names = names or [f"{self.prefix}{kind.lower()}_{len(self.nodes)}_{index}" for index in range(outputs)]
        self.nodes.append(helper.make_node(kind, given, names, domain=domain, **attributes))
        return [self.value(name) for name in names]

    def one(self, kind: str, *inputs: Value, domain: str = "", **attributes: Any) -> Value:  # as above
        """Add an operator that gives one value, and return that."""
        return self.node(kind, *inputs, domain=domain, **attributes)[0]

    def rows(self, table: np.ndarray, token_ids: Value) -> Value:
        """Return the rows (B, N) of a table that belong to the tokens (B,)."""
        return self.one("Gather", self.constant(table), token_ids, axis=0)

    def product(self, inputs: Value, weight: np.ndarray, bias: np.ndarray | None, limit: float | None = None) -> Value:
        """Return inputs (B, K) times the transpose of a weight (N, K), plus the bias (N,), if any."""
        if self.precision == "float32":
            product = self.one("MatMul", inputs, self.constant(weight.T))
        elif limit is not None:
            return Product(self, [inputs], weight, bias, limit)
        else:
            farthest = self.one("ReduceMax", self.one("Abs", inputs), self._axis, keepdims=1)  # (B, 1)
            farthest = self.one("Max", farthest, self.constant(np.float32(SMALLEST_LIMIT)))
            product = self.whole_product([inputs / farthest], weight, None, 1.0) * farthest
        return product if bias is None else product + self.constant(bias)

    @lazy_property
    def _axis(self) -> Value:
        return self.constant(np.array([1], dtype=np.int64))

    def whole_product(
        self, inputs: Sequence[Value], weight: np.ndarray, bias: np.ndarray | None, limit: float
    ) -> Value:
        """Return the product of inputs side by side, between -limit and limit and rounded to whole numbers, and a
        rounded weight."""
        whole, scales = to_8_bits(weight)
        scale, middle = self.constant(np.float32(limit / LARGEST_WHOLE)), self.constant(np.uint8(MIDDLE))
        rounded = [self._rounded_to(each, limit, scale, middle) for each in inputs]
        joined = rounded[0] if len(rounded) == 1 else self.one("Concat", *rounded, axis=1)
        given = [joined, self.constant(whole.T), scale, self.constant(scales), middle]
        if bias is not None:
            given += [self.value(""), self.constant(bias)]
        return self.one("MatMulIntegerToFloat", *given, domain=OWN_DOMAIN)

    def _rounded_to(self, inputs: Value, limit: float, scale: Value, middle: Value) -> Value:
        key = (inputs.name, limit)
        if key not in self._rounded:  # read by two layers, say
            self._rounded[key] = self.one("QuantizeLinear", inputs, scale, middle)
        return self._rounded[key]


def to_8_bits(weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a weight (N, K) as whole numbers from -127 to 127, (N, K), and the scale of each of its rows, (N,)."""
    scales = np.abs(weight).max(axis=1) / LARGEST_WHOLE
    scales[scales == 0] = 1
    return np.rint(weight / scales[:, None]).astype(np.int8), scales.astype(np.float32)
