"""Figures of truncated back-propagation: what each cut throws away, and what it saves."""

from __future__ import annotations

import numpy as np
import pandas as pd

from engine.plotting import theme
from engine.plotting.figure import Figure
from engine.plotting.gradients.gradients import power_axis
from engine.plotting.marks import add_note, sparse
from engine.plotting.theme import Mode
from engine.wording import percent

LOWEST = -12.0  # powers of ten; what is smaller is drawn there


def reach_curve(
    influence: pd.DataFrame, frame: pd.DataFrame, architecture: str, *, mode: Mode, height: int = 360
) -> Figure:
    """Return the last loss's gradient against the distance, with an upright line where each chunk length cuts it off.

    Args:
        influence: columns `distance`, `norm`.
        frame: columns `length`, `reach`, `kept`.
    """
    style = theme.architecture_style(architecture, mode)
    figure = theme.blank_figure(mode, x_title="Steps back from the last loss", y_title="Gradient", height=height)
    with np.errstate(divide="ignore"):
        y = np.log10(influence["norm"].to_numpy()).clip(LOWEST)
    marks = sparse(len(y), len(y) // 24)
    figure.add_scatter(
        x=influence["distance"],
        y=y,
        mode="lines+markers",
        name=style.label,
        text=[f"{value:.2g}" for value in influence["norm"]],
        hovertemplate="%{x} steps back: %{text}<extra></extra>",
        **theme.drawn(style.colour, None, style.marker, marks),
    )
    for position, row in enumerate(frame.itertuples()):
        figure.add_vline(x=row.reach, line={"color": theme.accent(mode), "width": 1.5, "dash": "dot"})
        # Neighbours keep clear of each other, one up, one down. On a logarithmic axis lines are placed by the value,
        # but notes by its logarithm.
        side = "right" if row.reach > len(y) / 2 else "left"
        where = {"yref": "paper", "yanchor": "bottom", "yshift": 18 * (position % 2), "xanchor": side}
        add_note(figure, np.log10(row.reach), 1, f"{row.length}: {percent(row.kept, 0)}", theme.ink(mode), 13, **where)
    power_axis(figure, float(y.min()), float(max(y.max(), y.min() + 1)))
    ticks = [1, 2, 4, 8, 16, 32, 64, 128, 256]
    figure.update_xaxes(type="log", range=[-0.05, np.log10(len(y)) + 0.05], tickvals=ticks)
    return figure


def cost_bars(
    frame: pd.DataFrame, column: str, title: str, scale: float, architecture: str, *, mode: Mode, height: int = 260
) -> Figure:
    """Return one bar per chunk length of a cost, its value written above it."""
    style = theme.architecture_style(architecture, mode)
    figure = theme.blank_figure(mode, x_title="Steps per chunk", y_title=title, height=height)
    values = frame[column] * scale
    figure.add_bar(
        x=[str(length) for length in frame["length"]],
        y=values,
        marker={"color": style.colour},
        text=[f"{value:.3g}" for value in values],
        textposition="outside",
        cliponaxis=False,
        hovertemplate=f"chunks of %{{x}}: %{{y:.3g}} {title}<extra></extra>",
    )
    figure.update_xaxes(type="category")
    figure.update_yaxes(range=[0, 1.15 * float(values.max())])
    return figure


def describe_truncation(frame: pd.DataFrame) -> str:
    """Return the alternative text of the three figures."""
    parts = [
        f"chunks of {row.length} reach {row.reach} steps back, hold {percent(row.kept, 0)} and keep "
        f"{row.memory_bytes / 2**20:.2g} MiB"
        for row in frame.itertuples()
    ]
    return f"The gradient of the last loss against distance, cut off by chunks: {'; '.join(parts)}."
