"""Figures of two training runs, with and without clipping: losses and lengths of gradients, on axes of powers of
ten."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from engine.plotting import theme
from engine.plotting.gradients.gradients import power_axis
from engine.plotting.theme import Mode

HIGHEST, LOWEST = 12.0, -6.0  # powers of ten; what lies beyond is drawn there
DIVERGED = 10.0  # times the first loss
Look = dict[str, str | float]
LABELS = {"free": "Not clipped", "clipped": "Clipped"}


def clipping_losses(frame: pd.DataFrame, *, mode: Mode, updates: int, height: int = 320) -> go.Figure:
    """Return the losses of both runs against updates, and where one of them diverges; the axis of updates stands still.

    Args:
        frame: columns `run` ("free", "clipped"), `step`, `loss`, `norm_before`, `norm_after`.
    """
    figure = theme.blank_figure(mode, x_title="Update", y_title="Loss (nats)", height=height)
    drawn = [0.0]
    for name, look in _looks(mode).items():
        rows = frame[frame["run"] == name]
        if rows.empty:
            continue
        y = _log10(rows["loss"])
        drawn += [y.min(), y.max()]
        _add(figure, rows["step"], y, rows["loss"], LABELS[name], look)
        lost = _first_lost(rows)
        if lost is not None:
            position = rows["step"].tolist().index(lost)
            figure.add_scatter(
                x=[lost],
                y=[y[position]],
                mode="markers+text",
                text=[f"diverges at update {lost}"],
                textposition="middle right",
                cliponaxis=False,
                marker={"symbol": "x", "size": 13, "color": look["colour"], "line": {"width": 1}},
                showlegend=False,
                hoverinfo="skip",
                textfont={"color": theme.ink(mode)},
            )
    power_axis(figure, min(drawn), max(drawn))
    figure.update_xaxes(range=[0, updates * 1.02], fixedrange=True)
    return figure


def clipping_norms(frame: pd.DataFrame, threshold: float, *, mode: Mode, updates: int, height: int = 320) -> go.Figure:
    """Return the length of the gradient of both runs before clipping, of the clipped one after it, and the
    threshold."""
    figure = theme.blank_figure(mode, x_title="Update", y_title="Length of the gradient", height=height)
    drawn = [math.log10(threshold)]
    for name, look in _looks(mode).items():
        rows = frame[frame["run"] == name]
        if rows.empty:
            continue
        y = _log10(rows["norm_before"])
        drawn += [y.min(), y.max()]
        _add(
            figure,
            rows["step"],
            y,
            rows["norm_before"],
            f"{LABELS[name]}, as it came" if name == "clipped" else LABELS[name],
            look,
        )
        if name == "clipped":
            after = _log10(rows["norm_after"])
            drawn += [after.min()]
            _add(
                figure,
                rows["step"],
                after,
                rows["norm_after"],
                "Clipped, as it was used",
                look | {"dash": "dash", "width": 2.5, "symbol": "line-ew"},
            )
    figure.add_hline(y=math.log10(threshold), line={"color": theme.ink(mode), "width": 1, "dash": "dot"})
    power_axis(figure, min(drawn), max(drawn))
    figure.update_xaxes(range=[0, updates * 1.02], fixedrange=True)
    return figure


def describe_losses(frame: pd.DataFrame) -> str:
    """Return the alternative text of `clipping_losses`."""
    parts = []
    for name, label in LABELS.items():
        rows = frame[frame["run"] == name]
        if len(rows):
            lost = _first_lost(rows)
            end = f"diverges at update {lost}" if lost is not None else f"ends at {rows['loss'].iloc[-1]:.2f}"
            parts.append(f"{label.lower()} begins at {rows['loss'].iloc[0]:.2f} nats and {end}")
    return f"Lines of the loss over updates: {'; '.join(parts)}."


def describe_norms(frame: pd.DataFrame, threshold: float) -> str:
    """Return the alternative text of `clipping_norms`."""
    largest = {name: rows["norm_before"].max() for name, rows in frame.groupby("run")}
    parts = ", ".join(f"{LABELS[str(name)].lower()} up to {value:.3g}" for name, value in largest.items())
    return f"Lines of the gradient's length over updates, before clipping: {parts}. The threshold is {threshold:g}."


def _looks(mode: Mode) -> dict[str, Look]:
    return {
        "free": {
            "colour": theme.architecture_style("rnn", mode).colour,
            "dash": "dot",
            "width": 2,
            "symbol": "triangle-up",
        },
        "clipped": {"colour": theme.accent(mode), "dash": "solid", "width": 2, "symbol": "circle"},
    }


def _add(figure: go.Figure, x: pd.Series, y: np.ndarray, values: pd.Series, name: str, look: Look) -> None:
    every = max(1, len(x) // 12)
    figure.add_scatter(
        x=x,
        y=y,
        name=name,
        mode="lines+markers",
        text=[f"{value:.3g}" for value in values],
        line={"color": look["colour"], "dash": look["dash"], "width": look["width"]},
        marker={
            "symbol": look["symbol"],
            "color": look["colour"],
            "size": [7 if position % every == 0 else 0.1 for position in range(len(x))],
        },
        hovertemplate="update %{x}: %{text}<extra>%{fullData.name}</extra>",
    )


def _first_lost(rows: pd.DataFrame) -> int | None:
    lost = ~(rows["loss"] <= DIVERGED * rows["loss"].iloc[0]) | ~np.isfinite(rows["norm_before"])
    return int(rows["step"][lost].iloc[0]) if lost.any() else None


def _log10(values: pd.Series) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.nan_to_num(np.log10(values.to_numpy(dtype=float)), nan=HIGHEST, posinf=HIGHEST, neginf=LOWEST).clip(
            LOWEST, HIGHEST
        )
