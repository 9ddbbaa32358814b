"""Figures of connectivity: what the gradient says of each earlier token beside what replacing it really changes."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from engine.plotting import theme
from engine.plotting.text_grid import spoken_token
from engine.plotting.labels import plain_label
from engine.plotting.theme import Mode


def check_curves(frame: pd.DataFrame, architecture: str, *, mode: Mode, height: int = 320) -> go.Figure:
    """Return two lines over the distance of each earlier token: gradient and measured change, each as a share of its largest.

    Args:
        frame: columns `distance`, `token`, `gradient` and `moved`.
    """
    style = theme.architecture_style(architecture, mode)
    figure = theme.blank_figure(mode, x_title="Characters before the expected one", y_title="Share of the largest (%)", height=height)
    names = [plain_label(spoken_token(token)) for token in frame["token"]]
    looks = (
        ("gradient", "Gradient", {"color": style.colour, "dash": "solid", "width": 2.5}, {"symbol": style.marker, "size": 8, "color": style.colour}),
        ("moved", "Really replaced", {"color": theme.ink(mode), "dash": "dot", "width": 2}, {"symbol": "x-thin-open", "size": 8, "color": theme.ink(mode)}),
    )  # fmt: skip
    for column, name, line, marker in looks:
        largest = frame[column].max()
        figure.add_scatter(
            x=frame["distance"], y=100 * frame[column] / largest if largest > 0 else frame[column], name=name, mode="lines+markers",
            line=line, marker=marker, text=[f"{token}: {value:.3g}" for token, value in zip(names, frame[column], strict=True)],
            hovertemplate=f"%{{x}} before, %{{text}}<extra>{name}</extra>",
        )  # fmt: skip
    figure.update_xaxes(range=[frame["distance"].max() + 0.5, 0.5], fixedrange=True)
    figure.update_yaxes(range=[-4, 108], fixedrange=True)
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
