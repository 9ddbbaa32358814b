"""A recurrent cell drawn from its data: every wire as thick as what flows along it at one step, blue above zero and
dashed red below.

A layout is a list of nodes and wires on a plane of 10 by 6; what flows is looked up by the wire's name in the values
given.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import plotly.graph_objects as go

from engine.plotting import theme
from engine.plotting.theme import Mode

WIDTH, HEIGHT = 10.0, 6.0
THINNEST, THICKEST = 1.0, 9.0
CIRCLE = 27  # pixels

Point = tuple[float, float]


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
class Layout:
    """One kind of cell: its nodes, its wires, and names for what comes in and goes out."""

    nodes: tuple[Node, ...]
    wires: tuple[Wire, ...]
    ends: tuple[tuple[float, float, str], ...]


def _gate_stubs(gate: str, x: float) -> tuple[Wire, Wire]:
    """Return the two wires into a gate's box at `x`: what its input adds, and what the carried state adds."""
    return (
        Wire(f"{gate}.from_hidden", ((x - 0.22, 1.0), (x - 0.22, 1.75)), has_arrow=False),
        Wire(f"{gate}.from_input", ((x + 0.22, 0.3), (x + 0.22, 1.75)), has_arrow=False),
    )


def _box(x: float, sign: str, part: str) -> Node:
    return Node(x, 2.1, sign, part, is_box=True)


_BUSES = (
    Wire("h_bus", ((0.3, 1.0), (8.5, 1.0)), has_arrow=False),
    Wire("x", ((0.3, 0.3), (8.9, 0.3)), has_arrow=False),
)

LAYOUTS = {
    "rnn": Layout(
        nodes=(Node(3.6, 3.0, "+"), Node(6.2, 3.0, "tanh", "hidden", is_box=True)),
        wires=(
            Wire("hidden.from_hidden", ((0.6, 4.4), (3.6, 4.4), (3.6, 3.25)), (2.0, 4.68)),
            Wire("hidden.from_input", ((0.6, 1.6), (3.6, 1.6), (3.6, 2.75)), (2.0, 1.88)),
            Wire("total", ((3.85, 3.0), (5.7, 3.0)), (4.75, 3.3)),
            Wire("h", ((6.7, 3.0), (9.4, 3.0)), (8.0, 3.3)),
        ),
        ends=((0.3, 4.9, "W<sub>hh</sub> h(t−1) + b"), (0.3, 1.1, "W<sub>ih</sub> x(t) + b"), (9.7, 3.45, "h(t)")),
    ),
    "lstm": Layout(
        nodes=(
            _box(2.0, "f: σ", "forget_gate"),
            _box(4.0, "i: σ", "input_gate"),
            _box(5.8, "g: tanh", "cell_candidate"),
            _box(7.6, "o: σ", "output_gate"),
            Node(2.0, 5.2, "×"),
            Node(5.8, 3.9, "×"),
            Node(5.8, 5.2, "+"),
            Node(8.6, 4.3, "tanh", "cell", is_box=True),
            Node(8.6, 3.0, "×"),
        ),
        wires=(
            *_BUSES,
            *_gate_stubs("forget_gate", 2.0),
            *_gate_stubs("input_gate", 4.0),
            *_gate_stubs("cell_candidate", 5.8),
            *_gate_stubs("output_gate", 7.6),
            Wire("c_before", ((0.3, 5.2), (1.75, 5.2)), (0.85, 5.5)),
            Wire("forget_gate", ((2.0, 2.45), (2.0, 4.95)), (2.45, 3.5)),
            Wire("kept", ((2.25, 5.2), (5.55, 5.2)), (3.9, 5.5)),
            Wire("input_gate", ((4.0, 2.45), (4.0, 3.9), (5.55, 3.9)), (4.45, 3.3)),
            Wire("cell_candidate", ((5.8, 2.45), (5.8, 3.65)), (6.25, 3.0)),
            Wire("written", ((5.8, 4.15), (5.8, 4.95)), (6.25, 4.55)),
            Wire("c", ((6.05, 5.2), (9.6, 5.2)), (7.3, 5.5)),
            Wire("c", ((8.6, 5.2), (8.6, 4.65))),
            Wire("shown", ((8.6, 3.95), (8.6, 3.25)), (9.08, 3.65)),
            Wire("output_gate", ((7.6, 2.45), (7.6, 3.0), (8.35, 3.0)), (7.15, 2.8)),
            Wire("h", ((8.85, 3.0), (9.6, 3.0)), (9.3, 2.7)),
        ),
        ends=(
            (0.1, 5.75, "c(t−1)"),
            (9.75, 5.6, "c(t)"),
            (0.1, 1.55, "h(t−1)"),
            (0.1, -0.1, "x(t)"),
            (9.75, 3.3, "h(t)"),
        ),
    ),
    "gru": Layout(
        nodes=(
            _box(2.0, "z: σ", "update_gate"),
            _box(4.6, "r: σ", "reset_gate"),
            _box(7.8, "n: tanh", "new_gate"),
            Node(2.0, 5.2, "×"),
            Node(6.3, 2.1, "×"),
            Node(4.6, 3.9, "1−"),
            Node(7.8, 3.9, "×"),
            Node(7.8, 5.2, "+"),
        ),
        wires=(
            *_BUSES,
            *_gate_stubs("update_gate", 2.0),
            *_gate_stubs("reset_gate", 4.6),
            Wire("new_gate.from_hidden", ((6.3, 1.0), (6.3, 1.85)), has_arrow=False),
            Wire("new_gate.from_input", ((7.8, 0.3), (7.8, 1.75)), has_arrow=False),
            Wire("reset_gate", ((5.1, 2.1), (6.05, 2.1)), (5.6, 2.7)),
            Wire("recalled", ((6.55, 2.1), (7.3, 2.1)), (6.85, 2.7)),
            Wire("h_before", ((0.3, 5.2), (1.75, 5.2)), (0.85, 5.5)),
            Wire("update_gate", ((2.0, 2.45), (2.0, 4.95)), (2.45, 3.2)),
            Wire("update_gate", ((2.0, 3.9), (4.35, 3.9))),
            Wire("renewed_share", ((4.85, 3.9), (7.55, 3.9)), (6.1, 4.2)),
            Wire("kept", ((2.25, 5.2), (7.55, 5.2)), (4.9, 5.5)),
            Wire("new_gate", ((7.8, 2.45), (7.8, 3.65)), (8.25, 3.1)),
            Wire("written", ((7.8, 4.15), (7.8, 4.95)), (8.25, 4.55)),
            Wire("h", ((8.05, 5.2), (9.6, 5.2)), (8.8, 5.5)),
        ),
        ends=((0.1, 5.75, "h(t−1)"), (9.75, 5.6, "h(t)"), (0.1, 1.55, "h(t−1)"), (0.1, -0.1, "x(t)")),
    ),
}


