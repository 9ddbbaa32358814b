"""Marks that figures share: strokes and texts that say nothing when pointed at, rings, frames, notes, unseen targets of
clicks, error bars, and panels below each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import pandas as pd

from engine.plotting import theme
from engine.plotting.figure import Figure, Property, Trace
from engine.plotting.theme import Mode

Values: TypeAlias = Sequence[Property] | np.ndarray | pd.Series  # numbers, None between strokes, a value per click
Style = tuple[Property, Property, Property]  # of marks: symbol, size in pixels and colour, each one or one per mark
Span = tuple[float, float]  # from the lower to the higher


def clicked(opacity: float = 1, **unselected: Property) -> Trace:
    """Return what keeps marks as they are when one of them is clicked, which plotly would set off from the others."""
    look = {"marker": {"opacity": opacity}}
    return {"selected": look, "unselected": look | unselected}


STILL, UNSEEN = clicked(), clicked(0)


def add_strokes(
    figure: Figure, x: Values, y: Values, colour: str, width: float, dash: str | None = None, /, **more: Property
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
    figure: Figure, x: Values, y: Values, text: Values, size: int, colour: str | Sequence[str], /, **more: Property
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
    figure: Figure,
    x: Values,
    y: Values,
    style: Style,
    edge: float | Trace | None = None,
    row: int | None = None,
    /,
    **more: Property,
) -> None:
    """Add `points` to a figure, or to the panel in its `row`."""
    figure.add_trace(points(x, y, style, edge, **more), row)


def add_ring(
    figure: Figure,
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
    figure: Figure,
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


def add_cells(
    figure: Figure, shares: np.ndarray, values: Values, shown: Sequence[str], said: Sequence[str], mode: Mode, /
) -> None:
    """Add a heat map of shares (R, C); what a click on a cell gives, what is written in it and what it says when
    pointed at are listed row by row."""
    figure.add_heatmap(z=shares, **theme.heat_colours(mode), showscale=False, xgap=1, ygap=1, hoverinfo="skip")
    rows, columns = np.indices(shares.shape)
    add_targets(
        figure,
        columns.ravel().tolist(),
        rows.ravel().tolist(),
        values,
        shown,
        24,
        mode="markers+text",
        textfont={"size": 12, "color": ["#FFFFFF" if share < 0.47 else "#000000" for share in shares.ravel()]},
        hovertext=said,
        hovertemplate="%{hovertext}<extra></extra>",
        name=None,
        showlegend=None,
    )


def add_key(figure: Figure, name: str, /, **look: Property) -> None:
    """Add an entry to the legend for what has none of its own."""
    figure.add_scatter(**({"x": [None], "y": [None], "mode": "markers", "name": name, "hoverinfo": "skip"} | look))


def add_frame(figure: Figure, x: Span, y: Span, colour: str, width: float = 2, /, **more: Property) -> None:
    """Draw a rectangle over both spans."""
    line = {"color": colour, "width": width}
    figure.add_shape(**({"type": "rect", "x0": x[0], "x1": x[1], "y0": y[0], "y1": y[1], "line": line} | more))


def add_note(
    figure: Figure, x: float | str, y: float | str, text: str, colour: str, size: int, /, **more: Property
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
    titles: Sequence[str],
    *,
    mode: Mode,
    height: int,
    spacing: float,
    colour: str | None = None,
    row_heights: Sequence[float] | None = None,
) -> Figure:
    """Return a figure of panels below each other over one axis, a title above the left end of each.

    Args:
        spacing: between two panels, as a share of the whole height.
        row_heights: how high the panels are beside each other, from the first on; all the same unless given.
    """
    figure = theme.blank_figure(mode, height=height)
    shares = list(row_heights or [1] * len(titles))
    room, count, bottom = 1 - spacing * (len(titles) - 1), len(titles), 1.0
    look = {"showarrow": False, "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    font = {"size": 14, "color": colour or theme.muted(mode)}
    for row, (title, share) in enumerate(zip(titles, shares, strict=True), start=1):
        number = "" if row == 1 else row
        top = bottom
        bottom = top - room * share / sum(shares)
        shared = {} if row == count else {"matches": f"x{count}", "showticklabels": False}
        figure.update_layout(
            **{
                f"xaxis{number}": {"anchor": f"y{number}", "domain": [0, 1], "fixedrange": True} | shared,
                f"yaxis{number}": {"anchor": f"x{number}", "domain": [max(0, bottom), top], "fixedrange": True},
            }
        )
        if title:
            figure.add_annotation(x=0, y=top, text=title, font=font, **look)
        bottom -= spacing
    return figure
