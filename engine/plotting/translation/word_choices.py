"""Figures of choices: what could stand in place of a written word."""

from __future__ import annotations

import pandas as pd

from engine.plotting import theme
from engine.plotting.figure import Figure
from engine.plotting.labels import plain_label, plain_labels
from engine.plotting.theme import Mode
from engine.wording import percent

ROW_HEIGHT = 34
MAX_LABEL = 22


def word_choice_bars(frame: pd.DataFrame, *, mode: Mode, architecture: str) -> Figure:
    """Return a bar (%) per word that could stand in one place, as
    `engine.inspection.translation.hypotheses.word_alternatives` lists them.

    The word that was written has a filled bar and says so; the others are outlined.
    """
    colour = theme.architecture_style(architecture, mode).colour
    rows = list(range(len(frame)))
    shares = [100 * value for value in frame["probability"]]
    labels = [
        f"{plain_label(word, MAX_LABEL)}{' (written)' if is_written else ''}"
        for word, is_written in zip(frame["word"], frame["is_written"], strict=True)
    ]
    figure = theme.blank_figure(mode, x_title="Probability of the whole word (%)", height=110 + ROW_HEIGHT * len(frame))
    figure.add_bar(
        x=shares,
        y=rows,
        orientation="h",
        marker={
            "color": [colour if is_written else theme.translucent(colour, 0.15) for is_written in frame["is_written"]],
            "line": {"color": colour, "width": 1.5},
        },
        text=[f"{share:.1f}" if share >= 0.05 else "<0.1" for share in shares],
        textposition="outside",
        textfont={"color": theme.ink(mode)},
        cliponaxis=False,
        customdata=plain_labels(frame["pieces"]),
        hovertemplate="%{customdata}: %{x:.2f} %<extra></extra>",
        showlegend=False,
    )
    figure.update_yaxes(tickvals=rows, ticktext=labels, autorange="reversed", automargin=True)
    figure.update_xaxes(range=[0, max(10.0, 1.15 * max(shares, default=0))])
    return figure


def describe_word_choices(frame: pd.DataFrame) -> str:
    """Return the alternative text of `word_choice_bars`: every word with its probability."""
    listed = ", ".join(
        f"“{word}”{' (written)' if is_written else ''} {percent(share)}"
        for word, share, is_written in zip(frame["word"], frame["probability"], frame["is_written"], strict=True)
    )
    return f"Bars of the words that could stand here: {listed}."
