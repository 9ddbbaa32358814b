"""Figures of two decodings of one sentence, step by step: forced along a reference, and running freely."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.colors
import plotly.graph_objects as go

from engine.plotting import theme
from engine.plotting.labels import plain_label, scale_below
from engine.plotting.theme import Mode

STEPS_PER_STRIP = 6
MAX_STEPS = 60
MAX_CELL_CHARACTERS = 12
ROW_HEIGHT = 32
PARTING = "\N{BLACK DOWN-POINTING TRIANGLE}"
DIFFERS = "\N{NOT EQUAL TO} "
DARK_TEXT, LIGHT_TEXT = "#000000", "#FFFFFF"


@dataclass(frozen=True)
class Timeline:
    """One row of pieces.

    Attributes:
        probabilities: colour of each cell, 0 to 1; None leaves the whole row plain.
        expected: what each piece should have been; a piece that differs is marked with an unequal sign.
    """

    label: str
    tokens: Sequence[str]
    probabilities: Sequence[float] | None = None
    expected: Sequence[str] | None = None

    def cell_text(self, step: int) -> str:
        """Return the label of one cell."""
        is_other = (
            self.expected is not None
            and step < len(self.expected)
            and self.tokens[step] != self.expected[step]
        )
        return (DIFFERS if is_other else "") + plain_label(self.tokens[step], MAX_CELL_CHARACTERS)


def timeline_strips(timelines: Sequence[Timeline], divergence: int | None, *, mode: Mode) -> go.Figure:
    """Return the timelines as aligned rows of cells, wrapped into strips so that a phone can show them.

    Each cell shows its piece; its colour is the probability the network gave it (0 dark, 1 bright). `divergence`
    is the first step, counted from 0, where the rows differ: a frame marks it. Steps after MAX_STEPS are left out.
    """
    total = min(MAX_STEPS, max((len(line.tokens) for line in timelines), default=0))
    strips = max(1, math.ceil(total / STEPS_PER_STRIP))
    strip_rows = len(timelines) + 1  # the first row of a strip holds the step numbers
    rows = strips * strip_rows
    figure = theme.blank_figure(mode, height=ROW_HEIGHT * rows + 84)
    # One trace per colour of text, as plotly gives all cells of a heat map the same one.
    figure.add_traces(
        [_cells(timelines, rows, mode, text_colour) for text_colour in (LIGHT_TEXT, DARK_TEXT, None)]
    )
    figure.add_scatter(
        x=[step % STEPS_PER_STRIP for step in range(total)],
        y=[step // STEPS_PER_STRIP * strip_rows + 0.12 for step in range(total)],
        mode="text",
        text=[
            f"<b>{step + 1} {PARTING}</b>" if step == divergence else str(step + 1) for step in range(total)
        ],
        textfont={
            "size": 12,
            "color": [theme.ink(mode) if step == divergence else theme.muted(mode) for step in range(total)],
        },
        hoverinfo="skip",
        showlegend=False,
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
    """Return the log-probability (nats) of each row's piece against the step, the parting step marked."""
    figure = theme.blank_figure(
        mode, x_title="Step (one piece each)", y_title="Log-probability (nats)", height=height
    )
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


def _cells(timelines: Sequence[Timeline], rows: int, mode: Mode, text_colour: str | None) -> go.Heatmap:
    """Return the cells whose text has this colour (None: those without a probability), the others empty."""
    strip_rows = len(timelines) + 1
    values: list[list[float | None]] = [[None] * STEPS_PER_STRIP for _ in range(rows)]
    texts = [[""] * STEPS_PER_STRIP for _ in range(rows)]
    hovers = [[""] * STEPS_PER_STRIP for _ in range(rows)]
    for offset, line in enumerate(timelines, start=1):
        for step, token in enumerate(line.tokens[:MAX_STEPS]):
            share = None if line.probabilities is None else float(line.probabilities[step])
            if text_colour != (None if share is None else readable_text(share)):
                continue
            row, column = step // STEPS_PER_STRIP * strip_rows + offset, step % STEPS_PER_STRIP
            values[row][column] = 0.0 if share is None else share
            texts[row][column] = line.cell_text(step)
            ending = "" if share is None else f", probability {share:.3f}"
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
        colorscale=theme.HEAT_SCALE if text_colour else [(0.0, plain), (1.0, plain)],
        showscale=text_colour == DARK_TEXT,
        colorbar=scale_below("Probability of the piece (0 to 1)", mode),
        text=texts,
        texttemplate="%{text}",
        textfont={"size": 13, "color": text_colour or theme.ink(mode)},
        customdata=hovers,
        hovertemplate="%{customdata}<extra></extra>",
        hoverongaps=False,
    )


def heat_colour(share: float) -> str:
    """Return the colour of a value from 0 to 1 on the heat scale as "#RRGGBB"."""
    colour = plotly.colors.sample_colorscale(theme.HEAT_SCALE, [min(max(share, 0.0), 1.0)])[0]
    red, green, blue = (round(float(part)) for part in plotly.colors.unlabel_rgb(colour))
    return f"#{red:02X}{green:02X}{blue:02X}"


def readable_text(share: float) -> str:
    """Return the colour of text that stands out most from a cell of this value."""
    return DARK_TEXT if share > _first_bright() else LIGHT_TEXT


@functools.cache
def _first_bright() -> float:
    """Return the value above which dark text reads better; one is enough, as the scale only gets lighter."""
    steps = [step / 200 for step in range(201)]
    is_bright = [
        theme.contrast(DARK_TEXT, heat_colour(s)) > theme.contrast(LIGHT_TEXT, heat_colour(s)) for s in steps
    ]
    return steps[is_bright.index(True)] - 1 / 400
