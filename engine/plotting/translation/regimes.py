"""Figures of translators that were taught in different ways: learning curves, and forced against free loss."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from engine.plotting import theme
from engine.plotting.figure import Figure
from engine.plotting.labels import plain_label
from engine.plotting.marks import add_marks, add_strokes, panels
from engine.plotting.theme import LineStyle, Mode

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


def regime_curves(frame: pd.DataFrame, *, mode: Mode, order: Sequence[str], height: int = 600) -> Figure:
    """Return two panels over the steps of training: forced and free loss on held-out sentences, mean and band over the
    seeds.

    Args:
        frame: columns `label`, `step` and `forced_mean`, `forced_min`, `forced_max`, `free_mean`, ... (nats per token).
    """
    titles = ("Forced: reads the reference (nats per token)", "Free: reads its own words (nats per token)")
    figure = panels(titles, mode=mode, height=height, spacing=0.1)
    for label, rows in frame.groupby("label", sort=False):
        style = regime_style(str(label), order)
        for row, loss in enumerate(("forced", "free"), start=1):
            _add_regime(figure, str(label), rows, loss, row, style, mode)
    figure.update_xaxes(rangemode="tozero")
    figure.update_xaxes(title_text="Training step (batches seen)", row=2)
    figure.update_layout(margin_t=72, legend_y=1.08)
    return figure


def _add_regime(
    figure: Figure, label: str, rows: pd.DataFrame, loss: str, row: int, style: LineStyle, mode: Mode
) -> None:
    name, place = plain_label(label), {"row": row}
    low, high, mean = (rows[f"{loss}_{part}"] for part in ("min", "max", "mean"))
    theme.add_band(figure, rows["step"], low, high, theme.translucent(style.colour(mode), 0.15), name, **place)
    figure.add_scatter(
        x=rows["step"],
        y=mean,
        name=name,
        legendgroup=name,
        showlegend=row == 1,
        mode="lines+markers",
        hovertemplate="step %{x:,}: %{y:.3f} nats<extra>%{fullData.name}</extra>",
        **style.drawn(mode),
        **place,
    )


def forced_against_free(frame: pd.DataFrame, *, mode: Mode, order: Sequence[str], height: int = 380) -> Figure:
    """Return each seed's free loss above its forced loss, with the line on which both are equal.

    Args:
        frame: columns `label`, `seed`, `forced_loss`, `free_loss` (nats per token).
    """
    figure = theme.blank_figure(
        mode, x_title="Forced loss (nats per token)", y_title="Free loss (nats per token)", height=height
    )
    losses = frame[["forced_loss", "free_loss"]].to_numpy()
    low, high = float(losses.min()), float(losses.max())
    grey = theme.architecture_style("baseline", mode)
    add_strokes(figure, [low, high], [low, high], grey.colour, 1.5, grey.dash, name="No exposure bias")
    for label, rows in frame.groupby("label", sort=False):
        style = regime_style(str(label), order)
        said = "seed %{customdata}: forced %{x:.3f}, free %{y:.3f} nats<extra>%{fullData.name}</extra>"
        entry = {"name": plain_label(str(label)), "customdata": rows["seed"], "hovertemplate": said}
        look = (style.marker, 13, style.colour(mode))
        add_marks(figure, rows["forced_loss"], rows["free_loss"], look, **entry)
    return figure
