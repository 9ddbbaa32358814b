"""Curves of training runs: losses and what else is measured on the way, of one run or of several side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from engine.plotting import theme
from engine.plotting.figure import Figure, Trace
from engine.plotting.labels import plain_label
from engine.plotting.theme import Mode

X_TITLES = {"step": "Updates", "elapsed_seconds": "Seconds of training"}
HOVER = "%{x:,.4~g}: %{y:.4~g}<extra>%{fullData.name}</extra>"
DASHES = ("solid", "longdashdot", "dot", "longdash")  # of runs of one architecture
SMOOTHED = 0.7  # share of what went before in the drawn training loss
HEADROOM = 1.15


@dataclass(frozen=True)
class RunCurves:
    """One run as it is drawn: what it is called, whose colour it has, and the frames of `engine.runs.Curves`."""

    label: str
    architecture: str
    steps: pd.DataFrame
    evaluations: pd.DataFrame


def run_losses(
    runs: Sequence[RunCurves], *, mode: Mode, x: str = "step", unit: str = "nats per token", height: int = 360
) -> Figure:
    """Return the training loss as a thin line and the validation loss with marks, best ones ringed, a colour per run.

    Args:
        x: "step" or "elapsed_seconds".
    """
    figure = theme.blank_figure(mode, x_title=X_TITLES[x], y_title=f"Loss ({unit})", height=height)
    figure.add_traces([trace for run, dash in _dashed(runs) for trace in _losses(run, dash, x, mode)])
    tops = [run.evaluations["validation_loss"].max() for run in runs if len(run.evaluations)]
    firsts = [run.steps["training_loss"].iloc[0] for run in runs if len(run.steps)]
    highest = max([*tops, *firsts], default=1.0)
    figure.update_layout(
        yaxis={"range": [0, HEADROOM * highest]} if highest == highest else {},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        showlegend=True,
    )
    return figure


def run_measure(
    runs: Sequence[RunCurves], column: str, *, title: str, mode: Mode, x: str = "step", height: int = 240
) -> Figure:
    """Return one measure of one or several runs: a column of the frame that has it."""
    figure = theme.blank_figure(mode, x_title=X_TITLES[x], y_title=title, height=height)
    for run, dash in _dashed(runs):
        frame = run.evaluations if column in run.evaluations else run.steps
        if column in frame and len(frame):
            figure.add_trace(_line(frame[x], frame[column], run.label, run.architecture, dash, mode))
    figure.update_layout(showlegend=len(runs) > 1)
    return figure


def gradient_norms(run: RunCurves, *, mode: Mode, x: str = "step", height: int = 240) -> Figure:
    """Return the norm of the gradient before clipping, and dotted what was left of it, on a logarithmic axis."""
    figure = theme.blank_figure(mode, x_title=X_TITLES[x], y_title="Gradient norm", height=height)
    if len(run.steps):
        for column, label, dash in (
            ("gradient_norm", "before clipping", "solid"),
            ("clipped_gradient_norm", "after clipping", "dot"),
        ):
            figure.add_trace(_line(run.steps[x], run.steps[column], label, run.architecture, dash, mode))
    figure.update_layout(yaxis={"type": "log", "dtick": 1, "exponentformat": "power"}, showlegend=True)
    return figure


def describe_losses(runs: Sequence[RunCurves]) -> str:
    """Return the losses in words: where each run began, where it is, and its best."""
    return " ".join(map(_described, runs)) or "Nothing is measured yet."


def _described(run: RunCurves) -> str:
    if not len(run.steps):
        return f"{run.label}: no update is made yet."
    first, last = run.steps.iloc[0], run.steps.iloc[-1]
    said = (
        f"{run.label}: the training loss went from {first['training_loss']:.2f} to {last['training_loss']:.2f} nats in "
        f"{int(last['step']):,} updates"
    )
    if not len(run.evaluations):
        return f"{said}; nothing is measured on validation data yet."
    best = run.evaluations.loc[run.evaluations["validation_loss"].idxmin()]
    return f"{said}; the lowest validation loss is {best['validation_loss']:.2f}, after update {int(best['step']):,}."


def _losses(run: RunCurves, dash: str, x: str, mode: Mode) -> Iterator[Trace]:
    if len(run.steps):
        smooth = run.steps["training_loss"].ewm(alpha=1 - SMOOTHED).mean()
        line = _line(run.steps[x], smooth, f"{run.label}, training", run.architecture, dash, mode)
        yield line | {"opacity": 0.55, "line": line["line"] | {"width": 1.5}}
    if len(run.evaluations):
        losses = run.evaluations["validation_loss"]
        line = _line(run.evaluations[x], losses, f"{run.label}, validation", run.architecture, dash, mode)
        style = theme.architecture_style(run.architecture, mode)
        marks = style.drawn(8)["marker"]
        yield line | {"mode": "lines+markers", "marker": marks, "line": line["line"] | {"width": 2.5}}


def _line(x: pd.Series, y: pd.Series, label: str, architecture: str, dash: str, mode: Mode) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x.to_numpy(float),
        "y": y.to_numpy(float),
        "name": plain_label(label),
        "line": {"color": theme.architecture_style(architecture, mode).colour, "dash": dash, "width": 2},
        "hovertemplate": HOVER,
    }


def _dashed(runs: Sequence[RunCurves]) -> Iterator[tuple[RunCurves, str]]:
    """Yield each run with its dash: runs of one architecture have one colour."""
    seen: dict[str, int] = {}
    for run in runs:
        number = seen.get(run.architecture, 0)
        seen[run.architecture] = number + 1
        yield run, DASHES[number % len(DASHES)]
