"""Figures of test sentences: one mark per sentence, by its length and score or by the scores of two networks."""

from __future__ import annotations

import pandas as pd

from engine.plotting import theme
from engine.plotting.figure import Figure
from engine.plotting.labels import plain_label
from engine.plotting.marks import add_ring, add_strokes, clicked
from engine.plotting.theme import Mode

MARK = 7  # pixels across


def score_map(
    frame: pd.DataFrame,
    *,
    mode: Mode,
    architecture: str,
    label: str,
    other_label: str = "",
    listed: int = 0,
    height: int = 420,
) -> Figure:
    """Return a mark per sentence: chrF against source words or, with `other_label`, against the other network's chrF.

    Args:
        frame: columns index, source_words, chrf, and chrf_other with `other_label`; the first `listed` rows are ringed.

    A mark's `customdata` is the sentence's index. On the dashed line both networks score the same.
    """
    colour = theme.architecture_style(architecture, mode).colour
    x, x_title = frame["source_words"], "Length of the source (words)"
    if other_label:
        x, x_title = frame["chrf_other"], plain_label(f"chrF of “{other_label}” (0 to 100)")
    figure = theme.blank_figure(
        mode, x_title=x_title, y_title=plain_label(f"chrF of “{label}” (0 to 100)"), height=height
    )
    if other_label:
        add_strokes(figure, [0, 100], [0, 100], theme.muted(mode), 1, "dash")
    hover = [
        f"sentence {index + 1:,}: {words} words, chrF {chrf:.1f}"
        for index, words, chrf in zip(frame["index"], frame["source_words"], frame["chrf"], strict=True)
    ]
    figure.add_scatter(
        x=x,
        y=frame["chrf"],
        mode="markers",
        marker={"size": MARK, "color": colour, "opacity": 0.75, "line": {"width": 0}},
        **clicked(0.75),
        customdata=[int(index) for index in frame["index"]],
        text=hover,
        hovertemplate="%{text}<extra></extra>",
        name="sentences",
        showlegend=False,
    )
    if listed:
        first = frame.head(listed)
        look = {"name": "listed", "showlegend": False}
        add_ring(figure, x.head(listed), first["chrf"], theme.ink(mode), 2 * MARK, 1.5, **look)
    figure.update_layout(clickmode="event+select")
    figure.update_yaxes(range=[-3, 103])
    return figure
