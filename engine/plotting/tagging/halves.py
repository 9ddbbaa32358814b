"""What each direction of a tagger adds at one word, and how two taggers' errors differ by type and by place in an
entity."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from engine.plotting import theme
from engine.plotting.labels import plain_label, plain_labels
from engine.plotting.theme import Mode

ROW_PIXELS = 30
TAGS_SHOWN = 8
# name: (column, marker, fill)
_HALVES = {
    "forward half (read from the left)": ("forward", "triangle-right"),
    "backward half (read from the right)": ("backward", "triangle-left"),
    "joined, with the bias": ("both", "diamond"),
}


def halves_figure(frame: pd.DataFrame, *, mode: Mode) -> go.Figure:
    """Return per tag a mark for what each half adds and one for the sum; the first TAGS_SHOWN rows, best first.

    Args:
        frame: columns tag, forward, backward, bias, both, in nats above the mean over the tags.
    """
    shown = frame.head(TAGS_SHOWN)
    rows = list(range(len(shown)))
    figure = theme.blank_figure(mode, x_title="nats above the mean of all tags", height=ROW_PIXELS * len(shown) + 130)
    figure.add_scatter(
        x=[part for one, other in zip(shown["forward"], shown["backward"], strict=True) for part in (one, other, None)],
        y=[part for row in rows for part in (row, row, None)],
        mode="lines",
        line={"color": theme.muted(mode), "width": 1},
        hoverinfo="skip",
        showlegend=False,
    )
    colours = {
        "forward": theme.architecture_style("lstm", mode).colour,
        "backward": theme.architecture_style("rnn", mode).colour,
        "both": theme.ink(mode),
    }
    for name, (column, symbol) in _HALVES.items():
        figure.add_scatter(
            x=shown[column],
            y=rows,
            mode="markers",
            name=name,
            marker={"symbol": symbol, "size": 12, "color": colours[column]},
            text=plain_labels(shown["tag"]),
            hovertemplate=f"%{{text}}: %{{x:+.2f}}<extra>{name}</extra>",
        )
    figure.add_vline(x=0, line={"color": theme.muted(mode), "width": 1})
    figure.update_yaxes(
        tickvals=rows, ticktext=plain_labels(shown["tag"]), range=[len(shown) - 0.4, -0.6], fixedrange=True
    )
    figure.update_xaxes(fixedrange=True)
    figure.update_layout(hovermode="closest", margin={"t": 70})
    return figure


def describe_halves(word: str, frame: pd.DataFrame) -> str:
    """Return the alternative text of `halves_figure`: the best tag of each half and of their sum, with the numbers."""
    best = {column: frame.loc[frame[column].idxmax()] for column in ("forward", "backward", "both")}
    return (
        f"What each half adds for each tag of “{word}”, in nats above the mean. The forward half speaks most for "
        f"{best['forward']['tag']} "
        f"({best['forward']['forward']:+.2f}), the backward half for {best['backward']['tag']} "
        f"({best['backward']['backward']:+.2f}), the sum for "
        f"{best['both']['tag']} ({best['both']['both']:+.2f})."
    )


def shares_figure(frame: pd.DataFrame, row: str, names: tuple[str, str], *, mode: Mode, x_title: str) -> go.Figure:
    """Return per row two shares joined by a line: a bidirectional tagger's and a forward-only one's.

    Args:
        frame: columns `row` (what a row is called), share and share_other, 0 to 1.
    """
    rows = list(range(len(frame)))
    figure = theme.blank_figure(mode, x_title=x_title, height=ROW_PIXELS * len(frame) + 110)
    figure.add_scatter(
        x=[
            part
            for one, other in zip(frame["share"], frame["share_other"], strict=True)
            for part in (100 * one, 100 * other, None)
        ],
        y=[part for position in rows for part in (position, position, None)],
        mode="lines",
        line={"color": theme.muted(mode), "width": 2},
        hoverinfo="skip",
        showlegend=False,
    )
    for name, column, architecture in zip(names, ("share", "share_other"), ("lstm_bidirectional", "lstm"), strict=True):
        style = theme.architecture_style(architecture, mode)
        figure.add_scatter(
            x=100 * frame[column],
            y=rows,
            mode="markers",
            name=plain_label(name),
            marker={"symbol": style.marker, "size": 12, "color": style.colour},
            text=plain_labels(frame[row]),
            hovertemplate=f"%{{text}}: %{{x:.1f}} %<extra>{plain_label(name)}</extra>",
        )
    figure.update_yaxes(
        tickvals=rows, ticktext=plain_labels(frame[row]), range=[len(frame) - 0.4, -0.6], fixedrange=True
    )
    figure.update_xaxes(fixedrange=True, rangemode="normal")
    figure.update_layout(hovermode="closest")
    return figure
