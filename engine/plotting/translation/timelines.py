"""Figures of two decodings of one sentence, step by step: forced along a reference, and running freely."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from engine.aggregation import MEAN_AND_RANGE
from engine.plotting import theme
from engine.plotting.curves import add_baseline
from engine.plotting.figure import Figure, Trace
from engine.plotting.labels import plain_label, plain_labels, scale_below
from engine.plotting.marks import STILL, add_frame, add_marks, add_targets, add_texts, panels
from engine.plotting.theme import LineStyle, Mode

OVER_SEEDS = MEAN_AND_RANGE
STEPS_PER_STRIP = 6
MAX_STEPS = 60
MAX_CELL_CHARACTERS = 12
ROW_HEIGHT = 32
PARTING = "\N{BLACK DOWN-POINTING TRIANGLE}"
DIFFERS = "\N{NOT EQUAL TO} "
READS = {True: "the reference's token", False: "its own token"}
DARK_TEXT, LIGHT_TEXT = "#000000", "#FFFFFF"


# All runs are of one network, so no architecture's colour is theirs: ink, accent and grey, each with a marker and a
# dash.
RUN_STYLES = {
    "Forced": LineStyle(*theme.SERIES["ink"], "solid", "square"),
    "Yours": LineStyle(*theme.SERIES["amber"], "dash", "diamond"),
    "Free": LineStyle(*theme.SERIES["muted"], "dot", "circle-open"),
}


@dataclass(frozen=True)
class Timeline:
    """One row of pieces; None leaves a place empty.

    Attributes:
        probabilities: colour of each cell, 0 to 1; None leaves the whole row plain.
        expected: what each piece should have been; a piece that differs is marked with an unequal sign.
    """

    label: str
    tokens: Sequence[str | None]
    probabilities: Sequence[float | None] | None = None
    expected: Sequence[str | None] | None = None

    def cell_text(self, step: int) -> str:
        """Return the label of one cell."""
        token = self.tokens[step] or ""
        expected = None if self.expected is None or step >= len(self.expected) else self.expected[step]
        return (DIFFERS if expected not in (None, token) else "") + plain_label(token, MAX_CELL_CHARACTERS)


@dataclass(frozen=True)
class Switches:
    """A row of switches: after each step, what is read next.

    Attributes:
        told: whether it is the reference's piece; None where there is nothing to choose.
        steps: the number of each step from 1, which a click brings as `customdata`.
    """

    told: Sequence[bool | None]
    steps: Sequence[int | None]


def timeline_strips(
    timelines: Sequence[Timeline],
    divergence: int | None,
    *,
    mode: Mode,
    switches: Switches | None = None,
    numbers: Sequence[int | None] | None = None,
) -> Figure:
    """Return the timelines as aligned rows of cells, wrapped into strips so that a phone can show them.

    Each cell shows its piece; its colour is the probability the network gave it (0 dark, 1 bright). `divergence` is the
    first
    column, counted from 0, where the rows differ: a frame marks it. Columns after MAX_STEPS are left out.

    Args:
        switches: a row of marks after the first timeline; the others follow below it.
        numbers: the number above each column, None for none; else they count from 1.
    """
    total = min(MAX_STEPS, max((len(line.tokens) for line in timelines), default=0))
    strips = max(1, math.ceil(total / STEPS_PER_STRIP))
    switch_row = None if switches is None else 2
    offsets = [row if switch_row is None or row < switch_row else row + 1 for row in range(1, len(timelines) + 1)]
    strip_rows = offsets[-1] + 1  # the first row of a strip holds the step numbers
    rows = strips * strip_rows
    figure = theme.blank_figure(mode, height=ROW_HEIGHT * rows + 84)
    # One trace per colour of text, as plotly gives all cells of a heat map the same one.
    figure.add_traces(
        [
            _cells(timelines, offsets, rows, strip_rows, mode, text_colour)
            for text_colour in (LIGHT_TEXT, DARK_TEXT, None)
        ]
    )
    given = list(range(1, total + 1)) if numbers is None else list(numbers[:total])
    places = [(step % STEPS_PER_STRIP, step // STEPS_PER_STRIP * strip_rows) for step in range(total)]
    above = [_number(number, step == divergence) for step, number in enumerate(given)]
    inks = [theme.ink(mode) if step == divergence else theme.muted(mode) for step in range(total)]
    add_texts(figure, [column for column, _ in places], [top + 0.12 for _, top in places], above, 12, inks)
    if divergence is not None and divergence < total:
        column, top = places[divergence]
        around = (column - 0.5, column + 0.5), (top + 0.5, top + strip_rows - 0.5)
        add_frame(figure, *around, theme.ink(mode), 3)
    if switches is not None and switch_row is not None:
        _add_switches(figure, switches, total, strip_rows, switch_row, mode)
    labels = {offset: plain_label(line.label) for offset, line in zip(offsets, timelines, strict=True)}
    if switch_row:
        labels[switch_row] = "Reads next"
    figure.update_xaxes(visible=False, range=[-0.52, STEPS_PER_STRIP - 0.48])
    figure.update_yaxes(
        tickvals=[strip * strip_rows + row for strip in range(strips) for row in sorted(labels)],
        ticktext=[labels[row] for row in sorted(labels)] * strips,
        showgrid=False,
        range=[rows - 0.45, -0.55],
    )
    figure.update_layout(margin={"l": 8, "r": 8, "t": 4, "b": 4})
    return figure


def forcing_curves(
    losses: Mapping[str, Sequence[float]],
    divergences: Mapping[str, Sequence[float]],
    pieces: Sequence[str],
    divergence: int | None,
    *,
    mode: Mode,
    styles: Mapping[str, LineStyle],
    height: int = 460,
) -> Figure:
    """Return two panels over the steps: what each piece of the reference cost (nats), and how far expectations are off
    (nats).

    Args:
        losses, divergences: values of each run by its name, one per step; a run is drawn with `styles[name]`.
        pieces: of the reference, for the hover text.
        divergence: step from 0 where the free run leaves the reference, marked in both panels.
    """
    titles = ("Loss of the reference's token (nats)", "Difference from the forced row's prediction: KL (nats)")
    figure = panels(titles, mode=mode, height=height, spacing=0.13)
    for row, curves in enumerate((losses, divergences), start=1):
        for name, values in curves.items():
            figure.add_scatter(
                x=list(range(1, len(values) + 1)),
                y=list(values),
                text=plain_labels(pieces),
                name=plain_label(name),
                legendgroup=name,
                showlegend=row == 1,
                mode="lines+markers",
                hovertemplate="step %{x}, “%{text}”: %{y:.2f} nats<extra>%{fullData.name}</extra>",
                **styles[name].drawn(mode),
                row=row,
            )
    if divergence is not None:
        figure.add_vline(x=divergence + 1, line={"color": theme.muted(mode), "width": 1.5, "dash": "dot"})
    figure.update_xaxes(dtick=1 if len(pieces) <= 20 else None, range=[0.6, len(pieces) + 0.4])
    figure.update_xaxes(title_text="Step (one token each)", row=2)
    figure.update_yaxes(rangemode="tozero")
    figure.update_layout(margin_t=64, legend_y=1.1)
    return figure


def coin_curve(frame: pd.DataFrame, chosen: tuple[float, float] | None, *, mode: Mode, height: int = 300) -> Figure:
    """Return the loss of the reference against the share of told steps: each seed a dot, their mean a line.

    Args:
        frame: columns `teacher_forcing_ratio`, `seed`, `nats_per_token`.
        chosen: ratio and loss of the run that is looked at, ringed.
    """
    figure = theme.blank_figure(mode, x_title="Teacher forcing ratio", y_title="Loss (nats per token)", height=height)
    style = RUN_STYLES["Yours"]
    ratios, losses = frame["teacher_forcing_ratio"], frame["nats_per_token"]
    middle = losses.groupby(ratios).agg(OVER_SEEDS.middle)
    one = {"name": "One seed each", "hovertemplate": "seed %{customdata}: %{y:.2f} nats<extra></extra>"}
    add_marks(figure, ratios, losses, ("circle-open", 7, theme.muted(mode)), customdata=frame["seed"], **one)
    figure.add_scatter(
        x=middle.index,
        y=middle,
        mode="lines+markers",
        name=f"{OVER_SEEDS.middle.capitalize()} over the seeds",
        hovertemplate=f"{OVER_SEEDS.middle} %{{y:.2f}} nats<extra></extra>",
        **theme.drawn(style.colour(mode), None, style.marker, 9),
    )
    if chosen is not None:
        ratio, loss = chosen
        yours = {"name": "Your row", "hovertemplate": "your row: %{y:.2f} nats<extra></extra>"}
        add_marks(figure, [ratio], [loss], ("x-thin", 13, None), {"width": 3, "color": theme.ink(mode)}, **yours)
    figure.update_xaxes(range=[-0.05, 1.05], tickformat=".0%")
    figure.update_yaxes(rangemode="tozero")
    return figure


def divergence_bars(
    steps: Sequence[int], values: Sequence[float], threshold: float, *, mode: Mode, height: int = 220
) -> Figure:
    """Return a bar per step of how far expectations are off (nats), with the threshold below which they count as the
    same."""
    figure = theme.blank_figure(mode, x_title="Step", y_title="Off by (nats)", height=height)
    colour = RUN_STYLES["Yours"].colour(mode)
    figure.add_bar(
        x=list(steps),
        y=list(values),
        marker={"color": colour},
        showlegend=False,
        hovertemplate="step %{x}: %{y:.2f} nats<extra></extra>",
    )
    add_baseline(figure, threshold, mode, f"Hardly felt: {threshold:g} nats")
    figure.update_xaxes(dtick=1 if len(steps) <= 20 else None)
    figure.update_yaxes(rangemode="tozero")
    figure.update_layout(showlegend=True)
    return figure


def _number(number: int | None, is_parting: bool) -> str:
    if number is None:
        return PARTING if is_parting else ""
    return f"<b>{number} {PARTING}</b>" if is_parting else str(number)


def _add_switches(figure: Figure, switches: Switches, total: int, strip_rows: int, row: int, mode: Mode) -> None:
    """Draw a filled square where the reference is read, and a ring where the own piece is."""
    positions = [position for position, flag in enumerate(switches.told[:total]) if flag is not None]
    told = [bool(switches.told[position]) for position in positions]
    words = [
        f"after step {switches.steps[position]} it reads {READS[flag]}; a click changes it"
        for position, flag in zip(positions, told, strict=True)
    ]
    symbols = ["square" if flag else "circle-open" for flag in told]
    mark = {"symbol": symbols, "size": 17, "color": theme.accent(mode)}
    add_targets(
        figure,
        [position % STEPS_PER_STRIP for position in positions],
        [position // STEPS_PER_STRIP * strip_rows + row for position in positions],
        [switches.steps[position] for position in positions],
        words,
        17,
        marker=mark | {"line": {"width": 2.5, "color": theme.accent(mode)}},
        name="switches",
        **STILL,
    )


def _cells(
    timelines: Sequence[Timeline],
    offsets: Sequence[int],
    rows: int,
    strip_rows: int,
    mode: Mode,
    text_colour: str | None,
) -> Trace:
    """Return the cells whose text has this colour (None: those without a probability), the others empty."""
    values: list[list[float | None]] = [[None] * STEPS_PER_STRIP for _ in range(rows)]
    texts = [[""] * STEPS_PER_STRIP for _ in range(rows)]
    hovers = [[""] * STEPS_PER_STRIP for _ in range(rows)]
    for offset, line in zip(offsets, timelines, strict=True):
        for step, token in enumerate(line.tokens[:MAX_STEPS]):
            if token is None:
                continue
            share = None if line.probabilities is None else line.probabilities[step]
            if text_colour != (None if share is None else readable_text(share)):
                continue
            row, column = step // STEPS_PER_STRIP * strip_rows + offset, step % STEPS_PER_STRIP
            values[row][column] = 0.0 if share is None else share
            texts[row][column] = line.cell_text(step)
            ending = "" if share is None else f", probability {share:.3f}"
            hovers[row][column] = f"{plain_label(line.label)}, step {step + 1}: {plain_label(token)}{ending}"
    plain = theme.palette(mode).surface
    return dict(
        type="heatmap",
        x=list(range(STEPS_PER_STRIP)),
        y=list(range(rows)),
        z=values,
        xgap=3,
        ygap=3,
        **theme.heat_colours(mode) | ({} if text_colour else {"colorscale": [(0.0, plain), (1.0, plain)]}),
        showscale=text_colour == DARK_TEXT,
        colorbar=scale_below("Probability of the token (0 to 1)", mode),
        text=texts,
        texttemplate="%{text}",
        textfont={"size": 13, "color": text_colour or theme.ink(mode)},
        customdata=hovers,
        hovertemplate="%{customdata}<extra></extra>",
        hoverongaps=False,
    )


def heat_colour(share: float) -> str:
    """Return the colour of a value from 0 to 1 on the heat scale as "#RRGGBB"."""
    return theme.mixed_colours(theme.HEAT_SCALE, [share])[0]


def readable_text(share: float) -> str:
    """Return the colour of text that stands out most from a cell of this value."""
    return DARK_TEXT if share > _first_bright() else LIGHT_TEXT


@functools.cache
def _first_bright() -> float:
    """Return the value above which dark text reads better; one is enough, as the scale only gets lighter."""
    steps = [step / 200 for step in range(201)]
    is_bright = [theme.contrast(DARK_TEXT, heat_colour(s)) > theme.contrast(LIGHT_TEXT, heat_colour(s)) for s in steps]
    return steps[is_bright.index(True)] - 1 / 400
