"""Attention as lines between what was read and what was written, and the weights of one step beside each other.

Shapes: T target, S source, words or pieces.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from engine.plotting import theme
from engine.plotting.labels import plain_label, plain_labels
from engine.plotting.theme import Mode

ROW_HEIGHT = 27
MAX_LABEL = 18
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
) -> go.Figure:
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
    for number in range(WIDTH_CLASSES):
        low, high = number / WIDTH_CLASSES, (number + 1) / WIDTH_CLASSES
        in_class = (weights >= max(low, THINNEST_WEIGHT)) & ((weights < high) | (number == WIDTH_CLASSES - 1))
        others = [(row, column) for row, column in np.argwhere(in_class).tolist() if row != chosen]
        _add_lines(figure, others, read_at, written_at, theme.muted(mode), WIDEST_LINE * (low + high) / 2, 0.4)
    for column in np.flatnonzero(weights[chosen] >= THINNEST_WEIGHT).tolist():
        _add_lines(
            figure,
            [(chosen, column)],
            read_at,
            written_at,
            colour,
            max(1.5, WIDEST_LINE * weights[chosen, column]),
            1.0,
        )
    _add_read(figure, source, weights[chosen], read_at, mode, colour)
    _add_written(figure, target, weights, written_at, chosen, list(positions or range(len(target))), mode, colour)
    headings = {
        "y": 1.0,
        "yref": "paper",
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": 13, "color": theme.muted(mode)},
    }
    figure.add_annotation(x=READ, xanchor="right", text="read", **headings)
    figure.add_annotation(x=WRITTEN, xanchor="left", text="written", **headings)
    figure.update_xaxes(visible=False, range=[-0.85, 1.85], fixedrange=True)
    figure.update_yaxes(visible=False, range=[longest - 0.4, -0.6], fixedrange=True)
    figure.update_layout(margin={"l": 4, "r": 4, "t": 30, "b": 8}, clickmode="event+select", showlegend=False)
    return figure


def _spread(count: int, longest: int) -> np.ndarray:
    """Return the heights of the words of a column, the shorter column as far from the ends as from each other."""
    return (np.arange(count) + 0.5) * longest / count - 0.5


def _add_lines(
    figure: go.Figure,
    links: Sequence[tuple[int, int]],
    read_at: np.ndarray,
    written_at: np.ndarray,
    colour: str,
    width: float,
    opacity: float,
) -> None:
    if not links:
        return
    x = [position for _ in links for position in (READ + 0.03, WRITTEN - 0.03, None)]
    y = [height for row, column in links for height in (read_at[column], written_at[row], None)]
    figure.add_scatter(
        x=x, y=y, mode="lines", line={"color": colour, "width": width}, opacity=opacity, hoverinfo="skip"
    )


def _add_read(
    figure: go.Figure, source: Sequence[str], row: np.ndarray, heights: np.ndarray, mode: Mode, colour: str
) -> None:
    is_linked = row >= THINNEST_WEIGHT
    labels = plain_labels(source, MAX_LABEL)
    figure.add_scatter(
        x=[READ] * len(source),
        y=heights,
        mode="markers+text",
        textposition="middle left",
        name="read",
        text=[f"<b>{label}</b>" if linked else label for label, linked in zip(labels, is_linked, strict=True)],
        marker={"size": 7, "color": [colour if linked else theme.muted(mode) for linked in is_linked]},
        textfont={"size": 14, "color": theme.ink(mode)},
        cliponaxis=False,
        hovertext=[
            f"{label}: {weight:.3f} of the chosen word's attention"
            for label, weight in zip(plain_labels(source), row, strict=True)
        ],
        hovertemplate="%{hovertext}<extra></extra>",
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
    )


def _add_written(
    figure: go.Figure,
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
    figure.add_scatter(
        x=[WRITTEN] * len(target),
        y=heights,
        mode="markers+text",
        textposition="middle right",
        name="written",
        customdata=positions,
        text=[f"<b>{label}</b> ◂" if here else label for label, here in zip(labels, is_chosen, strict=True)],
        marker={
            "size": [15 if here else 10 for here in is_chosen],
            "symbol": ["diamond" if here else "circle" for here in is_chosen],
            "color": [colour if here else theme.muted(mode) for here in is_chosen],
        },
        textfont={"size": 14, "color": theme.ink(mode)},
        cliponaxis=False,
        hovertext=[
            f"{label}: looked most at number {row.argmax() + 1} ({row.max():.2f})"
            for label, row in zip(plain_labels(target), weights, strict=True)
        ],
        hovertemplate="%{hovertext}. Click to put it on trial<extra></extra>",
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
    )


def weight_bars(source: Sequence[str], before: Weighting, after: Weighting, *, mode: Mode) -> go.Figure:
    """Return the weights of one step over the source twice: as outlined bars before, and as marks after a change.

    Raises:
        ValueError: there is not one weight per word.
    """
    if len(before.weights) != len(source) or len(after.weights) != len(source):
        raise ValueError(f"{len(before.weights)} and {len(after.weights)} weights for {len(source)} words")
    positions, words = list(range(len(source))), plain_labels(source)
    figure = theme.blank_figure(mode, y_title="Attention weight (0 to 1)", height=300)
    grey, style = theme.architecture_style("baseline", mode).colour, theme.architecture_style(after.architecture, mode)
    figure.add_bar(
        x=positions,
        y=list(before.weights),
        name=plain_label(before.label),
        text=words,
        textposition="none",
        marker={"color": theme.translucent(grey, 0.35), "line": {"color": grey, "width": 1.5}},
        hovertemplate="%{text}: %{y:.3f}<extra>%{fullData.name}</extra>",
    )
    figure.add_scatter(
        x=positions,
        y=list(after.weights),
        name=plain_label(after.label),
        text=words,
        mode="markers",
        marker={"symbol": "diamond", "size": 11, "color": style.colour},
        cliponaxis=False,
        hovertemplate="%{text}: %{y:.3f}<extra>%{fullData.name}</extra>",
    )
    figure.update_xaxes(
        tickvals=positions,
        ticktext=plain_labels(source, MAX_LABEL),
        tickangle=0 if len(source) <= 4 else -45,
        range=[-0.6, len(source) - 0.4],
        fixedrange=True,
    )
    figure.update_yaxes(range=[0, 1.04], fixedrange=True)
    return figure


def step_changes(
    pieces: Sequence[str],
    changes: Sequence[tuple[str, str, Sequence[float]]],
    threshold: float,
    chosen: int,
    *,
    mode: Mode,
) -> go.Figure:
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
            line={"color": style.colour, "dash": style.dash, "width": 1.5},
            marker={"symbol": style.marker, "size": 10, "color": style.colour},
            hovertemplate="%{text}: %{y:+.2f} nats<extra>%{fullData.name}</extra>",
            selected={"marker": {"opacity": 1}},
            unselected={"marker": {"opacity": 1}},
        )
    figure.update_xaxes(
        tickvals=positions,
        ticktext=plain_labels(pieces, MAX_LABEL),
        tickangle=0 if len(pieces) <= 4 else -45,
        range=[-0.6, len(pieces) - 0.4],
        fixedrange=True,
    )
    figure.update_yaxes(fixedrange=True)
    figure.update_layout(clickmode="event+select")
    return figure
