"""Figures of one translation: where the decoder looked, and how sure it was of each word.

Shapes: T target steps, S source pieces.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.plotting import theme
from engine.plotting.figure import Figure
from engine.plotting.labels import name_columns, name_rows, plain_labels, scale_below
from engine.plotting.marks import STILL, add_ring
from engine.plotting.theme import Mode

ROW_HEIGHT = 28
MAX_LABEL = 18


def attention_heat_map(
    source_tokens: Sequence[str],
    target_tokens: Sequence[str],
    weights: np.ndarray,
    *,
    mode: Mode,
    is_marking_strongest: bool = True,
) -> Figure:
    """Return the attention weights (T, S) as a map: one row per written word, one column per read word.

    A ring marks the strongest place of each row, so that the reading does not rest on colour alone.

    Raises:
        ValueError: the weights do not have one row per target and one column per source token.
    """
    weights = np.asarray(weights, dtype=float)
    if weights.shape != (len(target_tokens), len(source_tokens)):
        raise ValueError(f"weights are {weights.shape}, expected {(len(target_tokens), len(source_tokens))}")
    rows, columns = weights.shape
    row_height = ROW_HEIGHT if rows <= 40 else 16
    height = 210 + row_height * max(rows, 3)
    figure = theme.blank_figure(mode, x_title="As it was read", y_title="As it was written", height=height)
    read = plain_labels(source_tokens)
    hover = [
        [f"{written} looks at {word}: {weight:.3f}" for word, weight in zip(read, row, strict=True)]
        for written, row in zip(plain_labels(target_tokens), weights, strict=True)
    ]
    # Positions, not words, are the axis: a word that occurs twice must keep its own row and column.
    figure.add_heatmap(
        x=list(range(columns)),
        y=list(range(rows)),
        z=weights,
        xgap=1,
        ygap=1,
        **theme.heat_colours(mode),
        text=hover,
        hovertemplate="%{text}<extra></extra>",
        colorbar=scale_below("Attention weight (0 to 1)", mode),
    )
    if is_marking_strongest and weights.size:
        best = weights.argmax(axis=1)
        on_bright = weights[np.arange(rows), best] > 0.5
        inks = ["#00224E" if bright else "#FDEA45" for bright in on_bright]
        entry = {"name": "Strongest place of the row", "showlegend": False}
        add_ring(figure, best, list(range(rows)), inks, 9, **entry)
    size = 13 if max(rows, columns) <= 40 else 9
    look = {"tickfont_size": size, "tickangle": 0 if columns <= 4 else -60, "side": "top"}
    name_columns(figure, plain_labels(source_tokens, MAX_LABEL), **look)
    name_rows(figure, plain_labels(target_tokens, MAX_LABEL), 0.5, tickfont_size=size)
    return figure


def confidence_bars(
    words: Sequence[str],
    probabilities: Sequence[float],
    *,
    mode: Mode,
    architecture: str,
    height: int = 300,
    is_clickable: bool = False,
) -> Figure:
    """Return bars of the probability (%) that the network gave each word it wrote, in order of writing.

    With `is_clickable` a bar's `customdata` is the place of its word, from 0.
    """
    style = theme.architecture_style(architecture, mode)
    positions = list(range(len(words)))
    figure = theme.blank_figure(mode, x_title="Word, in order of writing", y_title="Probability (%)", height=height)
    figure.add_bar(
        x=positions,
        y=[100 * probability for probability in probabilities],
        marker={"color": style.colour},
        text=plain_labels(words),
        textposition="none",
        hovertemplate="%{text}: %{y:.1f} %<extra></extra>",
        showlegend=False,
    )
    if is_clickable:
        figure.update_traces(customdata=positions, **STILL)
        figure.update_layout(clickmode="event+select")
    name_words(figure, words)
    figure.update_yaxes(range=[0, 102])
    return figure


def name_words(figure: Figure, words: Sequence[str]) -> None:
    """Write a word below each column, upright where they are few."""
    name_columns(figure, plain_labels(words, MAX_LABEL), 0.6, tickangle=0 if len(words) <= 4 else -45)
