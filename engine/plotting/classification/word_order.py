"""Figures of word order: what classifiers say of a text in many orders, and how often an order changes a decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.plotting import theme
from engine.plotting.figure import Figure, Trace
from engine.plotting.labels import name_rows, plain_label
from engine.plotting.marks import add_marks, add_strokes
from engine.plotting.theme import Mode

LEAST_POINTS = 5.0  # of accuracy that the axis covers


@dataclass(frozen=True)
class OrderRow:
    """What one classifier says: probabilities of "positive" for the text as it stands, in the order on show, and in
    many orders."""

    label: str
    architecture: str
    intact: float
    reordered: float
    shuffles: Sequence[float]


def order_dots(rows: Sequence[OrderRow], *, mode: Mode) -> Figure:
    """Return a row per classifier: a filled mark for the text, an open one for the order on show, a tick for each of
    many shuffles."""
    figure = theme.blank_figure(mode, x_title="Probability of “positive” (%)", height=62 * len(rows) + 120)
    for position, row in enumerate(rows):
        style = theme.architecture_style(row.architecture, mode)
        shuffles = 100 * np.asarray(row.shuffles)
        once: Trace = {"showlegend": position == 0}
        tick, hover = ("line-ns-open", 12, theme.muted(mode)), "a shuffle: %{x:.1f} %<extra></extra>"
        many = once | {"name": "Each of many shuffles", "legendgroup": "many", "hovertemplate": hover}
        add_marks(figure, shuffles, [position + 0.22] * len(shuffles), tick, 1.5, **many)
        add_strokes(figure, [100 * row.intact, 100 * row.reordered], [position - 0.1] * 2, style.colour, 2)
        for name, group, value, symbol in (
            ("As it stands", "intact", row.intact, style.marker),
            ("In the other order", "reordered", row.reordered, f"{style.marker}-open"),
        ):
            hover = f"{plain_label(row.label)}, {name.lower()}: %{{x:.1f}} %<extra></extra>"
            entry = once | {"name": name, "legendgroup": group, "hovertemplate": hover, "cliponaxis": False}
            look, edge = (symbol, 15, style.colour), {"width": 2, "color": style.colour}
            add_marks(figure, [100 * value], [position - 0.1], look, edge, **entry)
    figure.add_vline(x=50, line={"color": theme.muted(mode), "width": 1.5, "dash": "dot"})
    figure.update_xaxes(range=[-3, 103])
    return _named_rows(figure, [row.label for row in rows])


@dataclass(frozen=True)
class OrderAccuracy:
    """What was measured of one classifier on many sentences: shares, those of shuffled sentences one per seed."""

    label: str
    architecture: str
    accuracy: float
    shuffled: Sequence[float]


def accuracy_dots(rows: Sequence[OrderAccuracy], *, mode: Mode) -> Figure:
    """Return a row per classifier: accuracy on sentences as they stand (filled) and shuffled (open, one mark per
    seed)."""
    figure = theme.blank_figure(mode, x_title="Accuracy (%)", height=52 * len(rows) + 110)
    for position, row in enumerate(rows):
        style = theme.architecture_style(row.architecture, mode)
        mean = 100 * float(np.mean(row.shuffled))
        once = {"showlegend": position == 0}
        add_strokes(figure, [100 * row.accuracy, mean], [position] * 2, style.colour, 2)
        for name, group, shares, look, edge, words in (
            ("Shuffled, one mark per seed", "shuffled", row.shuffled, (f"{style.marker}-open", 11), 2, ", shuffled"),
            ("As they stand", "intact", [row.accuracy], (style.marker, 14), None, ""),
        ):
            percents = [100 * share for share in shares]
            hover = f"{plain_label(row.label)}{words}: %{{x:.1f}} %<extra></extra>"
            entry = {"name": name, "legendgroup": group, "hovertemplate": hover} | once
            add_marks(figure, percents, [position] * len(percents), (*look, style.colour), edge, **entry)
    every = [100 * share for row in rows for share in (row.accuracy, *row.shuffled)]
    # On an axis that ends with the marks, a few tenths of a point would look like much.
    spare = max(0.0, LEAST_POINTS - (max(every) - min(every))) / 2 + 0.3
    figure.update_xaxes(range=[min(every) - spare, max(every) + spare])
    return _named_rows(figure, [row.label for row in rows])


def _named_rows(figure: Figure, labels: Sequence[str]) -> Figure:
    """Return the figure with a name before each row, the first on top, and room for the legend."""
    name_rows(figure, [_wrapped(label) for label in labels])
    figure.update_layout(margin={"t": 70})
    return figure


def _wrapped(label: str) -> str:
    """Return a label on two lines, broken after its comma or before its last words."""
    head, comma, rest = plain_label(label).partition(", ")
    if comma:
        return f"{head},<br>{rest}"
    words = head.split(" ")
    return f"{' '.join(words[:-2])}<br>{' '.join(words[-2:])}" if len(words) > 3 else head
