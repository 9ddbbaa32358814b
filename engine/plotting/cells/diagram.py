"""A recurrent cell drawn from its data: every wire as thick as what flows along it at one step, blue above zero and
dashed red below.

The plan of nodes and wires, on a plane of 10 by 6, is the cell's own; what flows is looked up by the wire's name in the
values given.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from engine.cells import CELLS, Cell
from engine.cells.wiring import Node, Point, Wire
from engine.plotting import theme
from engine.plotting.figure import Figure
from engine.plotting.theme import Mode
from engine.wording import decimal

WIDTH, HEIGHT = 10.0, 6.0
THINNEST, THICKEST = 1.0, 9.0
CIRCLE = 27  # pixels


def cell_diagram(kind: str, values: Mapping[str, float], *, mode: Mode) -> Figure:
    """Return the cell of `kind` with every wire as thick as the size of its value; negative ones are dashed.

    Args:
        values: what flows along each wire of the cell's wiring, by name; see `flows`.
    """
    cell = CELLS.get(kind)
    layout = cell.wiring
    up, down = theme.architecture_style("lstm", mode).colour, theme.architecture_style("rnn", mode).colour
    colours = {wire.name: down if values[wire.name] < 0 else up for wire in layout.wires}
    traces = [_wire_trace(wire, values[wire.name], colours[wire.name]) for wire in layout.wires]
    traces.append(_arrows([wire for wire in layout.wires if wire.has_arrow], values, colours))
    circles, boxes = ([node for node in layout.nodes if node.is_box == is_box] for is_box in (False, True))
    look = {"size": CIRCLE, "color": theme.background(mode), "line": {"color": theme.muted(mode), "width": 1.5}}
    traces.append(_markers([(node.x, node.y) for node in circles], look) | {"name": "operations"})
    positions = [_middle(wire.points) for wire in layout.wires]
    words = [f"{_words(cell, wire.name)}: {values[wire.name]:+.4f}" for wire in layout.wires]
    traces.append(
        _markers(positions, {"size": 16, "opacity": 0})
        | {"text": words, "hoverinfo": "text", "hovertemplate": "%{text}<extra></extra>", "name": "values"}
    )
    ink, muted = theme.ink(mode), theme.muted(mode)
    texts = [_text(node.x, node.y, node.sign, ink, 14) for node in layout.nodes]
    texts += [_text(*wire.label, decimal(values[wire.name]), ink, 13) for wire in layout.wires if wire.label]
    texts += [_text(x, y, end, muted, 13) for x, y, end in layout.ends]
    blank = theme.blank_figure(mode, height=400).layout
    axis = {"visible": False, "fixedrange": True}
    return Figure(
        data=traces,
        layout={
            "template": blank["template"],
            "height": blank["height"],
            "shapes": [_box_shape(node, mode) for node in boxes],
            "annotations": texts,
            "xaxis": axis | {"range": [-0.25, WIDTH + 0.1]},
            "yaxis": axis | {"range": [-0.35, HEIGHT]},
            "margin": {"l": 0, "r": 0, "t": 4, "b": 4},
            "showlegend": False,
        },
    )


def wire_names(kind: str) -> set[str]:
    """Return the names of the values that the wiring of `kind` draws."""
    return {wire.name for wire in CELLS.get(kind).wiring.wires}


def wire_width(value: float) -> float:
    """Return a wire's width in pixels: it grows with the value's size and levels off beyond 1, where gates end."""
    return THINNEST + (THICKEST - THINNEST) * math.tanh(abs(value))


def _middle(points: tuple[Point, ...]) -> Point:
    (x0, y0), (x1, y1) = points[len(points) // 2 - 1], points[len(points) // 2]
    return (x0 + x1) / 2, (y0 + y1) / 2


def _words(cell: Cell, name: str) -> str:
    """Return what a wire carries, in words."""
    gate, dot, source = name.partition(".")
    own = cell.words_of(source or gate)
    return f"{gate.replace('_', ' ')}, {own}" if dot and gate != "hidden" else own


def _wire_trace(wire: Wire, value: float, colour: str) -> dict[str, object]:
    return {
        "type": "scatter",
        "x": [point[0] for point in wire.points],
        "y": [point[1] for point in wire.points],
        "mode": "lines",
        "line": {"color": colour, "width": wire_width(value), "dash": "4px,3px" if value < 0 else "solid"},
        "hoverinfo": "skip",
        "name": wire.name,
    }


def _markers(positions: list[Point], marker: Mapping[str, object]) -> dict[str, object]:
    x, y = ([position[axis] for position in positions] for axis in (0, 1))
    return {"type": "scatter", "x": x, "y": y, "mode": "markers", "marker": marker, "hoverinfo": "skip"}


def _arrows(wires: list[Wire], values: Mapping[str, float], colours: Mapping[str, str]) -> dict[str, object]:
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


def _box_shape(node: Node, mode: Mode) -> dict[str, object]:
    colour = theme.gate_colour(node.part, mode) if node.part in theme.gate_names() else theme.muted(mode)
    look = {"type": "rect", "fillcolor": theme.background(mode), "line": {"color": colour, "width": 2.5}}
    return {**look, "x0": node.x - 0.5, "x1": node.x + 0.5, "y0": node.y - 0.35, "y1": node.y + 0.35}


def _text(x: float, y: float, text: str, colour: str, size: int) -> dict[str, object]:
    anchor = "left" if x < 0.5 else "right" if x > WIDTH - 0.6 else "center"
    return {
        "x": x,
        "y": y,
        "text": text,
        "showarrow": False,
        "xanchor": anchor,
        "font": {"size": size, "color": colour},
    }
