"""Figures of speed: how many times what Unrolled costs others cost, and how costs grow."""

from __future__ import annotations

import math

import pandas as pd

from engine.plotting import theme
from engine.plotting.curves import BELOW
from engine.plotting.figure import Figure
from engine.plotting.labels import plain_label
from engine.plotting.marks import add_note, error_bars
from engine.plotting.theme import Mode

SIGNS = ("circle", "square", "diamond", "triangle-up", "cross", "x", "star", "hexagon", "triangle-down")
DASHES = ("solid", "dash", "dot", "dashdot")
ROW_HEIGHT = 40
TICKS = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300]  # of ratios
LIMIT = "limit"


def ratio_marks(rows: pd.DataFrame, *, mode: Mode) -> Figure:
    """Return a row per peer or limit with a mark per item: the ratio, its bar the range over the rounds.

    Args:
        rows: item, kind, who, ratio, ratio_low, ratio_high.
    """
    ordered = rows.sort_values("kind", ascending=False, kind="stable")  # peers above limits
    names = list(dict.fromkeys(_row_label(row.who, row.kind) for row in ordered.itertuples()))
    items = list(dict.fromkeys(rows["item"]))
    height = ROW_HEIGHT * len(names) + 110 + 22 * len(items)
    figure = theme.blank_figure(mode, x_title="Times what Unrolled costs", height=height)
    for number, name in enumerate(items):
        colour, sign = _look(number, mode)
        own = rows[rows["item"] == name]
        figure.add_scatter(
            x=own["ratio"],
            y=[_row_label(row.who, row.kind) for row in own.itertuples()],
            mode="markers",
            name=plain_label(name),
            marker={"symbol": sign, "size": 11, "color": colour},
            error_x=error_bars(own["ratio"], own["ratio_low"], own["ratio_high"], colour),
            text=[_said(row) for row in own.itertuples()],
            hovertemplate="%{text}<extra></extra>",
        )
    figure.add_vline(1, line={"color": theme.muted(mode), "width": 1.5, "dash": "dash"})
    for name in names:  # above its row, where it takes no room from a narrow chart
        look = {"xref": "paper", "xanchor": "left", "yshift": 13}
        add_note(figure, 0, name, name, theme.muted(mode), 13, **look)
    figure.update_layout(legend=BELOW | {"traceorder": "normal"})
    figure.update_xaxes(type="log", tickmode="array", tickvals=TICKS, ticktext=[f"{tick:g}" for tick in TICKS])
    figure.update_yaxes(categoryorder="array", categoryarray=names[::-1], showticklabels=False)
    return figure


def growth_lines(rows: pd.DataFrame, exponents: dict[str, float], *, mode: Mode) -> Figure:
    """Return what each side of an item costs against its size, both axes logarithmic.

    Args:
        rows: who, size, value, low, high, unit and per, of one item.
        exponents: with which power of the size each side grows, by its name.
    """
    y_title, unit = f"Cost per {rows['per'].iloc[0]}", str(rows["unit"].iloc[0])
    figure = theme.blank_figure(mode, x_title="Size", y_title=y_title, height=420)
    for number, who in enumerate(dict.fromkeys(rows["who"])):
        colour, sign = _look(number, mode)
        own, power = rows[rows["who"] == who], exponents.get(who, math.nan)
        figure.add_scatter(
            x=own["size"],
            y=own["value"],
            mode="lines+markers",
            name=plain_label(who if math.isnan(power) else f"{who}: power {power:.2f}"),
            error_y=error_bars(own["value"], own["low"], own["high"], colour),
            hovertemplate=f"%{{x:,}}: %{{y:.3~s}}{unit}<extra>%{{fullData.name}}</extra>",
            **theme.drawn(colour, DASHES[number % len(DASHES)], sign),
        )
    figure.update_layout(legend=BELOW)
    figure.update_xaxes(type="log", tickmode="array", tickvals=sorted(set(rows["size"])))
    figure.update_yaxes(type="log", dtick=1, exponentformat="SI", minexponent=0, ticksuffix=unit)
    return figure


def _look(number: int, mode: Mode) -> tuple[str, str]:
    """Return the colour and the marker of the series of this number; markers differ longer than colours do."""
    colours = [pair for name, pair in theme.SERIES.items() if name not in ("ink", "muted")]
    return colours[number % len(colours)][0 if mode == "light" else 1], SIGNS[number % len(SIGNS)]


def _row_label(who: str, kind: str) -> str:
    return plain_label(f"limit: {who}" if kind == LIMIT else who)


def _said(row: pd.Series) -> str:
    low, high = row.ratio_low, row.ratio_high
    return plain_label(f"{row.item}, {row.who}: {row.ratio:.2f} times ({low:.2f} to {high:.2f})")
