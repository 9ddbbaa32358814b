"""Figures of translators that were taught in different ways: learning curves, and forced against free loss."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from engine.plotting import theme
from engine.plotting.labels import plain_label
from engine.plotting.theme import Mode
from engine.plotting.translation.timelines import LineStyle

# All are LSTMs, so no architecture's colour tells them apart; each has a colour, a dash and a marker.
REGIME_STYLES = (
    LineStyle(*theme.SERIES["ink"], "solid", "circle"),
    LineStyle(*theme.SERIES["purple"], "dash", "square"),
    LineStyle(*theme.SERIES["teal"], "dashdot", "diamond"),
    LineStyle(*theme.SERIES["red"], "dot", "triangle-up"),
    LineStyle(*theme.SERIES["muted"], "longdash", "x"),
)


def regime_style(label: str, order: Sequence[str]) -> LineStyle:
    """Return how a regime is drawn: by its place in `order`, those that are not in it all alike."""
    return REGIME_STYLES[min(order.index(label), len(REGIME_STYLES) - 1) if label in order else -1]


def regime_curves(frame: pd.DataFrame, *, mode: Mode, order: Sequence[str], height: int = 600) -> go.Figure:
    """Return two panels over the steps of training: forced and free loss on held-out sentences, mean and band over the
    seeds.

    Args:
        frame: columns `label`, `step` and `forced_mean`, `forced_min`, `forced_max`, `free_mean`, ... (nats per piece).
    """
    titles = ("Forced: reads the reference (nats per piece)", "Free: reads its own words (nats per piece)")
    figure = make_subplots(
        rows=2,
        cols=1,
        shared_xaxes=True,
        subplot_titles=titles,
        vertical_spacing=0.1,
        figure=theme.blank_figure(mode, height=height),
    )
    figure.update_annotations(x=0, xanchor="left", font={"size": 14, "color": theme.muted(mode)})
    for label, rows in frame.groupby("label", sort=False):
        style = regime_style(str(label), order)
        for row, loss in enumerate(("forced", "free"), start=1):
            _add_regime(figure, str(label), rows, loss, row, style, mode)
    figure.update_xaxes(fixedrange=True, rangemode="tozero")
    figure.update_xaxes(title_text="Training step (batches seen)", row=2, col=1)
    figure.update_yaxes(fixedrange=True)
    figure.update_layout(margin_t=72, legend_y=1.08)
    return figure


def _add_regime(
    figure: go.Figure, label: str, rows: pd.DataFrame, loss: str, row: int, style: LineStyle, mode: Mode
) -> None:
    colour, name = style.colour(mode), plain_label(label)
    edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False, "legendgroup": name}
    figure.add_scatter(x=rows["step"], y=rows[f"{loss}_max"], row=row, col=1, **edge)
    fill = {"fill": "tonexty", "fillcolor": theme.translucent(colour, 0.15)}
    figure.add_scatter(x=rows["step"], y=rows[f"{loss}_min"], row=row, col=1, **fill, **edge)
    figure.add_scatter(
        x=rows["step"],
        y=rows[f"{loss}_mean"],
        name=name,
        legendgroup=name,
        showlegend=row == 1,
        mode="lines+markers",
        line={"color": colour, "dash": style.dash, "width": 2},
        marker={"symbol": style.marker, "size": 8, "color": colour},
        hovertemplate="step %{x:,}: %{y:.3f} nats<extra>%{fullData.name}</extra>",
        row=row,
        col=1,
    )


def forced_against_free(frame: pd.DataFrame, *, mode: Mode, order: Sequence[str], height: int = 380) -> go.Figure:
    """Return each seed's free loss above its forced loss, with the line on which both are equal.

    Args:
        frame: columns `label`, `seed`, `forced_loss`, `free_loss` (nats per piece).
    """
    figure = theme.blank_figure(
        mode, x_title="Forced loss (nats per piece)", y_title="Free loss (nats per piece)", height=height
    )
    losses = frame[["forced_loss", "free_loss"]].to_numpy()
    low, high = float(losses.min()), float(losses.max())
    grey = theme.architecture_style("baseline", mode)
    figure.add_scatter(
        x=[low, high],
        y=[low, high],
        mode="lines",
        line={"color": grey.colour, "dash": grey.dash, "width": 1.5},
        name="No exposure gap",
        hoverinfo="skip",
    )
    for label, rows in frame.groupby("label", sort=False):
        style = regime_style(str(label), order)
        figure.add_scatter(
            x=rows["forced_loss"],
            y=rows["free_loss"],
            customdata=rows["seed"],
            mode="markers",
            name=plain_label(str(label)),
            marker={"symbol": style.marker, "size": 13, "color": style.colour(mode)},
            hovertemplate="seed %{customdata}: forced %{x:.3f}, free %{y:.3f} nats<extra>%{fullData.name}</extra>",
        )
    figure.update_xaxes(fixedrange=True)
    figure.update_yaxes(fixedrange=True)
    return figure
