"""Figures of the vectors in a cell: as strips at one step, as heat maps over a text, their averages, and their
saturation."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from engine.plotting import theme
from engine.plotting.figure import Figure
from engine.plotting.labels import name_rows, plain_label, plain_labels, scale_below
from engine.plotting.marks import STILL, add_frame, add_marks, add_note, add_strokes, add_targets
from engine.plotting.theme import Mode
from engine.plotting.writing.distribution import visible_token

STRIP_HEIGHT = 26
MOST_TICKS = 64
LONGEST_TICK = 9
UNIT_ROOM = 76  # pixels beside a map for the name of a marked unit
HIDDEN_LINE = ("triangle-up", "dot")  # of a cell without gates


def state_strips(
    rows: Mapping[str, tuple[np.ndarray, bool]], *, unit: int, mode: Mode, clickable: bool = True
) -> Figure:
    """Return vectors as strips of colour, one cell per unit, with the chosen unit marked through all of them.

    Args:
        rows: label: (values, whether they run from 0 to 1), top to bottom. A vector of another length is stretched over
            the width.
        clickable: lay targets over the units, whose `customdata` is the unit's number.
    """
    width = max(len(values) for values, _ in rows.values())
    figure = theme.blank_figure(mode, x_title="Unit", height=STRIP_HEIGHT * len(rows) + 112)
    reach = (
        max((float(np.abs(values).max()) for values, is_switch in rows.values() if not is_switch), default=1.0) or 1.0
    )
    bars_shown: set[bool] = set()
    for row, (label, (values, is_switch)) in enumerate(rows.items()):
        edges = np.linspace(-0.5, width - 0.5, len(values) + 1)
        title = "Gates: 0 shut, 1 open" if is_switch else "All else: below and above 0"
        bar = scale_below(title, mode, ticks=5) | {"len": 0.42, "x": 0.56 if is_switch else 0.0, "ypad": 42}
        figure.add_heatmap(
            x=edges,
            y=[row - 0.46, row + 0.46],
            z=values[None],
            **theme.heat_colours(mode, None if is_switch else reach),
            showscale=is_switch not in bars_shown,
            colorbar=bar,
            customdata=np.arange(len(values))[None],
            hovertemplate=f"{plain_label(label)}, %{{customdata}}: %{{z:.3f}}<extra></extra>",
            name=label,
        )
        bars_shown.add(is_switch)
    add_frame(figure, (unit - 0.5, unit + 0.5), (-0.5, len(rows) - 0.5), theme.ink(mode))
    if clickable:
        units = np.tile(np.arange(width), 2)
        lanes = np.repeat([len(rows) - 1, len(rows) - 2], width)
        silent = {"hoverinfo": "skip", "hovertemplate": None}
        add_targets(figure, units, lanes, units, None, 7, marker={"size": 7, "opacity": 0}, **silent)
    figure.update_xaxes(range=[-0.5, width - 0.5])
    name_rows(figure, plain_labels(rows), 0.5)
    figure.update_layout(margin={"l": 8, "r": 8, "t": 8, "b": 8})
    return figure


def unit_heat_map(
    values: np.ndarray,
    units: Sequence[int],
    tokens: Sequence[str],
    *,
    first: int,
    position: int,
    unit: int,
    title: str,
    is_switch: bool,
    mode: Mode,
    height: int = 460,
) -> Figure:
    """Return a part of a layer over a text: a column per token, a row per unit in the order of `units`.

    Args:
        values: (T, H) in the order of the units' numbers. first: the number of the first token.
        position: token to mark. unit: unit to mark. Both are left unmarked where they are not drawn.
    """
    reach = float(np.abs(values).max()) or 1.0
    figure = theme.blank_figure(mode, y_title="Units, sorted", height=height)
    figure.add_heatmap(
        z=values[:, units].T,
        **theme.heat_colours(mode, None if is_switch else reach),
        customdata=np.repeat(np.asarray(units)[:, None], len(tokens), axis=1),
        colorbar=scale_below(title, mode, ticks=6) | {"ypad": 34},
        hovertemplate="unit %{customdata}: %{z:.3f}<extra></extra>",
    )
    if first <= position < first + len(tokens):
        index = position - first
        add_frame(figure, (index - 0.5, index + 0.5), (-0.5, len(units) - 0.5), theme.ink(mode))
    row = np.flatnonzero(np.asarray(units) == unit)
    if len(row):
        add_note(figure, -0.5, int(row[0]), f"unit {unit} ▸", theme.ink(mode), 12, xanchor="right")
        figure.update_yaxes(title_standoff=UNIT_ROOM - 12)  # the title stands left of the mark, not under it
    _mark_tokens(figure, tokens)
    figure.update_yaxes(showticklabels=False, showgrid=False, range=[len(units) - 0.5, -0.5])
    figure.update_layout(margin={"l": UNIT_ROOM + 20, "r": 8, "t": 8, "b": 8})
    return figure


def gate_averages_lines(
    averages: pd.DataFrame,
    labels: Mapping[str, str],
    *,
    position: int,
    course: tuple[str, np.ndarray] | None,
    mode: Mode,
) -> Figure:
    """Return each gate's mean over the units at every token; a click brings the token's position as `customdata`.

    Args:
        averages: rows of `gate_averages` for the tokens that are drawn. labels: what the gates are called.
        course: name and values of one unit to draw beside the means.
    """
    figure = theme.blank_figure(mode, y_title="Mean over the units", height=300)
    tokens = averages.drop_duplicates("position")["token"].tolist()
    first = int(averages["position"].min())
    for part, rows in averages.groupby("part", sort=False):
        is_gate = part in theme.gate_names()
        marker, dash = (theme.gate_marker(part), theme.gate_dash(part)) if is_gate else HIDDEN_LINE
        colour = theme.gate_colour(part, mode) if is_gate else theme.ink(mode)
        figure.add_scatter(
            x=rows["position"] - first,
            y=rows["mean"],
            name=labels[part],
            mode="lines+markers",
            customdata=rows["position"],
            **theme.drawn(colour, dash, marker, 7),
            hovertemplate=f"{plain_label(labels[part])}: %{{y:.3f}}<extra></extra>",
        )
    if course is not None:
        label, values = course
        figure.add_scatter(
            x=list(range(len(values))),
            y=values,
            name=label,
            mode="lines",
            hovertemplate=f"{label}: %{{y:.3f}}<extra></extra>",
            line={"color": theme.muted(mode), "width": 2, "dash": "longdashdot"},
        )
    if first <= position < first + len(tokens):
        figure.add_vline(x=position - first, line={"color": theme.ink(mode), "width": 2, "dash": "dot"})
    _mark_tokens(figure, tokens)
    figure.update_yaxes(range=[-0.03, 1.03])
    figure.update_layout(clickmode="event+select", hovermode="x")
    figure.update_traces(**STILL)
    return figure


def saturation_scatter(saturation: pd.DataFrame, labels: Mapping[str, str], *, unit: int, mode: Mode) -> Figure:
    """Return a mark per unit and gate: how often it is shut (up) against how often it is open (across); `customdata` is
    the unit."""
    figure = theme.blank_figure(
        mode, x_title="Open: above 0.9 (% of the tokens)", y_title="Shut: below 0.1 (% of the tokens)", height=420
    )
    add_strokes(figure, [0, 100], [100, 0], theme.muted(mode), 1, "dash", name="Always one or the other")
    for part, rows in saturation.groupby("part", sort=False):
        colour = theme.gate_colour(part, mode)
        figure.add_scatter(
            x=100 * rows["open"],
            y=100 * rows["shut"],
            mode="markers",
            name=labels[part],
            customdata=rows["unit"],
            marker={"symbol": theme.gate_marker(part) + "-open", "size": 8, "color": colour, "line": {"width": 1.5}},
            **STILL,
            hovertemplate=f"{plain_label(labels[part])}, unit %{{customdata}}: open %{{x:.0f}} %, shut %{{y:.0f}} "
            "%<extra></extra>",
        )
        chosen = rows[rows["unit"] == unit]
        look, edge = (theme.gate_marker(part), 13, colour), {"width": 2, "color": theme.ink(mode)}
        quiet = {"showlegend": False, "hoverinfo": "skip"}
        add_marks(figure, 100 * chosen["open"], 100 * chosen["shut"], look, edge, **quiet)
    figure.update_xaxes(range=[-3, 103])
    figure.update_yaxes(range=[-3, 103])
    figure.update_layout(clickmode="event+select")
    return figure


def left_of_a_write(frame: pd.DataFrame, *, title: str, by_gates: str, kind: str, mode: Mode) -> Figure:
    """Return what the gates keep of a write and its total effect, against the tokens read since; `customdata` is the
    token's position."""
    figure = theme.blank_figure(mode, y_title=title, height=340)
    style = theme.architecture_style(kind, mode)
    for column, name, marker, dash, colour in (
        ("by_gates", by_gates, "circle-open", "dash", theme.accent(mode)),
        ("by_ablation", "Total effect, by ablation", style.marker, "solid", style.colour),
    ):
        figure.add_scatter(
            x=frame["distance"],
            y=100 * frame[column],
            name=name,
            mode="lines+markers",
            customdata=frame["position"],
            **theme.drawn(colour, dash, marker),
            **STILL,
            hovertemplate=f"{plain_label(name)}, %{{x}} steps later: %{{y:.1f}} %<extra></extra>",
        )
    for level, words in ((100, None), (50, "half"), (0, None)):
        figure.add_hline(y=level, line={"color": theme.grid(mode), "width": 1}, layer="below")
        if words:
            where = {"xref": "paper", "xanchor": "right", "yanchor": "bottom"}
            add_note(figure, 1, level, words, theme.muted(mode), 12, **where)
    _mark_tokens(figure, frame["token"].tolist())
    figure.update_layout(clickmode="event+select")
    return figure


def _mark_tokens(figure: Figure, tokens: Sequence[str]) -> None:
    """Write the tokens along the axis, each one or, where they are too many, every second, third, ..."""
    every = max(1, math.ceil(len(tokens) / MOST_TICKS))
    positions = list(range(0, len(tokens), every))
    is_short = max((len(token) for token in tokens), default=1) == 1
    figure.update_xaxes(
        tickvals=positions,
        ticktext=[plain_label(visible_token(tokens[position]), LONGEST_TICK) for position in positions],
        tickangle=0 if is_short else -60,
        tickfont={"family": theme.MONOSPACE, "size": 11},
        range=[-0.5, len(tokens) - 0.5],
    )
