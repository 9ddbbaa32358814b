"""Figures of range match: tracks under a text, where matches lie, and what the matched places have in common."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from engine.plotting import theme
from engine.plotting.figure import Figure
from engine.plotting.labels import name_rows, plain_label, plain_labels, scale_below
from engine.plotting.marks import add_frame, add_ring, add_strokes, add_texts, clicked
from engine.plotting.theme import Mode
from engine.plotting.writing.distribution import visible_token
from engine.wording import percent

TRACK_HEIGHT = 24
LETTER_SIZE = 11


def track_rows(
    tokens: Sequence[str], rows: Sequence[tuple[str, np.ndarray, float]], chosen: tuple[int, int], *, mode: Mode
) -> Figure:
    """Return the tokens in one line and under them one row of cells per track, each coloured from 0 to its own highest
    value.

    Args:
        rows: title, value at each token (T,), and highest value of each track.
        chosen: first and last place (not part of it) of the range, framed.
    """
    figure = theme.blank_figure(mode, height=TRACK_HEIGHT * (len(rows) + 1) + 96)
    positions = list(range(len(tokens)))
    titles = [f"{title}, to {highest:g}" if highest not in (0, 1) else title for title, _, highest in rows]
    values = np.array([track for _, track, _ in rows])
    shares = values / np.array([[highest or 1.0] for *_, highest in rows])
    said = plain_labels([visible_token(token) for token in tokens])
    figure.add_heatmap(
        z=shares,
        x=positions,
        y=list(range(1, len(rows) + 1)),
        xgap=1,
        ygap=3,
        **theme.heat_colours(mode),
        customdata=np.stack(
            [values, np.array([[position] * len(positions) for position in range(len(rows))])], axis=-1
        ),
        text=[
            [f"{plain_label(title)} after “{token}”: {value:.2g}" for token, value in zip(said, track, strict=True)]
            for title, track, _ in rows
        ],
        hovertemplate="%{text}<extra></extra>",
        colorbar=scale_below("Share of the row's highest value", mode),
    )
    zeros = [0] * len(positions)
    add_texts(figure, positions, zeros, said, LETTER_SIZE, theme.ink(mode), family=theme.MONOSPACE)
    add_frame(figure, (chosen[0] - 0.5, chosen[1] - 0.5), (-0.5, len(rows) + 0.5), theme.ink(mode))
    figure.update_xaxes(showticklabels=False, range=[-0.5, len(tokens) - 0.5])
    name_rows(figure, ["Text", *plain_labels(titles)], range=[len(rows) + 0.5, -0.6], tickfont_size=12)
    figure.update_layout(margin={"l": 8, "r": 8, "t": 4, "b": 8})
    return figure


def match_positions(
    frame: pd.DataFrame, size: int, chosen: int, *, mode: Mode, architecture: str, height: int = 240
) -> Figure:
    """Return a mark per match: where in the text it begins and how sharp it is; its `customdata` is its number from 1.

    Args:
        frame: `Matches.frame`, best first. size: tokens of the text. chosen: number of the match that is looked at,
            ringed.
    """
    figure = theme.blank_figure(mode, x_title="Place in the text (tokens)", y_title="Score", height=height)
    style = theme.architecture_style(architecture, mode)
    figure.add_scatter(
        x=frame["start"] + 1,
        y=frame["score"],
        customdata=list(range(1, len(frame) + 1)),
        mode="markers",
        showlegend=False,
        text=plain_labels([visible_token(text) for text in frame["text"]], 40),
        marker={"symbol": style.marker, "size": 9, "color": style.colour, "opacity": 0.8},
        **clicked(0.8),
        hovertemplate="match %{customdata}, “%{text}”: score %{y:.2f}<extra></extra>",
        name="matches",
    )
    row = frame.iloc[chosen - 1]
    add_ring(figure, [row["start"] + 1], [row["score"]], theme.ink(mode), 17, 2.5)
    figure.update_xaxes(range=[-0.02 * size, 1.02 * size])
    figure.update_yaxes(range=[min(0.0, float(frame["score"].min())) - 0.05, 1.08])
    figure.update_layout(clickmode="event+select")
    return figure


def describe_match_positions(frame: pd.DataFrame, size: int) -> str:
    """Return the alternative text of `match_positions`: how many matches, and the best of them."""
    best = frame.iloc[0]
    return (
        f"{len(frame):,} matches over {size:,} tokens, by place and score; the best, {best['score']:.2f}, is "
        f"“{visible_token(best['text'])}” "
        f"at token {best['start'] + 1:,}, the last {frame['score'].iloc[-1]:.2f}."
    )


def predicate_shares(frame: pd.DataFrame, *, mode: Mode, architecture: str) -> Figure:
    """Return for each question two marks: the share of matched tokens and of all tokens at which it holds.

    Args:
        frame: rows of `explain_matches` to draw, the first at the top.
    """
    style, rows = theme.architecture_style(architecture, mode), frame.iloc[::-1]
    figure = theme.blank_figure(mode, x_title="Share of the places at which it holds", height=30 * len(frame) + 110)
    labels = plain_labels(rows["question"])
    for label, low, high in zip(labels, rows["overall"], rows["matched"], strict=True):
        add_strokes(figure, [low, high], [label, label], theme.muted(mode), 2)
    figure.add_scatter(
        x=rows["matched"],
        y=labels,
        mode="markers",
        name="In the matches",
        marker={"symbol": style.marker, "size": 11, "color": style.colour},
        hovertemplate="%{y}: %{x:.1%} of the matched places<extra></extra>",
    )
    figure.add_scatter(
        x=rows["overall"],
        y=labels,
        mode="markers",
        name="In the whole text",
        marker={"symbol": "circle-open", "size": 11, "color": theme.muted(mode), "line": {"width": 2}},
        hovertemplate="%{y}: %{x:.1%} of all places<extra></extra>",
    )
    figure.update_xaxes(range=[-0.03, 1.03], tickformat=".0%", showgrid=True)
    return figure


def describe_predicate_shares(frame: pd.DataFrame) -> str:
    """Return the alternative text of `predicate_shares`: both shares of each question."""
    parts = [
        f"{row.question} {percent(row.matched, 0)} in the matches, {percent(row.overall, 0)} in the whole text"
        for row in frame.itertuples()
    ]
    return f"How often questions about a place are answered yes: {'; '.join(parts)}."
