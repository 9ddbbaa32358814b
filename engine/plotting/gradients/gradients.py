"""Figures of gradients through time: norms and singular values against distance, on axes of powers of ten.

All values come as logarithms to the base of ten, so that a chain of a hundred steps neither overflows nor rounds to
nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from engine.plotting import theme
from engine.plotting.figure import Figure
from engine.plotting.labels import name_columns, plain_label
from engine.plotting.marks import STILL, add_marks, sparse
from engine.plotting.theme import Mode

CEILING, FLOOR = 38.53, -44.85  # largest and smallest number of single precision
MARKED = 12  # marks along a line, so that lines can be told apart without colour
GAIN_TITLE = "Gradient left (1 = all)"


def chain_curves(
    curves: pd.DataFrame,
    *,
    mode: Mode,
    bound: tuple[str, float] | None = None,
    distance: int | None = None,
    x_title: str = "Steps back from the end",
    y_title: str = GAIN_TITLE,
    height: int = 400,
) -> Figure:
    """Return how large a change of the state has become, against the distance over which it was handed on.

    What is larger than any number of single precision is drawn at its edge, with a ∞, and what is smaller with a 0.

    Args:
        curves: columns `architecture`, `distance`, `log10_gain`, and `label` where lines are not named by architecture.
        bound: an architecture and log10 of lambda; lambda to the power of the distance is drawn as a thin dotted line.
        distance: marked by an upright line.
    """
    figure = theme.blank_figure(mode, x_title=x_title, y_title=y_title, height=height)
    last = int(curves["distance"].max())
    by = "label" if "label" in curves else "architecture"
    seen: set[str] = set()
    for _, rows in curves.groupby(by, sort=False):
        architecture = rows["architecture"].iloc[0]
        style = theme.architecture_style(architecture, mode)
        name = plain_label(rows["label"].iloc[0]) if "label" in rows else style.label
        _add_line(figure, rows, name, style, architecture in seen)
        seen.add(architecture)
    if bound is not None and math.isfinite(bound[1]):
        style = theme.architecture_style(bound[0], mode)
        x = np.arange(last + 1)
        y = x * bound[1]
        inside = (y <= CEILING) & (y >= FLOOR)
        figure.add_scatter(
            x=x[inside],
            y=y[inside],
            mode="lines",
            name=f"Bound λ^distance, {style.label}",
            line={"color": theme.muted(mode), "width": 1.5, "dash": "dot"},
            hovertemplate="at distance %{x} at most 1e%{y:.1f}<extra></extra>",
        )
    figure.add_hline(y=0, line={"color": theme.muted(mode), "width": 1})
    if distance is not None:
        figure.add_vline(x=distance, line={"color": theme.accent(mode), "width": 1.5})
    finite = curves["log10_gain"].clip(FLOOR, CEILING)
    power_axis(figure, min(-1.0, finite.min()), max(1.0, finite.max()))
    figure.update_xaxes(range=[0, last * 1.03])
    return figure


def _add_line(figure: Figure, rows: pd.DataFrame, name: str, style: theme.ArchitectureStyle, is_second: bool) -> None:
    """Add one line; a second one of the same architecture is thinner, with open marks."""
    values = rows["log10_gain"].to_numpy(dtype=float)
    inside = (values <= CEILING) & (values >= FLOOR)
    marks = sparse(int(inside.sum()), len(values) // MARKED)
    figure.add_scatter(
        x=rows["distance"][inside],
        y=values[inside],
        name=name,
        legendgroup=name,
        mode="lines+markers",
        text=[_power_text(value) for value in values[inside]],
        **theme.drawn(
            style.colour,
            style.dash,
            f"{style.marker}-open" if is_second else style.marker,
            marks,
            1.2 if is_second else 2.5,
        ),
        hovertemplate="distance %{x}: %{text}<extra>%{fullData.name}</extra>",
    )
    for beyond, edge, sign, position, words in (
        (values > CEILING, CEILING, "∞", "bottom center", "beyond single precision: infinity"),
        (values < FLOOR, FLOOR, "0", "top center", "below single precision: exactly 0"),
    ):
        if beyond.any():
            x = rows["distance"].to_numpy()[beyond]
            figure.add_scatter(
                x=x,
                y=np.full(len(x), edge),
                name=name,
                legendgroup=name,
                showlegend=False,
                mode="lines+text",
                text=[sign, *[""] * (len(x) - 1)],
                textposition=position,
                textfont={"size": 18, "color": style.colour},
                line={"color": style.colour, "dash": "dot", "width": 2},
                hovertemplate=f"distance %{{x}}: {words}<extra>%{{fullData.name}}</extra>",
            )


def singular_values(spectra: pd.DataFrame, architecture: str, *, mode: Mode, height: int = 340) -> Figure:
    """Return the singular values of one architecture's products at a few distances: a short stroke for each.

    Args:
        spectra: columns `architecture`, `distance`, `log10_value`, `is_exact`; those that are not exact are left out.
    """
    style = theme.architecture_style(architecture, mode)
    figure = theme.blank_figure(mode, x_title="Steps back from the end", y_title="Singular values", height=height)
    rows = spectra[(spectra["architecture"] == architecture) & spectra["is_exact"]]
    rows = rows[rows["log10_value"].between(FLOOR, CEILING)]
    distances = sorted(spectra["distance"].unique())
    add_marks(
        figure,
        [distances.index(d) for d in rows["distance"]],
        rows["log10_value"],
        ("line-ew", 22, style.colour),
        {"color": style.colour, "width": 1.5},
        name=style.label,
        text=[f"distance {d}: {_power_text(v)}" for d, v in zip(rows["distance"], rows["log10_value"], strict=True)],
        hovertemplate="%{text}<extra></extra>",
        showlegend=False,
    )
    top = rows.groupby("distance")["log10_value"].max()
    figure.add_scatter(
        x=[distances.index(d) for d in top.index],
        y=top,
        mode="lines+markers",
        name=f"The largest, {style.label}",
        hoverinfo="skip",
        **style.drawn(9),
        showlegend=True,
    )
    figure.add_hline(y=0, line={"color": theme.muted(mode), "width": 1})
    if len(rows):
        power_axis(figure, min(-1.0, rows["log10_value"].min()), max(1.0, rows["log10_value"].max()))
    name_columns(figure, [str(d) for d in distances])
    return figure


def edge_curve(edge: pd.DataFrame, gain: float, *, mode: Mode, height: int = 300) -> Figure:
    """Return the RNN's gain over the whole length against the recurrent gain, the slider's own place marked; clicks
    carry the gain.

    Args:
        edge: columns `gain`, `log10_gain`.
    """
    style = theme.architecture_style("rnn", mode)
    figure = theme.blank_figure(mode, x_title="Recurrent gain", y_title=GAIN_TITLE, height=height)
    y = edge["log10_gain"].clip(FLOOR, CEILING)
    figure.add_scatter(
        x=edge["gain"],
        y=y,
        mode="lines+markers",
        name="RNN, whole length",
        customdata=edge["gain"],
        text=[_power_text(value) for value in edge["log10_gain"]],
        **style.drawn(width=2.5),
        **STILL,
        hovertemplate="gain %{x:.2f}: %{text}<extra></extra>",
    )
    figure.add_hline(y=0, line={"color": theme.muted(mode), "width": 1})
    figure.add_vline(x=gain, line={"color": theme.accent(mode), "width": 2})
    power_axis(figure, min(-1.0, y.min()), max(1.0, y.max()))
    figure.update_xaxes(rangemode="tozero")
    figure.update_layout(clickmode="event+select", showlegend=False)
    return figure


def describe_chain(curves: pd.DataFrame, distance: int) -> str:
    """Return the alternative text of `chain_curves`: each line's value at `distance` and at its end."""
    parts = []
    by = "label" if "label" in curves else "architecture"
    for name, rows in curves.groupby(by, sort=False):
        label = theme.architecture_label(str(name))
        at = rows[rows["distance"] == distance]["log10_gain"]
        here = f"{_power_text(at.iloc[0])} at distance {distance}, " if len(at) else ""
        parts.append(
            f"{label} {here}{_power_text(rows['log10_gain'].iloc[-1])} at distance {rows['distance'].iloc[-1]}"
        )
    return f"Lines on an axis of powers of ten, all from 1 at distance 0: {'; '.join(parts)}."


