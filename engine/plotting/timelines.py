"""Figures of two decodings of one sentence, step by step: forced along a reference, and running freely."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from engine.plotting import theme
from engine.plotting.labels import plain_label
from engine.plotting.theme import Mode

STEPS_PER_STRIP = 6
MAX_STEPS = 60
MAX_CELL_CHARACTERS = 12
ROW_HEIGHT = 32


@dataclass(frozen=True)
class Timeline:
    """One row of pieces; `probabilities` colours its cells, None leaves the whole row plain."""

    label: str
    tokens: Sequence[str]
    probabilities: Sequence[float] | None = None


def timeline_strips(timelines: Sequence[Timeline], divergence: int | None, *, mode: Mode) -> go.Figure:
    """Return the timelines as aligned rows of cells, wrapped into strips so that words stay readable on a phone.

    Each cell shows its piece; its colour is the probability the network gave it (0 dark, 1 bright). `divergence` is the
    first step, counted from 0, where the rows differ: a frame marks it. Steps after MAX_STEPS are left out.
    """
    total = min(MAX_STEPS, max((len(line.tokens) for line in timelines), default=0))
    strips = max(1, math.ceil(total / STEPS_PER_STRIP))
    strip_rows = len(timelines) + 1  # the first row of a strip holds the step numbers
    rows = strips * strip_rows
    figure = theme.blank_figure(mode, height=ROW_HEIGHT * rows + 24)
    figure.add_trace(_cells([line for line in timelines if line.probabilities is not None], timelines, rows, mode, True))
    figure.add_trace(_cells([line for line in timelines if line.probabilities is None], timelines, rows, mode, False))
    for step in range(total):
        is_parting = step == divergence
        figure.add_annotation(
            x=step % STEPS_PER_STRIP,
            y=step // STEPS_PER_STRIP * strip_rows,
            text=f"<b>{step + 1}: part here</b>" if is_parting else str(step + 1),
            showarrow=False,
            yshift=-4,
            font={"size": 12, "color": theme.ink(mode) if is_parting else theme.muted(mode)},
        )
    if divergence is not None and divergence < total:
        column, top = divergence % STEPS_PER_STRIP, divergence // STEPS_PER_STRIP * strip_rows
        figure.add_shape(
            type="rect",
            x0=column - 0.5,
            x1=column + 0.5,
            y0=top + 0.5,
            y1=top + len(timelines) + 0.5,
            line={"color": theme.ink(mode), "width": 3},
        )
    figure.update_xaxes(visible=False, range=[-0.52, STEPS_PER_STRIP - 0.48], fixedrange=True)
    figure.update_yaxes(
        tickvals=[strip * strip_rows + row + 1 for strip in range(strips) for row in range(len(timelines))],
        ticktext=[plain_label(line.label) for line in timelines] * strips,
        showgrid=False,
        range=[rows - 0.45, -0.55],
        fixedrange=True,
    )
    figure.update_layout(margin={"l": 8, "r": 8, "t": 4, "b": 4})
    return figure


def log_probability_lines(
    timelines: Sequence[Timeline],
    log_probs: Sequence[Sequence[float]],
    divergence: int | None,
    *,
    mode: Mode,
    architectures: Sequence[str],
    height: int = 320,
) -> go.Figure:
    """Return the log-probability (nats) of each row's piece against the step, with the step where the rows part."""
    figure = theme.blank_figure(mode, x_title="Step (one piece each)", y_title="Log-probability (nats)", height=height)
    for line, values, architecture in zip(timelines, log_probs, architectures, strict=True):
        style = theme.architecture_style(architecture, mode)
        figure.add_scatter(
            x=list(range(1, len(values) + 1)),
            y=list(values),
            text=[plain_label(token) for token in line.tokens],
            name=plain_label(line.label),
            mode="lines+markers",
            line={"color": style.colour, "dash": style.dash, "width": 2},
            marker={"symbol": style.marker, "size": 8, "color": style.colour},
            hovertemplate="step %{x}, “%{text}”: %{y:.2f} nats<extra></extra>",
        )
    if divergence is not None:
        figure.add_vline(
            x=divergence + 1,
            line={"color": theme.muted(mode), "width": 1.5, "dash": "dot"},
            annotation={"text": "they part", "font": {"color": theme.ink(mode)}},
            annotation_position="bottom right",
        )
    longest = max(map(len, log_probs), default=0)
    figure.update_xaxes(dtick=1 if longest <= 20 else None, range=[0.6, longest + 0.4], fixedrange=True)
    figure.update_yaxes(fixedrange=True)
    return figure


def _cells(
    chosen: Sequence[Timeline], timelines: Sequence[Timeline], rows: int, mode: Mode, is_coloured: bool
) -> go.Heatmap:
    """Return the cells of the `chosen` timelines; those of the others stay empty, so that two traces share one grid."""
    strip_rows = len(timelines) + 1
    values: list[list[float | None]] = [[None] * STEPS_PER_STRIP for _ in range(rows)]
    texts = [[""] * STEPS_PER_STRIP for _ in range(rows)]
    hovers = [[""] * STEPS_PER_STRIP for _ in range(rows)]
    for offset, line in enumerate(timelines, start=1):
        if line not in chosen:
            continue
        for step, token in enumerate(line.tokens[:MAX_STEPS]):
            row, column = step // STEPS_PER_STRIP * strip_rows + offset, step % STEPS_PER_STRIP
            share = 0.0 if line.probabilities is None else float(line.probabilities[step])
            values[row][column] = share
            texts[row][column] = plain_label(token, MAX_CELL_CHARACTERS)
            ending = "" if line.probabilities is None else f", probability {share:.3f}"
            hovers[row][column] = f"{plain_label(line.label)}, step {step + 1}: {plain_label(token)}{ending}"
    plain = theme.palette(mode).surface
    return go.Heatmap(
        x=list(range(STEPS_PER_STRIP)),
        y=list(range(rows)),
        z=values,
        zmin=0.0,
        zmax=1.0,
        xgap=3,
        ygap=3,
        colorscale=theme.HEAT_SCALE if is_coloured else [(0.0, plain), (1.0, plain)],
        showscale=False,
        text=texts,
        texttemplate="%{text}",
        textfont={"size": 13},
        customdata=hovers,
        hovertemplate="%{customdata}<extra></extra>",
        hoverongaps=False,
    )
