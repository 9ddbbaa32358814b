"""Attention as lines between what was read and what was written, and the weights of one step beside each other.

Shapes: T target, S source, words or pieces.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.plotting import theme
from engine.plotting.figure import Figure, Trace
from engine.plotting.labels import bold_where, plain_label, plain_labels
from engine.plotting.marks import STILL, add_marks, add_strokes, joined
from engine.plotting.theme import Mode
from engine.plotting.translation.attention import MAX_LABEL, name_words

ROW_HEIGHT = 27
THINNEST_WEIGHT = 0.05  # lighter links are left out
WIDEST_LINE = 11.0
WIDTH_CLASSES = 5  # the lines of the steps that are not chosen are drawn in so many widths, a trace each
READ, WRITTEN = 0.0, 1.0


@dataclass(frozen=True)
class Weighting:
    """The weights of one step under one name, as bars or as marks."""

    label: str
    weights: Sequence[float]
    architecture: str


def linked_words(
    source: Sequence[str],
    target: Sequence[str],
    weights: np.ndarray,
    chosen: int,
    positions: Sequence[int] | None = None,
    *,
    mode: Mode,
    architecture: str = "lstm",
) -> Figure:
    """Return what was read on the left, what was written on the right, and lines between them, wide where the weight is
    large.

    The lines of the row `chosen` (from 0) stand out, and so does its mark. A click on a mark gives its row's
    `positions` (default: its number).

    Raises:
        ValueError: the weights (T, S) do not fit the words, or there is no such row.
    """
    weights = np.asarray(weights, dtype=float)
    if weights.shape != (len(target), len(source)) or not 0 <= chosen < len(target):
        raise ValueError(f"weights are {weights.shape} for {len(target)} written and {len(source)} read, row {chosen}")
    longest = max(len(source), len(target))
    read_at, written_at = _spread(len(source), longest), _spread(len(target), longest)
    colour = theme.architecture_style(architecture, mode).colour
    figure = theme.blank_figure(mode, height=90 + ROW_HEIGHT * max(longest, 3))
    ends = READ + 0.03, WRITTEN - 0.03
    for number in range(WIDTH_CLASSES):
        low, high = number / WIDTH_CLASSES, (number + 1) / WIDTH_CLASSES
        in_class = (weights >= max(low, THINNEST_WEIGHT)) & ((weights < high) | (number == WIDTH_CLASSES - 1))
        others = [(row, column) for row, column in np.argwhere(in_class).tolist() if row != chosen]
        if others:
            x = [ends[0], ends[1], None] * len(others)
            y = joined([read_at[column] for _, column in others], [written_at[row] for row, _ in others])
            width = WIDEST_LINE * (low + high) / 2
            add_strokes(figure, x, y, theme.muted(mode), width, opacity=0.4, showlegend=None)
    for column in np.flatnonzero(weights[chosen] >= THINNEST_WEIGHT).tolist():
        y = [read_at[column], written_at[chosen], None]
        width = max(1.5, WIDEST_LINE * weights[chosen, column])
        add_strokes(figure, [*ends, None], y, colour, width, opacity=1.0, showlegend=None)
    _add_read(figure, source, weights[chosen], read_at, mode, colour)
    _add_written(figure, target, weights, written_at, chosen, list(positions or range(len(target))), mode, colour)
    above = {"y": 1.0, "yref": "paper", "yanchor": "bottom", "showarrow": False}
    headings = above | {"font": {"size": 13, "color": theme.muted(mode)}}
    figure.add_annotation(x=READ, xanchor="right", text="read", **headings)
    figure.add_annotation(x=WRITTEN, xanchor="left", text="written", **headings)
    figure.update_xaxes(visible=False, range=[-0.85, 1.85])
    figure.update_yaxes(visible=False, range=[longest - 0.4, -0.6])
    figure.update_layout(margin={"l": 4, "r": 4, "t": 30, "b": 8}, clickmode="event+select", showlegend=False)
    return figure


def _spread(count: int, longest: int) -> np.ndarray:
    """Return the heights of the words of a column, the shorter column as far from the ends as from each other."""
    return (np.arange(count) + 0.5) * longest / count - 0.5


def _add_read(
    figure: Figure, source: Sequence[str], row: np.ndarray, heights: np.ndarray, mode: Mode, colour: str
) -> None:
    is_linked = row >= THINNEST_WEIGHT
    said = [
        f"{label}: {weight:.3f} of the chosen word's attention"
        for label, weight in zip(plain_labels(source), row, strict=True)
    ]
    look = (None, 7, [colour if linked else theme.muted(mode) for linked in is_linked])
    entry = {"name": "read", "textposition": "middle left", "hovertemplate": "%{hovertext}<extra></extra>"}
    text = bold_where(plain_labels(source, MAX_LABEL), is_linked)
    add_marks(figure, [READ] * len(source), heights, look, text=text, hovertext=said, **entry, **_words(mode))


def _add_written(
    figure: Figure,
    target: Sequence[str],
    weights: np.ndarray,
    heights: np.ndarray,
    chosen: int,
    positions: list[int],
    mode: Mode,
    colour: str,
) -> None:
    labels = plain_labels(target, MAX_LABEL)
    is_chosen = [number == chosen for number in range(len(target))]
    look = (
        ["diamond" if here else "circle" for here in is_chosen],
        [15 if here else 10 for here in is_chosen],
        [colour if here else theme.muted(mode) for here in is_chosen],
    )
    add_marks(
        figure,
        [WRITTEN] * len(target),
        heights,
        look,
        textposition="middle right",
        name="written",
        customdata=positions,
        text=[f"<b>{label}</b> ◂" if here else label for label, here in zip(labels, is_chosen, strict=True)],
        hovertext=[
            f"{label}: looked most at number {row.argmax() + 1} ({row.max():.2f})"
            for label, row in zip(plain_labels(target), weights, strict=True)
        ],
        hovertemplate="%{hovertext}. Click to put it on trial<extra></extra>",
        **_words(mode),
    )


def _words(mode: Mode) -> Trace:
    """Return how the words beside the marks of both columns are written."""
    return {"mode": "markers+text", "textfont": {"size": 14, "color": theme.ink(mode)}, "cliponaxis": False, **STILL}


def weight_bars(source: Sequence[str], before: Weighting, after: Weighting, *, mode: Mode) -> Figure:
    """Return the weights of one step over the source twice: as outlined bars before, and as marks after a change.

    Raises:
        ValueError: there is not one weight per word.
    """
    if len(before.weights) != len(source) or len(after.weights) != len(source):
        raise ValueError(f"{len(before.weights)} and {len(after.weights)} weights for {len(source)} words")
    positions, words = list(range(len(source))), plain_labels(source)
    figure = theme.blank_figure(mode, y_title="Attention weight (0 to 1)", height=300)
    grey, style = theme.architecture_style("baseline", mode).colour, theme.architecture_style(after.architecture, mode)
    said = {"text": words, "hovertemplate": "%{text}: %{y:.3f}<extra>%{fullData.name}</extra>"}
    figure.add_bar(
        x=positions,
        y=list(before.weights),
        name=plain_label(before.label),
        textposition="none",
        marker={"color": theme.translucent(grey, 0.35), "line": {"color": grey, "width": 1.5}},
        **said,
    )
    entry = {"name": plain_label(after.label), "cliponaxis": False} | said
    add_marks(figure, positions, list(after.weights), ("diamond", 11, style.colour), **entry)
    name_words(figure, source)
    figure.update_yaxes(range=[0, 1.04])
    return figure


def step_changes(
    pieces: Sequence[str],
    changes: Sequence[tuple[str, str, Sequence[float]]],
    threshold: float,
    chosen: int,
    *,
    mode: Mode,
) -> Figure:
    """Return by how many nats each step's piece becomes likelier (above 0) under each change, a mark per change and
    step.

    Args:
        changes: (name, architecture whose colour and marker it takes, a value per step).
        threshold: changes between it and its negative count as none; drawn as a band.
        chosen: the step, from 0, that is looked at. A click on a mark gives its step's number, from 1.
    """
    figure = theme.blank_figure(mode, y_title="Change in log-probability (nats)", height=340)
    positions = list(range(len(pieces)))
    figure.add_hrect(
        y0=-threshold, y1=threshold, fillcolor=theme.translucent(theme.muted(mode), 0.25), line_width=0, layer="below"
    )
    figure.add_vline(x=chosen, line={"color": theme.ink(mode), "width": 1.5, "dash": "dash"})
    for name, architecture, values in changes:
        style = theme.architecture_style(architecture, mode)
        figure.add_scatter(
            x=positions,
            y=list(values),
            name=plain_label(name),
            text=plain_labels(pieces),
            customdata=[position + 1 for position in positions],
            mode="lines+markers",
            **style.drawn(10, 1.5),
            **STILL,
            hovertemplate="%{text}: %{y:+.2f} nats<extra>%{fullData.name}</extra>",
        )
    name_words(figure, pieces)
    figure.update_layout(clickmode="event+select")
    return figure
