"""Marks that figures share: strokes and texts that say nothing when pointed at, rings, frames, notes, unseen targets of
clicks, error bars, and panels below each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from engine.plotting import theme
from engine.plotting.theme import Mode, Property, Trace

Values: TypeAlias = Sequence[Property] | np.ndarray | pd.Series  # numbers, None between strokes, a value per click
Style = tuple[Property, Property, Property]  # of marks: symbol, size in pixels and colour, each one or one per mark
Span = tuple[float, float]  # from the lower to the higher


def clicked(opacity: float = 1, **unselected: Property) -> Trace:
    """Return what keeps marks as they are when one of them is clicked, which plotly would set off from the others."""
    look = {"marker": {"opacity": opacity}}
    return {"selected": look, "unselected": look | unselected}


STILL, UNSEEN = clicked(), clicked(0)


def add_strokes(
    figure: go.Figure, x: Values, y: Values, colour: str, width: float, dash: str | None = None, /, **more: Property
) -> None:
    """Add lines that say nothing, in the legend where they have a name; a None in `x` and `y` lifts the pen."""
    quiet = {"hoverinfo": "skip", "showlegend": None if "name" in more else False}
    line = {"color": colour, "width": width, "dash": dash}
    figure.add_scatter(**({"x": x, "y": y, "mode": "lines", "line": line} | quiet | more))


def joined(starts: Values, ends: Values) -> list[Property]:
    """Return one coordinate of strokes that each lead from a start to an end."""
    return [part for start, end in zip(starts, ends, strict=True) for part in (start, end, None)]


def columns_of(places: Sequence[Sequence[Property]], count: int) -> list[list[Property]]:
    """Return what stands first, second, ... in the `count` parts of each place: x, y, and what is said there."""
    return [[place[part] for place in places] for part in range(count)]


def add_texts(
    figure: go.Figure, x: Values, y: Values, text: Values, size: int, colour: str | Sequence[str], /, **more: Property
) -> None:
    """Add texts that say nothing more when pointed at."""
    font = {"family": more.pop("family", None), "size": size, "color": colour}
    quiet = {"hoverinfo": "skip", "showlegend": False}
    figure.add_scatter(**({"x": x, "y": y, "mode": "text", "text": text, "textfont": font} | quiet | more))


def points(x: Values, y: Values, style: Style, edge: float | Trace | None = None, /, **more: Property) -> Trace:
    """Return marks of a style as plain values; `edge` is the width of their outlines, or the whole look of these."""
    line = edge if isinstance(edge, dict) else {"width": edge}
    marker: Trace = dict(zip(("symbol", "size", "color"), style, strict=True))
    return {"type": "scatter", "x": x, "y": y, "mode": "markers", "marker": marker | {"line": line}} | more


def add_marks(
    figure: go.Figure,
    x: Values,
    y: Values,
    style: Style,
    edge: float | Trace | None = None,
    row: int | None = None,
    /,
    **more: Property,
) -> None:
    """Add `points` to a figure, or to the panel in its `row`."""
    figure.add_trace(points(x, y, style, edge, **more), row=row, col=row and 1)


def add_ring(
    figure: go.Figure,
    x: Values,
    y: Values,
    colour: str | Sequence[str],
    size: float,
    width: float = 2,
    /,
    **more: Property,
) -> None:
    """Add a ring around each place, in the legend where it has a name."""
    quiet = {"hoverinfo": "skip", "showlegend": None if "name" in more else False}
    add_marks(figure, x, y, ("circle-open", size, colour), width, **(quiet | more))


def add_targets(
    figure: go.Figure,
    x: Values,
    y: Values,
    values: Values,
    text: Sequence[str] | None,
    size: float,
    /,
    **more: Property,
) -> None:
    """Lay an unseen square over each place: a click on it gives its value as `customdata`, pointing at it its text."""
    place = {"x": x, "y": y, "mode": "markers", "name": "targets", "showlegend": False}
    said = {"customdata": values, "text": text, "hovertemplate": "%{text}<extra></extra>"}
    figure.add_scatter(**(place | said | {"marker": {"symbol": "square", "size": size, "opacity": 0}} | UNSEEN | more))
    figure.update_layout(clickmode="event+select")


def add_key(figure: go.Figure, name: str, /, **look: Property) -> None:
    """Add an entry to the legend for what has none of its own."""
    figure.add_scatter(**({"x": [None], "y": [None], "mode": "markers", "name": name, "hoverinfo": "skip"} | look))


def add_frame(figure: go.Figure, x: Span, y: Span, colour: str, width: float = 2, /, **more: Property) -> None:
    """Draw a rectangle over both spans."""
    line = {"color": colour, "width": width}
    figure.add_shape(**({"type": "rect", "x0": x[0], "x1": x[1], "y0": y[0], "y1": y[1], "line": line} | more))


def add_note(
    figure: go.Figure, x: float | str, y: float | str, text: str, colour: str, size: int, /, **more: Property
) -> None:
    """Write a text without an arrow."""
    figure.add_annotation(x=x, y=y, text=text, showarrow=False, font={"size": size, "color": colour}, **more)


def error_bars(
    middle: Property, low: Property, high: Property, colour: str, thickness: float = 1.5, width: float = 4
) -> Trace:
    """Return bars from `low` to `high` around `middle`, which are all numbers or all columns of them."""
    around = {"array": high - middle, "arrayminus": middle - low}
    if not hasattr(middle, "__len__"):
        around = {name: [value] for name, value in around.items()}
    return {"type": "data", "symmetric": False, **around, "color": colour, "thickness": thickness, "width": width}


def sparse(count: int, every: int, size: float = 8) -> list[float]:
    """Return the sizes of marks on a line: one in `every` is seen, so that lines can be told apart without colour; the
    others are there to be pointed at."""
    return [size if position % max(1, every) == 0 else 0.1 for position in range(count)]


def panels(
    titles: Sequence[str], *, mode: Mode, height: int, spacing: float, colour: str | None = None, **more: Property
) -> go.Figure:
    """Return a figure of panels below each other over one axis, a title above the left end of each."""
    blank = theme.blank_figure(mode, height=height)
    grid = {"rows": len(titles), "cols": 1, "shared_xaxes": True, "vertical_spacing": spacing}
    figure = make_subplots(**grid, subplot_titles=titles, figure=blank, **more)
    figure.update_annotations(x=0, xanchor="left", font={"size": 14, "color": colour or theme.muted(mode)})
    figure.update_xaxes(fixedrange=True)
    figure.update_yaxes(fixedrange=True)
    return figure
