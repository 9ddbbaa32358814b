"""A recurrent cell drawn from its data: every wire as thick as what flows along it at one step, blue above zero and dashed red below.

A layout is a list of nodes and wires on a plane of 10 by 6; what flows is looked up by the wire's name in the values given.
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


_BUSES = (Wire("h_bus", ((0.3, 1.0), (8.5, 1.0)), has_arrow=False), Wire("x", ((0.3, 0.3), (8.9, 0.3)), has_arrow=False))

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
            _box(2.0, "σ", "forget_gate"), _box(4.0, "σ", "input_gate"), _box(5.8, "tanh", "cell_candidate"), _box(7.6, "σ", "output_gate"),
            Node(2.0, 5.2, "×"), Node(5.8, 3.9, "×"), Node(5.8, 5.2, "+"), Node(8.6, 4.3, "tanh", "cell", is_box=True), Node(8.6, 3.0, "×"),
        ),
        wires=(
            *_BUSES,
            *_gate_stubs("forget_gate", 2.0), *_gate_stubs("input_gate", 4.0), *_gate_stubs("cell_candidate", 5.8), *_gate_stubs("output_gate", 7.6),
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
        ends=((0.1, 5.75, "c(t−1)"), (9.75, 5.6, "c(t)"), (0.1, 1.55, "h(t−1)"), (0.1, -0.1, "x(t)"), (9.75, 3.3, "h(t)")),
    ),
    "gru": Layout(
        nodes=(
            _box(2.0, "σ", "update_gate"), _box(4.6, "σ", "reset_gate"), _box(7.8, "tanh", "new_gate"),
            Node(2.0, 5.2, "×"), Node(6.3, 2.1, "×"), Node(4.6, 3.9, "1−"), Node(7.8, 3.9, "×"), Node(7.8, 5.2, "+"),
        ),
        wires=(
            *_BUSES,
            *_gate_stubs("update_gate", 2.0), *_gate_stubs("reset_gate", 4.6),
            Wire("new_gate.from_hidden", ((6.3, 1.0), (6.3, 1.85)), has_arrow=False),
            Wire("new_gate.from_input", ((7.8, 0.3), (7.8, 1.75)), has_arrow=False),
            Wire("reset_gate", ((5.1, 2.1), (6.05, 2.1)), (5.55, 2.4)),
            Wire("recalled", ((6.55, 2.1), (7.3, 2.1)), (6.9, 2.4)),
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
}  # fmt: skip


def cell_diagram(kind: str, values: Mapping[str, float], *, mode: Mode) -> go.Figure:
    """Return the cell of `kind` with every wire as thick as the size of its value; negative ones are dashed.

    Args:
        values: what flows along each wire of the layout, by name; see `flows`.
    """
    layout = LAYOUTS[kind]
    figure = theme.blank_figure(mode, height=400)
    up, down = theme.architecture_style("lstm", mode).colour, theme.architecture_style("rnn", mode).colour
    for wire in layout.wires:
        value = values[wire.name]
        colour = down if value < 0 else up
        figure.add_scatter(
            x=[point[0] for point in wire.points],
            y=[point[1] for point in wire.points],
            mode="lines",
            line={"color": colour, "width": wire_width(value), "dash": "4px,3px" if value < 0 else "solid"},
            hoverinfo="skip",
            showlegend=False,
            name=wire.name,
        )
        if wire.has_arrow:
            _add_arrow(figure, wire, value, colour)
    for node in layout.nodes:
        _add_node(figure, node, mode)
    labelled = [wire for wire in layout.wires if wire.label]
    _add_text(figure, [(*wire.label, _number(values[wire.name])) for wire in labelled], theme.ink(mode), 13, "numbers")
    _add_text(figure, list(layout.ends), theme.muted(mode), 13, "ends")
    places = [(_middle(wire.points), wire.name) for wire in layout.wires]
    figure.add_scatter(
        x=[place[0] for place, _ in places],
        y=[place[1] for place, _ in places],
        mode="markers",
        marker={"size": 16, "opacity": 0},
        text=[f"{WIRE_WORDS.get(name.split('.')[-1], name.replace('_', ' '))}: {values[name]:+.4f}" for _, name in places],
        hovertemplate="%{text}<extra></extra>",
        showlegend=False,
        name="values",
    )
    axis = {"visible": False, "fixedrange": True}
    figure.update_xaxes(range=[-0.25, WIDTH + 0.1], **axis)
    figure.update_yaxes(range=[-0.35, HEIGHT], **axis)
    figure.update_layout(margin={"l": 0, "r": 0, "t": 4, "b": 4})
    return figure


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


def _add_arrow(figure: go.Figure, wire: Wire, value: float, colour: str) -> None:
    (x0, y0), (x1, y1) = wire.points[-2:]
    symbol = {(1, 0): "triangle-right", (-1, 0): "triangle-left", (0, 1): "triangle-up", (0, -1): "triangle-down"}[
        (int(x1 > x0) - int(x1 < x0), int(y1 > y0) - int(y1 < y0))
    ]
    figure.add_scatter(
        x=[x1], y=[y1], mode="markers", marker={"symbol": symbol, "size": 7 + wire_width(value), "color": colour},
        hoverinfo="skip", showlegend=False,
    )  # fmt: skip


def _add_node(figure: go.Figure, node: Node, mode: Mode) -> None:
    colour = theme.gate_colour(node.part, mode) if node.part in theme.gate_names() else theme.muted(mode)
    across, up = (0.5, 0.35) if node.is_box else (0.25, 0.25)
    corners = {"x0": node.x - across, "x1": node.x + across, "y0": node.y - up, "y1": node.y + up}
    look = {"fillcolor": theme.background(mode), "line": {"color": colour, "width": 2.5 if node.is_box else 1.5}}
    figure.add_shape(type="rect" if node.is_box else "circle", layer="above", **corners, **look)
    figure.add_annotation(x=node.x, y=node.y, text=node.sign, showarrow=False, font={"size": 14 if node.is_box else 13, "color": theme.ink(mode)})


def _add_text(figure: go.Figure, texts: list[tuple[float, float, str]], colour: str, size: int, name: str) -> None:
    for x, y, text in texts:
        anchor = "left" if x < 0.5 else "right" if x > WIDTH - 0.6 else "center"
        figure.add_annotation(
            x=x, y=y, text=text, showarrow=False, xanchor=anchor, name=name, font={"size": size, "color": colour}
        )
