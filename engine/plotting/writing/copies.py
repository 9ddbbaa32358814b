"""Figures of how much of a text is copied, against how long a stretch must be to count."""

from __future__ import annotations

import pandas as pd

from engine.plotting import theme
from engine.plotting.figure import Figure
from engine.plotting.theme import Mode
from engine.wording import percent

THIS_TEXT, UNSEEN_TEXT = "This text", "Text it never read"


def coverage_curve(
    frame: pd.DataFrame, *, mode: Mode, architecture: str = "baseline", minimum: int | None = None, height: int = 320
) -> Figure:
    """Return the share of a text that stands in copied stretches of at least so many characters, beside unseen text.

    Args:
        frame: columns `length` (characters), `share` and `unseen` (0 to 1; nan where it was not measured).
        minimum: the length that counts on the page, marked by a vertical line.
    """
    style, base = theme.architecture_style(architecture, mode), theme.architecture_style("baseline", mode)
    figure = theme.blank_figure(
        mode, x_title="Shortest stretch that counts (characters)", y_title="Text that is copied (%)", height=height
    )
    lines = [(frame["share"], THIS_TEXT, style.colour, "solid", 2.5)]
    if frame["unseen"].notna().any():
        lines.append((frame["unseen"], UNSEEN_TEXT, base.colour, "dash", 2))
    for shares, name, colour, dash, width in lines:
        figure.add_scatter(
            x=frame["length"],
            y=100 * shares,
            name=name,
            mode="lines",
            line={"color": colour, "dash": dash, "width": width, "shape": "hv"},
            hovertemplate="%{x} characters or more: %{y:.1f} %<extra>%{fullData.name}</extra>",
        )
    if minimum is not None:
        figure.add_vline(x=minimum, line={"color": theme.ink(mode), "width": 1.5, "dash": "dot"})
    figure.update_yaxes(rangemode="tozero")
    return figure


def describe_coverage(frame: pd.DataFrame, minimum: int) -> str:
    """Return the alternative text of `coverage_curve`."""
    shortest, chosen = frame.iloc[0], frame[frame["length"] == minimum].iloc[0]
    words = (
        f"In stretches of at least {shortest['length']:.0f} characters {percent(shortest['share'], 0)} of this text "
        "is copied, "
        f"of at least {minimum} {percent(chosen['share'])}"
    )
    if frame["unseen"].isna().all():
        return f"{words}."
    return (
        f"{words}; of text that the network never read {percent(shortest['unseen'], 0)} and "
        f"{percent(chosen['unseen'])}."
    )