def cell_diagram(kind: str, values: Mapping[str, float], *, mode: Mode) -> go.Figure:
    """Return the cell of `kind` with every wire as thick as the size of its value; negative ones are dashed.

    Args:
        values: what flows along each wire of the layout, by name; see `flows`.
    """
    layout = LAYOUTS[kind]
    up, down = theme.architecture_style("lstm", mode).colour, theme.architecture_style("rnn", mode).colour
    colours = {wire.name: down if values[wire.name] < 0 else up for wire in layout.wires}
    traces = [_wire_trace(wire, values[wire.name], colours[wire.name]) for wire in layout.wires]
    traces.append(_arrows([wire for wire in layout.wires if wire.has_arrow], values, colours))
    circles, boxes = ([node for node in layout.nodes if node.is_box == is_box] for is_box in (False, True))
    look = {"size": CIRCLE, "color": theme.background(mode), "line": {"color": theme.muted(mode), "width": 1.5}}
    traces.append(_markers([(node.x, node.y) for node in circles], look) | {"name": "operations"})
    places = [_middle(wire.points) for wire in layout.wires]
    words = [f"{_words(wire.name)}: {values[wire.name]:+.4f}" for wire in layout.wires]
    traces.append(
        _markers(places, {"size": 16, "opacity": 0})
        | {"text": words, "hoverinfo": "text", "hovertemplate": "%{text}<extra></extra>", "name": "values"}
    )
    ink, muted = theme.ink(mode), theme.muted(mode)
    texts = [_text(node.x, node.y, node.sign, ink, 14) for node in layout.nodes]
    texts += [_text(*wire.label, _number(values[wire.name]), ink, 13) for wire in layout.wires if wire.label]
    texts += [_text(x, y, end, muted, 13) for x, y, end in layout.ends]
    blank = theme.blank_figure(mode, height=400).layout
    axis = {"visible": False, "fixedrange": True}
    # One call: plotly checks a figure as a whole much faster than piece by piece, and this one is drawn at every step.
    return go.Figure(
        data=traces,
        layout={
            "template": blank.template,
            "height": blank.height,
            "shapes": [_box_shape(node, mode) for node in boxes],
            "annotations": texts,
            "xaxis": axis | {"range": [-0.25, WIDTH + 0.1]},
            "yaxis": axis | {"range": [-0.35, HEIGHT]},
            "margin": {"l": 0, "r": 0, "t": 4, "b": 4},
            "showlegend": False,
        },
    )