def describe_edge(edge: pd.DataFrame) -> str:
    """Return the alternative text of `edge_curve`: its ends, and between which gains it crosses 1."""
    first, last = edge.iloc[0], edge.iloc[-1]
    above = edge[edge["log10_gain"] > 0]
    crossing = f"it first exceeds 1 at a gain of {above['gain'].iloc[0]:.2f}" if len(above) else "it never exceeds 1"
    return (
        "A line of how much of the gradient is left over the whole length in an RNN: "
        f"{_power_text(first['log10_gain'])} at a recurrent "
        f"gain of {first['gain']:.2f}, "
        f"{_power_text(last['log10_gain'])} at {last['gain']:.2f}; {crossing}."
    )


def describe_spectra(spectra: pd.DataFrame, architecture: str) -> str:
    """Return the alternative text of `singular_values`: the largest and the median at the first and the last
    distance."""
    rows = spectra[spectra["architecture"] == architecture]
    if rows.empty:
        return "No singular values: nothing is left of the gradient."
    parts = [
        f"at distance {d} the largest is {_power_text(group.max())}, the median {_power_text(group.median())}"
        for d, group in rows.groupby("distance")["log10_value"]
        if d in (rows["distance"].min(), rows["distance"].max())
    ]
    return (
        f"Singular values of the {theme.architecture_label(architecture)}'s product of Jacobians: {'; '.join(parts)}."
    )


def power_axis(figure: Figure, low: float, high: float, ticks: int = 7) -> None:
    """Label a linear axis of logarithms with the numbers they stand for."""
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100) if (high - low) / step <= ticks)
    values = np.arange(math.floor(low / step) * step, math.ceil(high / step) * step + 1, step)
    room = 0.06 * (high - low)
    figure.update_yaxes(
        tickvals=values, ticktext=power_labels(values), range=[low - room, high + 2 * room], fixedrange=True
    )


def power_labels(exponents: Sequence[float] | np.ndarray) -> list[str]:
    """Return the labels of powers of ten: 1, 10, 0.01, and 1e-10 where it is far away."""
    return [f"{10.0**value:g}" if -3 <= value <= 3 else f"1e{value:+.0f}" for value in exponents]


def _power_text(value: float) -> str:
    if not math.isfinite(value):
        return "exactly 0" if value < 0 else "infinity" if value > 0 else "not measured"
    if -3 <= value < 4:
        return f"{10**value:.3g}"
    exponent = math.floor(value)
    return f"{10 ** (value - exponent):.1f}e{exponent:+d}"
