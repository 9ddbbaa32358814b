"""Figures of connectivity: what the gradient says of each earlier token beside what replacing it really changes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from engine.plotting import theme
from engine.plotting.figure import Figure
from engine.plotting.labels import plain_label
from engine.plotting.theme import Mode
from engine.plotting.writing.text_grid import NARROW, spoken_token, text_grid

FAINTEST = -3.0  # powers of ten of the strongest


def check_curves(frame: pd.DataFrame, architecture: str, *, mode: Mode, height: int = 320) -> Figure:
    """Return two lines over the distance of each earlier token: gradient and measured change, each as a share of its
    largest.

    Args:
        frame: columns `distance`, `token`, `gradient` and `moved`.
    """
    style = theme.architecture_style(architecture, mode)
    figure = theme.blank_figure(
        mode, x_title="Characters before the expected one", y_title="Share of the largest (%)", height=height
    )
    names = [plain_label(spoken_token(token)) for token in frame["token"]]
    looks = (
        ("gradient", "Gradient", theme.drawn(style.colour, "solid", style.marker, width=2.5)),
        ("moved", "Really replaced", theme.drawn(theme.ink(mode), "dot", "x-thin-open")),
    )
    for column, name, look in looks:
        largest = frame[column].max()
        figure.add_scatter(
            x=frame["distance"],
            y=100 * frame[column] / largest if largest > 0 else frame[column],
            name=name,
            mode="lines+markers",
            **look,
            text=[f"{token}: {value:.3g}" for token, value in zip(names, frame[column], strict=True)],
            hovertemplate=f"%{{x}} before, %{{text}}<extra>{name}</extra>",
        )
    figure.update_xaxes(range=[frame["distance"].max() + 0.5, 0.5])
    figure.update_yaxes(range=[-4, 108])
    return figure


def connectivity_grid(tokens: Sequence[str], shares: np.ndarray, position: int, *, mode: Mode, is_log: bool) -> Figure:
    """Return the text with each token before number `position` (from 1) coloured by its share of the strongest; clicks
    carry a token's number.

    With `is_log` colours go by powers of ten down to a thousandth, so that faint ones can be told from none.
    """
    hover = [
        f"{spoken_token(token)}: {100 * share:.2g} % of the strongest"
        if np.isfinite(share)
        else f"{spoken_token(token)}: click to look at what is expected here"
        for token, share in zip(tokens, shares, strict=True)
    ]
    with np.errstate(divide="ignore"):
        values = np.log10(shares).clip(FAINTEST, None) if is_log else shares
    figure = text_grid(
        tokens,
        values,
        mode=mode,
        title_of_values="Strength, in % of the strongest",
        hover=hover,
        limits=(FAINTEST, 0.0) if is_log else (0.0, 1.0),
        width=NARROW,
        marks=[number == position - 1 for number in range(len(tokens))],
        clickable=True,
    )
    ticks = (-3, -2, -1, 0) if is_log else (0, 0.25, 0.5, 0.75, 1)
    names = ["≤ 0.1", "1", "10", "100"] if is_log else ["0", "25", "50", "75", "100"]
    figure.update_traces(colorbar={"tickvals": ticks, "ticktext": names}, kind="heatmap")
    return figure


def describe_check(frame: pd.DataFrame, label: str, correlation: float) -> str:
    """Return the alternative text of `check_curves`: where both lines are highest, and how alike their orders are."""
    by_gradient, by_change = frame.loc[frame["gradient"].idxmax()], frame.loc[frame["moved"].idxmax()]
    alike = "not defined" if pd.isna(correlation) else f"{correlation:.2f}"
    return (
        f"Two lines over {len(frame)} characters of what moves the {label}'s expectation. The gradient is largest at "
        f"{spoken_token(by_gradient['token'])}, {int(by_gradient['distance'])} before; replacing changes most at "
        f"{spoken_token(by_change['token'])}, {int(by_change['distance'])} before. Rank correlation {alike}."
    )
