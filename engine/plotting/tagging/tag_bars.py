"""The tags of one word as bars, the chosen one marked."""

from __future__ import annotations

from collections.abc import Sequence

from engine.plotting import theme
from engine.plotting.figure import Figure
from engine.plotting.labels import name_rows, plain_label
from engine.plotting.theme import Mode
from engine.wording import percent

CHOSEN = "\N{BLACK DIAMOND}"
ROW_HEIGHT = 26


def tag_bars(tags: Sequence[str], probabilities: Sequence[float], chosen: str, *, mode: Mode) -> Figure:
    """Return one bar per tag from top to bottom, with its probability in per cent; the chosen tag carries a diamond and
    the accent."""
    colours = [theme.accent(mode) if tag == chosen else theme.muted(mode) for tag in tags]
    labels = [f"<b>{CHOSEN} {plain_label(tag)}</b>" if tag == chosen else plain_label(tag) for tag in tags]
    figure = theme.blank_figure(mode, x_title="probability, %", height=ROW_HEIGHT * len(tags) + 70)
    figure.add_bar(
        x=[100 * value for value in probabilities],
        y=list(range(len(tags))),
        orientation="h",
        marker={"color": colours},
        text=[percent(value).removesuffix(" %") for value in probabilities],
        textposition="outside",
        cliponaxis=False,
        hovertext=[f"{plain_label(tag)}: {percent(value, 4)}" for tag, value in zip(tags, probabilities, strict=True)],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    name_rows(figure, labels, 0.5)
    figure.update_xaxes(range=[0, 112], tickvals=[0, 25, 50, 75, 100])
    figure.update_layout(showlegend=False, margin={"t": 8})
    return figure
