"""Figures of two training runs, with and without clipping: losses and gradient norms, on axes of powers of
ten."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from engine.plotting import theme
from engine.plotting.figure import Figure
from engine.plotting.gradients.gradients import power_axis
from engine.plotting.marks import sparse
from engine.plotting.theme import ArchitectureStyle, Mode

HIGHEST, LOWEST = 12.0, -6.0  # powers of ten; what lies beyond is drawn there
DIVERGED = 10.0  # times the first loss
LABELS = {"free": "Not clipped", "clipped": "Clipped"}


def clipping_losses(frame: pd.DataFrame, *, mode: Mode, updates: int, height: int = 320) -> Figure:
    """Return the losses of both runs against updates, and where one of them diverges; the axis of updates stands still.

    Args:
        frame: columns `run` ("free", "clipped"), `step`, `loss`, `norm_before`, `norm_after`.
    """
    figure = theme.blank_figure(mode, x_title="Update", y_title="Loss (nats)", height=height)
    drawn = [0.0]
    for name, rows, style in _runs(frame, mode):
        y = _log10(rows["loss"])
        drawn += [y.min(), y.max()]
        _add(figure, rows["step"], y, rows["loss"], LABELS[name], style)
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
                marker={"symbol": "x", "size": 13, "color": style.colour, "line": {"width": 1}},
                showlegend=False,
                hoverinfo="skip",
                textfont={"color": theme.ink(mode)},
            )
    power_axis(figure, min(drawn), max(drawn))
    figure.update_xaxes(range=[0, updates * 1.02])
    return figure


def clipping_norms(frame: pd.DataFrame, threshold: float, *, mode: Mode, updates: int, height: int = 320) -> Figure:
    """Return the gradient norm of both runs before clipping, of the clipped one after it, and the
    threshold."""
    figure = theme.blank_figure(mode, x_title="Update", y_title="Gradient norm", height=height)
    drawn = [math.log10(threshold)]
    for name, rows, style in _runs(frame, mode):
        y = _log10(rows["norm_before"])
        drawn += [y.min(), y.max()]
        label = f"{LABELS[name]}, before clipping" if name == "clipped" else LABELS[name]
        _add(figure, rows["step"], y, rows["norm_before"], label, style)
        if name == "clipped":
            after = _log10(rows["norm_after"])
            drawn += [after.min()]
            used = replace(style, label="Clipped, after clipping", dash="dash", marker="line-ew")
            _add(figure, rows["step"], after, rows["norm_after"], used.label, used, 2.5)
    figure.add_hline(y=math.log10(threshold), line={"color": theme.ink(mode), "width": 1, "dash": "dot"})
    power_axis(figure, min(drawn), max(drawn))
    figure.update_xaxes(range=[0, updates * 1.02])
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
    return f"Lines of the gradient norm over updates, before clipping: {parts}. The threshold is {threshold:g}."


def _runs(frame: pd.DataFrame, mode: Mode) -> Iterator[tuple[str, pd.DataFrame, ArchitectureStyle]]:
    """Yield the name, the rows and the look of each run that has any."""
    for style in (
        ArchitectureStyle("free", theme.architecture_style("rnn", mode).colour, "triangle-up", "dot"),
        ArchitectureStyle("clipped", theme.accent(mode), "circle", "solid"),
    ):
        rows = frame[frame["run"] == style.label]
        if len(rows):
            yield style.label, rows, style


def _add(
    figure: Figure,
    x: pd.Series,
    y: np.ndarray,
    values: pd.Series,
    name: str,
    style: ArchitectureStyle,
    width: float = 2,
) -> None:
    figure.add_scatter(
        x=x,
        y=y,
        name=name,
        mode="lines+markers",
        text=[f"{value:.3g}" for value in values],
        **style.drawn(sparse(len(x), len(x) // 12, 7), width),
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
