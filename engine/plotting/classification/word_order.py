"""Figures of word order: what classifiers say of a text in many orders, and how often an order changes a decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from engine.plotting import theme
from engine.plotting.labels import plain_label
from engine.plotting.theme import Mode


@dataclass(frozen=True)
class OrderRow:
    """What one classifier says: probabilities of "positive" for the text as it stands, in the order on show, and in
    many orders."""

    label: str
    architecture: str
    intact: float
    reordered: float
    shuffles: Sequence[float]


def order_dots(rows: Sequence[OrderRow], *, mode: Mode) -> go.Figure:
    """Return a row per classifier: a filled mark for the text, an open one for the order on show, a tick for each of
    many shuffles."""
    figure = theme.blank_figure(mode, x_title="Probability of “positive” (%)", height=62 * len(rows) + 120)
    for position, row in enumerate(rows):
        style = theme.architecture_style(row.architecture, mode)
        shuffles = 100 * np.asarray(row.shuffles)
        figure.add_scatter(
            x=shuffles,
            y=[position + 0.22] * len(shuffles),
            mode="markers",
            showlegend=position == 0,
            name="Each of many shuffles",
            legendgroup="many",
            marker={"symbol": "line-ns-open", "size": 12, "color": theme.muted(mode), "line": {"width": 1.5}},
            hovertemplate="a shuffle: %{x:.1f} %<extra></extra>",
        )
        figure.add_scatter(
            x=[100 * row.intact, 100 * row.reordered],
            y=[position - 0.1] * 2,
            mode="lines",
            line={"color": style.colour, "width": 2},
            hoverinfo="skip",
            showlegend=False,
        )
        for name, group, value, symbol in (
            ("As it stands", "intact", row.intact, style.marker),
            ("In the other order", "reordered", row.reordered, f"{style.marker}-open"),
        ):
            figure.add_scatter(
                x=[100 * value],
                y=[position - 0.1],
                mode="markers",
                name=name,
                legendgroup=group,
                showlegend=position == 0,
                cliponaxis=False,
                marker={
                    "symbol": symbol,
                    "size": 15,
                    "color": style.colour,
                    "line": {"width": 2, "color": style.colour},
                },
                hovertemplate=f"{plain_label(row.label)}, {name.lower()}: %{{x:.1f}} %<extra></extra>",
            )
    figure.add_vline(x=50, line={"color": theme.muted(mode), "width": 1.5, "dash": "dot"})
    figure.update_xaxes(range=[-3, 103], fixedrange=True)
    return _named_rows(figure, [row.label for row in rows])


@dataclass(frozen=True)
class OrderAccuracy:
    """What was measured of one classifier on many sentences: shares, those of shuffled sentences one per seed."""

    label: str
    architecture: str
    accuracy: float
    shuffled: Sequence[float]


def accuracy_dots(rows: Sequence[OrderAccuracy], *, mode: Mode) -> go.Figure:
    """Return a row per classifier: accuracy on sentences as they stand (filled) and shuffled (open, one mark per
    seed)."""
    figure = theme.blank_figure(mode, x_title="Accuracy (%)", height=52 * len(rows) + 110)
    for position, row in enumerate(rows):
        style = theme.architecture_style(row.architecture, mode)
        mean = 100 * float(np.mean(row.shuffled))
        figure.add_scatter(
            x=[100 * row.accuracy, mean],
            y=[position] * 2,
            mode="lines",
            line={"color": style.colour, "width": 2},
            hoverinfo="skip",
            showlegend=False,
        )
        figure.add_scatter(
            x=[100 * share for share in row.shuffled],
            y=[position] * len(row.shuffled),
            mode="markers",
            name="Shuffled, one mark per seed",
            legendgroup="shuffled",
            showlegend=position == 0,
            marker={"symbol": f"{style.marker}-open", "size": 11, "color": style.colour, "line": {"width": 2}},
            hovertemplate=f"{plain_label(row.label)}, shuffled: %{{x:.1f}} %<extra></extra>",
        )
        figure.add_scatter(
            x=[100 * row.accuracy],
            y=[position],
            mode="markers",
            name="As they stand",
            legendgroup="intact",
            showlegend=position == 0,
            marker={"symbol": style.marker, "size": 14, "color": style.colour},
            hovertemplate=f"{plain_label(row.label)}: %{{x:.1f}} %<extra></extra>",
        )
    figure.update_xaxes(fixedrange=True)
    return _named_rows(figure, [row.label for row in rows])


def _named_rows(figure: go.Figure, labels: Sequence[str]) -> go.Figure:
    """Return the figure with a name before each row, the first on top, and room for the legend."""
    figure.update_yaxes(
        tickvals=list(range(len(labels))),
        ticktext=[_wrapped(label) for label in labels],
        range=[len(labels) - 0.4, -0.6],
        showgrid=False,
        fixedrange=True,
    )
    figure.update_layout(margin={"t": 70})
    return figure


def _wrapped(label: str) -> str:
    """Return a label on two lines, broken after its comma or before its last words."""
    head, comma, rest = plain_label(label).partition(", ")
    if comma:
        return f"{head},<br>{rest}"
    words = head.split(" ")
    return f"{' '.join(words[:-2])}<br>{' '.join(words[-2:])}" if len(words) > 3 else head
