"""Figures of forecasts: a series, its window and horizon, every forecast with the true values; errors by step ahead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.plotting import theme
from engine.plotting.figure import Figure, Property, Trace
from engine.plotting.labels import plain_label
from engine.plotting.theme import LineStyle, Mode

GREY = (theme.BASELINE.on_light, theme.BASELINE.on_dark)
# Without a network: all grey, told apart by dash and marker.
LOOKS = {
    "last": LineStyle(*GREY, "dot", "x"),
    "seasonal": LineStyle(*GREY, "dash", "cross"),
    "drift": LineStyle(*GREY, "dashdot", "triangle-up-open"),
    "theta": LineStyle(*GREY, "longdash", "diamond-open"),
    "ets": LineStyle(*GREY, "longdashdot", "square-open"),
    "sarima": LineStyle(*GREY, "5px 2px", "star-open"),
}
BELOW = {"orientation": "h", "x": 0, "xanchor": "left", "y": -0.18, "yanchor": "top"}
READING = {"hovertemplate": "%{x}: %{y:.4~g}<extra>%{fullData.name}</extra>"}


@dataclass(frozen=True)
class ForecastLine:
    """One forecast as a chart shows it: its name, whose look it has, its values, and the ends of its band or none."""

    name: str
    look: str
    value: np.ndarray
    low: np.ndarray | None = None
    high: np.ndarray | None = None
    is_again: bool = False


def x_values(times: np.ndarray, count: int, ahead: int) -> list[Property]:
    """Return what stands below a chart: dates, or steps counted from the origin, which is 0."""
    if len(times):
        return [str(time).replace("T", " ") for time in times[: count + ahead]]
    return [int(place) for place in range(1 - count, ahead + 1)]


def forecast_chart(
    past: np.ndarray,
    true: np.ndarray,
    lines: Sequence[ForecastLine],
    times: np.ndarray,
    window: int,
    *,
    unit: str,
    mode: Mode,
    height: int = 440,
) -> Figure:
    """Return a series up to an origin, with what is forecast behind it.

    Args:
        past: (P,) values before the origin. true: (H,) those behind it, as far as they are known.
        times: (P + H,) dates, or none.
        window: how many of the last past values are read; they stand on a shaded ground, the horizon on another.
    """
    horizon = max(len(line.value) for line in lines)
    x = x_values(times, len(past), horizon)
    figure = theme.blank_figure(mode, y_title=unit, height=height)
    ground: Trace = {"line_width": 0, "layer": "below"}
    first = max(0, len(past) - window)
    figure.add_vrect(x0=x[first], x1=x[len(past) - 1], fillcolor=theme.translucent(theme.muted(mode), 0.1), **ground)
    figure.add_vrect(
        x0=x[len(past) - 1],
        x1=x[len(past) + horizon - 1],
        fillcolor=theme.translucent(theme.accent(mode), 0.1),
        **ground,
    )
    dark = {"color": theme.ink(mode), "width": 1.8}
    figure.add_scatter(x=x[: len(past)], y=past, mode="lines", name="Past", line=dark, **READING)
    ahead = x[len(past) : len(past) + horizon]
    for line in lines:
        if line.low is not None and line.high is not None:
            colour = theme.translucent(_colour(line, mode), 0.2)
            theme.add_band(figure, ahead, list(line.low), list(line.high), colour, plain_label(line.name))
    if len(true):
        figure.add_scatter(
            x=ahead[: len(true)], y=true, mode="lines", name="True", line=dark | {"width": 2.4}, **READING
        )
    for line in lines:
        figure.add_scatter(
            x=ahead,
            y=line.value,
            mode="lines+markers" if horizon <= 60 else "lines",
            name=plain_label(line.name),
            legendgroup=plain_label(line.name),
            **_look(line, mode),
            **READING,
        )
    figure.update_layout(legend=BELOW, margin={"l": 8, "r": 8, "t": 16, "b": 8})
    return figure


def errors_by_step(lines: Sequence[ForecastLine], *, unit: str, step: str, mode: Mode, height: int = 340) -> Figure:
    """Return the mean absolute error of each forecast by steps ahead."""
    figure = theme.blank_figure(mode, x_title=f"{step.capitalize()}s ahead", y_title=unit, height=height)
    for line in lines:
        figure.add_scatter(
            x=list(range(1, len(line.value) + 1)),
            y=line.value,
            mode="lines+markers",
            name=plain_label(line.name),
            **_look(line, mode),
            **READING,
        )
    figure.update_yaxes(rangemode="tozero")
    figure.update_layout(legend=BELOW | {"y": -0.3}, margin={"l": 8, "r": 8, "t": 16, "b": 8})
    return figure


def look_back_chart(
    lags: np.ndarray, replaced: np.ndarray, gradient: np.ndarray, look: str, *, unit: str, step: str, mode: Mode
) -> Figure:
    """Return what each value of a window changes: by replacing it, and by the gradient as a share of its largest."""
    figure = theme.blank_figure(mode, x_title=f"{step.capitalize()}s before the origin", y_title=unit, height=340)
    style = theme.architecture_style(look, mode)
    figure.add_scatter(
        x=-lags, y=replaced, mode="lines", name="Replaced by the mean", **_line(style.colour, "solid"), **READING
    )
    top = replaced.max() / gradient.max() if gradient.max() else 1.0
    figure.add_scatter(
        x=-lags,
        y=gradient * top,
        mode="lines",
        name="Gradient, drawn to the same height",
        **_line(theme.SERIES["amber"][0 if mode == "light" else 1], "dot"),
        **READING,
    )
    figure.update_yaxes(rangemode="tozero")
    figure.update_layout(legend=BELOW | {"y": -0.3}, margin={"l": 8, "r": 8, "t": 16, "b": 8})
    return figure


def _line(colour: str, dash: str) -> Trace:
    return {"line": {"color": colour, "dash": dash, "width": 2}}


def _colour(line: ForecastLine, mode: Mode) -> str:
    if line.look in LOOKS:
        return LOOKS[line.look].colour(mode)
    return theme.architecture_style(line.look, mode).colour


def _look(line: ForecastLine, mode: Mode) -> Trace:
    if line.look in LOOKS:
        return LOOKS[line.look].drawn(mode, 5, 1.5)
    style = theme.architecture_style(line.look, mode)
    return (style.again() if line.is_again else style).drawn(7, 2.6)
