"""A tagger's lattice: words as columns, tags as rows, the best ways through; and the matrix of the steps between tags.

Shapes: T words, K tags.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from engine.plotting import theme
from engine.plotting.figure import Figure
from engine.plotting.labels import bold_where, name_columns, name_rows, plain_label, plain_labels, scale_below
from engine.plotting.marks import STILL, add_frame, add_marks, add_targets, add_texts
from engine.plotting.theme import Mode
from engine.wording import decimal, percent

ROW_PIXELS = 34
LARGEST_NODE = 24
SMALLEST_NODE = 5
LETTERS_OF_A_WORD = 11
LETTERS_OF_A_TAG = 9
CELL_PIXELS = 32
FONT_SIZE = 10  # a telephone has some 24 pixels for each of ten columns
MOST_WITH_TENTHS = 12  # columns; of more a telephone has room for whole numbers only
BARRED = -1_000.0  # scores below are rules; they are written as such and left out of the colour scale
PALEST = 0.55  # the ends of the matrix' colours are mixed with the background, so that ink is read on them
_WAYS = (("solid", 4.0, 0.0), ("dash", 2.4, 0.13), ("dot", 2.4, -0.13))  # dash, width, shift in rows, best first


@dataclass(frozen=True)
class DrawnWay:
    """One way through the lattice: its name in the legend, a tag per word, and what is said at each of its words."""

    name: str
    tags: Sequence[str]
    hover: Sequence[str]


def lattice_figure(
    nodes: pd.DataFrame,
    ways: Sequence[DrawnWay],
    tags: Sequence[str],
    *,
    mode: Mode,
    first: int,
    last: int,
    chosen: int | None = None,
) -> Figure:
    """Return words `first` to `last` (from 1) as columns and `tags` as rows: a node's size is its probability, its
    colour its emission.

    Args:
        nodes: one row per word and tag: place (from 1), word, tag, emission, probability, before, transition, sum. A
            node's `customdata` is its place.
        ways: at most three, the best first, each with a tag for every word of the text.
        chosen: the word whose column is framed.

    Raises:
        ValueError: there are more ways than can be told apart.
    """
    if len(ways) > len(_WAYS):
        raise ValueError(f"{len(ways)} ways; at most {len(_WAYS)} can be told apart")
    rows = {tag: row for row, tag in enumerate(tags)}
    shown = nodes[nodes["position"].between(first, last) & nodes["tag"].isin(rows)]
    figure = theme.blank_figure(mode, height=ROW_PIXELS * len(tags) + 226)
    colours = _way_colours(mode)
    for (dash, width, shift), colour, way in reversed(list(zip(_WAYS, colours, ways, strict=False))):
        positions = [position for position in range(first, last + 1) if way.tags[position - 1] in rows]
        figure.add_scatter(
            x=positions,
            y=[rows[way.tags[position - 1]] + shift for position in positions],
            mode="lines",
            name=plain_label(way.name),
            line={"color": colour, "width": width, "dash": dash},
            text=[plain_label(way.hover[position - 1]).replace("\n", "<br>") for position in positions],
            hovertemplate=f"<b>{plain_label(way.name)}</b><br>%{{text}}<extra></extra>",
            legendrank=ways.index(way),
        )
    figure.add_scatter(
        x=shown["position"],
        y=[rows[tag] for tag in shown["tag"]],
        mode="markers",
        name="nodes",
        showlegend=False,
        customdata=shown["position"].tolist(),
        marker={
            "size": SMALLEST_NODE
            + (LARGEST_NODE - SMALLEST_NODE) * np.sqrt(shown["probability"].to_numpy(dtype=float)),
            "color": shown["emission"],
            "colorscale": theme.HEAT_SCALE,
            "opacity": 1,
            "line": {"width": 1.2, "color": theme.muted(mode)},
            "colorbar": scale_below("Emission (nats)", mode, ticks=6) | {"y": -84 / (ROW_PIXELS * len(tags))},
        },
        text=[_node_hover(row) for row in shown.itertuples()],
        hovertemplate="%{text}<extra></extra>",
        **STILL,
    )
    if chosen is not None and first <= chosen <= last:
        around = (chosen - 0.5, chosen + 0.5), (-0.6, len(tags) - 0.4)
        add_frame(figure, *around, theme.accent(mode), layer="below")
    names = shown.drop_duplicates("position")
    figure.update_xaxes(
        tickvals=names["position"].tolist(),
        ticktext=bold_where(plain_labels(names["word"], LETTERS_OF_A_WORD), names["position"] == chosen),
        tickangle=-50,
        range=[first - 0.6, last + 0.6],
        side="top",
        tickfont={"color": theme.ink(mode), "size": 13},
    )
    name_rows(figure, plain_labels(tags), showgrid=None)
    figure.update_layout(
        clickmode="event+select",
        hovermode="closest",
        hoverlabel_align="left",
        margin={"t": 8, "b": 40},
        legend={"y": -0.02, "yanchor": "top", "orientation": "h"},
    )
    return figure


def step_matrix_figure(
    matrix: np.ndarray,
    before: Sequence[str],
    after: Sequence[str],
    is_allowed: np.ndarray,
    *,
    mode: Mode,
    chosen: tuple[str, str] | None = None,
    edited: Sequence[tuple[str, str]] = (),
) -> Figure:
    """Return the scores of the steps from `before` (rows) to `after` (columns), signed by colour and written into the
    cells.

    A small ✕ marks a step that BIO does not allow, a frame the chosen one, a dashed frame the edited ones. A cell's
    `customdata` is "before>after". A score that is a rule is written "never"; nan is no step.
    """
    learned = np.where((matrix > BARRED) & np.isfinite(matrix), matrix, np.nan)
    largest = max(1e-9, float(np.nanmax(np.abs(learned)))) if np.isfinite(learned).any() else 1.0
    figure = theme.blank_figure(mode, height=CELL_PIXELS * len(before) + 130)
    figure.add_heatmap(
        z=learned,
        zmin=-largest,
        zmax=largest,
        colorscale=pale_scale(mode),
        hoverinfo="skip",
        xgap=1,
        ygap=1,
        colorbar=scale_below("Score of the step (nats)", mode, ticks=5),
    )
    cells = [
        (row, column) for row in range(len(before)) for column in range(len(after)) if not np.isnan(matrix[row, column])
    ]
    said = [_step_text(matrix[row, column]) for row, column in cells]
    written = said if len(after) <= MOST_WITH_TENTHS else [_step_text(matrix[row, column], 0) for row, column in cells]
    x, y = [column for _, column in cells], [row for row, _ in cells]
    add_texts(figure, x, y, written, FONT_SIZE, theme.ink(mode), name="scores")
    illegal = [(row, column) for row, column in cells if not is_allowed[row, column]]
    add_marks(
        figure,
        [column + 0.34 for _, column in illegal],
        [row - 0.32 for row, _ in illegal],
        ("x-thin", 5, None),
        {"width": 1.4, "color": theme.ink(mode)},
        hoverinfo="skip",
        showlegend=False,
        name="not allowed",
    )
    spots = {(one, other): (row, column) for row, one in enumerate(before) for column, other in enumerate(after)}
    for name, steps, dash in (("Edited", edited, "dot"), ("Chosen", [chosen] if chosen else [], "solid")):
        for step in steps:
            if step in spots:
                row, column = spots[step]
                around = (column - 0.48, column + 0.48), (row - 0.48, row + 0.48)
                line = {"color": theme.ink(mode), "width": 2.5, "dash": dash}
                add_frame(figure, *around, theme.ink(mode), name=name, line=line)
    text = [
        f"{plain_label(before[row])} to {plain_label(after[column])}: "
        f"{score}{'' if is_allowed[row, column] else ' (not allowed by BIO)'}"
        for (row, column), score in zip(cells, said, strict=True)
    ]
    add_targets(figure, x, y, [f"{before[row]}>{after[column]}" for row, column in cells], text, 22)
    name_columns(figure, plain_labels(after, LETTERS_OF_A_TAG), side="top", tickangle=-50)
    name_rows(figure, plain_labels(before, LETTERS_OF_A_TAG), 0.5)
    figure.update_layout(hovermode="closest", margin={"t": 8, "b": 8})
    return figure


def pale_scale(mode: Mode) -> list[tuple[float, str]]:
    """Return the diverging scale with its ends mixed with the page's background, so that text can be read on all of
    it."""
    ground = _channels(theme.background(mode))
    return [
        (stop, _hex(PALEST * _channels(colour) + (1 - PALEST) * ground if stop in (0.0, 1.0) else ground))
        for stop, colour in theme.diverging_scale(mode)
    ]


def describe_lattice(words: Sequence[str], ways: Sequence[DrawnWay], first: int, last: int) -> str:
    """Return the alternative text of `lattice_figure`: which words are shown and what each way gives the words it
    marks."""
    said = []
    for way in ways:
        inside = [
            f"{words[position - 1]} {way.tags[position - 1]}"
            for position in range(first, last + 1)
            if way.tags[position - 1] != "O"
        ]
        said.append(f"{way.name}: {', '.join(inside) or 'no entity'}")
    return (
        f"Lattice of tags over words {first} to {last} of {len(words)}, with the {len(ways)} best ways. "
        f"{'; '.join(said)}."
    )


def _way_colours(mode: Mode) -> list[str]:
    return [
        theme.architecture_style("lstm", mode).colour,
        theme.architecture_style("rnn", mode).colour,
        theme.ink(mode),
    ]


def _node_hover(row: Any) -> str:  # pandas makes the row's class
    return (
        f"<b>{plain_label(row.word)}</b> as {plain_label(row.tag)}: probability {percent(row.probability)}<br>"
        f"emission {row.emission:+.2f}<br>best way in: from {plain_label(row.before)}, "
        f"{_step_text(row.transition)}<br>sum up to here {row.sum:+.2f}"
    )


def _step_text(score: float, digits: int = 1) -> str:
    if score <= BARRED:
        return "never"
    return decimal(score, digits if abs(score) < 9.95 else 0)


def _channels(colour: str) -> np.ndarray:
    return np.array([int(colour[position : position + 2], 16) for position in (1, 3, 5)], dtype=float)


def _hex(channels: np.ndarray) -> str:
    return "#{:02X}{:02X}{:02X}".format(*np.rint(channels).astype(int))