WIRE_WORDS = {
    "x": "what is read, root mean square over its numbers",
    "h_bus": "the whole hidden state before, root mean square over its units",
    "h_before": "hidden state before",
    "c_before": "memory before",
    "kept": "kept of the old",
    "written": "written",
    "c": "memory after",
    "shown": "tanh of the memory",
    "h": "hidden state after",
    "total": "the sum",
    "from_input": "from what is read",
    "from_hidden": "from the hidden state before",
    "recalled": "what the renewal may see of the past",
    "renewed_share": "share that is renewed",
}


def wire_names(kind: str) -> set[str]:
    """Return the names of the values that the layout of `kind` draws."""
    return {wire.name for wire in LAYOUTS[kind].wires}


def wire_width(value: float) -> float:
    """Return a wire's width in pixels: it grows with the value's size and levels off beyond 1, where gates end."""
    return THINNEST + (THICKEST - THINNEST) * math.tanh(abs(value))


def _number(value: float) -> str:
    return f"{value:.2f}".replace("-", "\N{MINUS SIGN}")


def _middle(points: tuple[Point, ...]) -> Point:
    (x0, y0), (x1, y1) = points[len(points) // 2 - 1], points[len(points) // 2]
    return (x0 + x1) / 2, (y0 + y1) / 2


def _words(name: str) -> str:
    """Return what a wire carries, in words."""
    gate, dot, source = name.partition(".")
    own = WIRE_WORDS.get(source or gate, gate.replace("_", " "))
    return f"{gate.replace('_', ' ')}, {own}" if dot and gate != "hidden" else own


def _wire_trace(wire: Wire, value: float, colour: str) -> dict:
    return {
        "type": "scatter",
        "x": [point[0] for point in wire.points],
        "y": [point[1] for point in wire.points],
        "mode": "lines",
        "line": {"color": colour, "width": wire_width(value), "dash": "4px,3px" if value < 0 else "solid"},
        "hoverinfo": "skip",
        "name": wire.name,
    }


def _markers(places: list[Point], marker: dict) -> dict:
    x, y = ([place[axis] for place in places] for axis in (0, 1))
    return {"type": "scatter", "x": x, "y": y, "mode": "markers", "marker": marker, "hoverinfo": "skip"}


def _arrows(wires: list[Wire], values: Mapping[str, float], colours: Mapping[str, str]) -> dict:
    marker = {
        "symbol": [_direction(wire) for wire in wires],
        "size": [7 + wire_width(values[wire.name]) for wire in wires],
        "color": [colours[wire.name] for wire in wires],
        "opacity": 1,
    }
    return _markers([wire.points[-1] for wire in wires], marker) | {"name": "arrows"}


def _direction(wire: Wire) -> str:
    (x0, y0), (x1, y1) = wire.points[-2:]
    across, up = int(x1 > x0) - int(x1 < x0), int(y1 > y0) - int(y1 < y0)
    return {(1, 0): "triangle-right", (-1, 0): "triangle-left", (0, 1): "triangle-up", (0, -1): "triangle-down"}[
        across, up
    ]


def _box_shape(node: Node, mode: Mode) -> dict:
    colour = theme.gate_colour(node.part, mode) if node.part in theme.gate_names() else theme.muted(mode)
    corners = {"x0": node.x - 0.5, "x1": node.x + 0.5, "y0": node.y - 0.35, "y1": node.y + 0.35}
    return {"type": "rect", "fillcolor": theme.background(mode), "line": {"color": colour, "width": 2.5}} | corners


def _text(x: float, y: float, text: str, colour: str, size: int) -> dict:
    anchor = "left" if x < 0.5 else "right" if x > WIDTH - 0.6 else "center"
    return {
        "x": x,
        "y": y,
        "text": text,
        "showarrow": False,
        "xanchor": anchor,
        "font": {"size": size, "color": colour},
    }
