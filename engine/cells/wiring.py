"""The plan of a cell's diagram: boxes, operations and wires on a plane of 10 by 6, as data.

What flows along a wire is looked up by its name: a gate, one of the cell's equations, or one of the names below.
"""

from __future__ import annotations

from dataclasses import dataclass

Point = tuple[float, float]

BASE_WORDS = {
    "x": "what is read, root mean square over its numbers",
    "h_bus": "the whole hidden state before, root mean square over its units",
    "h_before": "hidden state before",
    "c_before": "memory before",
    "from_input": "from what is read",
    "from_hidden": "from the hidden state before",
}


@dataclass(frozen=True)
class Node:
    """A box (a squashing function) or a circle (an operation) with its sign; `part` gives a box its gate's colour."""

    x: float
    y: float
    sign: str
    part: str = ""
    is_box: bool = False


@dataclass(frozen=True)
class Wire:
    """A wire through `points` along which the value called `name` flows; its number stands at `label`, if anywhere."""

    name: str
    points: tuple[Point, ...]
    label: Point | None = None
    has_arrow: bool = True


@dataclass(frozen=True)
class Wiring:
    """A cell's plan: its nodes, its wires, and names for what comes in and goes out."""

    nodes: tuple[Node, ...]
    wires: tuple[Wire, ...]
    ends: tuple[tuple[float, float, str], ...]


INPUT_BUS = Wire("x", ((0.3, 0.3), (8.9, 0.3)), has_arrow=False)
BUSES = (Wire("h_bus", ((0.3, 1.0), (8.5, 1.0)), has_arrow=False), INPUT_BUS)


def gate_box(x: float, sign: str, part: str) -> Node:
    """Return a gate's box at `x`, in the row that all gates stand in."""
    return Node(x, 2.1, sign, part, is_box=True)


def gate_inputs(gate: str, x: float) -> tuple[Wire, Wire]:
    """Return the two wires into a gate's box at `x`: what the carried state adds to it, and what its input adds."""
    return (
        Wire(f"{gate}.from_hidden", ((x - 0.22, 1.0), (x - 0.22, 1.75)), has_arrow=False),
        Wire(f"{gate}.from_input", ((x + 0.22, 0.3), (x + 0.22, 1.75)), has_arrow=False),
    )


def gate_input(gate: str, x: float) -> Wire:
    """Return the one wire into the box at `x` of a gate that looks at the input alone."""
    return Wire(f"{gate}.from_input", ((x, 0.3), (x, 1.75)), has_arrow=False)
