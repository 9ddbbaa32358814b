"""Figures of a judgement: every classifier's verdict side by side, and the prediction after each word of a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.plotting import theme
from engine.plotting.figure import Figure, Trace
from engine.plotting.labels import bold_where, name_rows, plain_label, plain_labels
from engine.plotting.marks import STILL
from engine.plotting.theme import LineStyle, Mode

LONGEST_TICK = 14
MOST_TICKS = 60
HALVES = {
    "forward": LineStyle(*theme.SERIES["slate"], "dash", "triangle-right"),
    "backward": LineStyle(*theme.SERIES["amber"], "dot", "triangle-left"),
}


@dataclass(frozen=True)
class BeliefLine:
    """One line of a belief film.

    Attributes:
        name: what the legend calls it.
        kind: "forward" or "backward" for half a network, else the architecture whose colour, dash and marker it has.
        values: belief in "positive" at each frame, 0 to 1.
        is_main: whether it is the line the others stand beside; it is drawn thick and its marks are clicked.
    """

    name: str
    kind: str
    values: Sequence[float]
    is_main: bool = False


def verdict_bars(
    labels: Sequence[str], kinds: Sequence[str], positive: Sequence[float], chosen: int, *, mode: Mode
) -> Figure:
    """Return one bar per classifier, from the even chance in the middle to the probability it gives "positive".

    Args:
        kinds: the architecture of each, for its colour and marker.
        positive: probabilities of "positive", 0 to 1.
        chosen: place of the classifier whose label stands in bold.
    """
    figure = theme.blank_figure(mode, height=58 + 34 * len(labels))
    rows = list(range(len(labels)))
    styles = [theme.architecture_style(kind, mode) for kind in kinds]
    colours = [style.colour for style in styles]
    shares = [100 * value for value in positive]
    figure.add_bar(
        x=[share - 50 for share in shares],
        y=rows,
        base=50,
        orientation="h",
        width=0.5,
        marker={"color": colours},
        showlegend=False,
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=shares,
        y=rows,
        mode="markers+text",
        customdata=[plain_label(label) for label in labels],
        text=[f" {_verdict(share)} " for share in shares],
        textposition=["middle left" if share < 50 else "middle right" for share in shares],
        textfont={"color": theme.ink(mode), "size": 13},
        marker={
            "symbol": [style.marker for style in styles],
            "size": 12,
            "color": colours,
            "line": {"width": 1.5, "color": theme.background(mode)},
        },
        showlegend=False,
        hovertemplate="%{customdata}: %{x:.1f} % positive<extra></extra>",
        cliponaxis=False,
    )
    figure.add_vline(x=50, line={"color": theme.muted(mode), "width": 1.5, "dash": "dot"})
    figure.update_xaxes(range=[-30, 122], tickvals=[0, 50, 100], ticktext=["negative", "even", "positive"], side="top")
    name_rows(figure, bold_where(plain_labels(labels), [row == chosen for row in rows]))
    figure.update_layout(margin={"l": 8, "r": 16, "t": 28, "b": 4})
    return figure


def belief_film(
    words: Sequence[str],
    steps: Sequence[int],
    lines: Sequence[BeliefLine],
    step: int,
    turn: tuple[int, int],
    *,
    mode: Mode,
    height: int = 400,
) -> Figure:
    """Return the belief in "positive" over the words read, one line per half and network.

    Args:
        words: the whole text.
        steps: how many words are read at each frame, rising; one mark per frame.
        step: the frame that is looked at, by its number of words; a vertical line stands there.
        turn: the first and last word, counted from 1, of the turn; a band marks them.
    """
    figure = theme.blank_figure(mode, y_title="Probability of “positive” (%)", height=height)
    positions = np.asarray(steps)
    spoken = [plain_label(words[position - 1], LONGEST_TICK) for position in positions]
    figure.add_vrect(
        x0=turn[0] - 0.5, x1=turn[1] + 0.5, fillcolor=theme.accent(mode), opacity=0.16, line_width=0, layer="below"
    )
    figure.add_hline(y=50, line={"color": theme.muted(mode), "width": 1.5, "dash": "dot"})
    figure.add_vline(x=step, line={"color": theme.ink(mode), "width": 1.5})
    for line in sorted(lines, key=lambda line: line.is_main):
        figure.add_scatter(
            x=positions,
            y=[100 * value for value in line.values],
            name=plain_label(line.name),
            text=spoken,
            customdata=positions,
            mode="lines+markers",
            **_look(line, mode),
            **STILL,
            hovertemplate="after word %{x}, “%{text}”: %{y:.1f} %<extra>%{fullData.name}</extra>",
        )
    every = -(-len(positions) // MOST_TICKS)
    figure.update_xaxes(tickvals=positions[::every], ticktext=spoken[::every], range=[0.5, positions[-1] + 0.5])
    figure.update_yaxes(range=[-3, 103], tickvals=[0, 25, 50, 75, 100])
    return figure


def _look(line: BeliefLine, mode: Mode) -> Trace:
    size, width = (11, 3.5) if line.is_main else (9, 2)
    if line.kind in HALVES:
        look = HALVES[line.kind].drawn(mode, size, width)
    else:
        style = theme.architecture_style(line.kind, mode)
        look = theme.drawn(style.colour, "dash" if line.kind == "average" else "solid", style.marker, size, width)
    return look | {"marker": look["marker"] | {"opacity": 1}}


def _verdict(share: float) -> str:
    return f"{share:.0f} %" if 0.5 <= share < 99.5 else f"{share:.1f} %"
