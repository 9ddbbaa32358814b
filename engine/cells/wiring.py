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
