"""Curves of measured comparisons: medians and ranges over seeds, baselines dashed, a unit on every axis."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd

from engine.plotting import theme
from engine.plotting.figure import Figure, Trace
from engine.plotting.labels import plain_label
from engine.plotting.marks import add_key, error_bars
from engine.plotting.theme import Mode

WRONG_ANSWERS = "Wrong answers (%)"
WITHOUT_MEMORY = "Without memory"
HEADROOM = 1.6  # a chart ends this much above the largest median, or above the baseline
FLOOR = 1e-6  # what is smaller, nothing included, is drawn here on a logarithmic axis, which has no place for nothing
Numbers = Sequence[float | None] | np.ndarray
# Ten names above a chart would push it out of view.
BELOW = {"orientation": "h", "x": 0, "xanchor": "left", "y": -0.2, "yanchor": "top"}
READING = {"hovertemplate": "%{x:,.4~g}: %{y:.4~g}<extra>%{fullData.name}</extra>"}


def measure_against_length(
    table: pd.DataFrame,
    *,
    mode: Mode,
    y_title: str = WRONG_ANSWERS,
    x_title: str = "Sequence length",
    column: str = "error",
    is_log_x: bool = True,
    is_log_y: bool = False,
    height: int = 460,
) -> Figure:
    """Return a measure against sequence length: a line per architecture through the medians, bars from best to worst
    seed.

    One trace per architecture, however many seeds there are. Lines are moved a little sideways, so that equal ones stay
    visible.

    Args:
        table: columns `architecture`, `length`, `error_median`, `error_min`, `error_max`, `runs`, `solved_runs`,
            `baseline_error`.
        column: "error", or "updates" for the updates until solved (`updates_median`, ...), which have no baseline.
        is_log_y: errors of zero are then drawn at half the smallest error that is not zero.
    """
    figure = theme.blank_figure(mode, x_title=x_title, y_title=y_title, height=height)
    names, lengths = in_legend_order(table["architecture"]), sorted(table["length"].unique())
    floor = _floor(table[f"{column}_min"]) if is_log_y else None
    traces = []
    for position, name in enumerate(names):
        line = table[table["architecture"] == name].sort_values("length")
        middle, low, high = (_at_least(line[f"{column}_{part}"], floor) for part in ("median", "min", "max"))
        x = _beside(line["length"].to_numpy(float), lengths, position - (len(names) - 1) / 2, len(names), is_log_x)
        traces.append(
            architecture_trace(x, middle, name, mode)
            | {
                "error_y": error_bars(middle, low, high, theme.architecture_style(name, mode).colour),
                "customdata": line[
                    ["length", *(f"{column}_{part}" for part in ("median", "min", "max")), "solved_runs", "runs"]
                ].to_numpy(float),
                "hovertemplate": "length %{customdata[0]}: %{customdata[1]:.4~g} (%{customdata[2]:.4~g} to "
                "%{customdata[3]:.4~g}), "
                "solved by %{customdata[4]} of %{customdata[5]} seeds<extra>%{fullData.name}</extra>",
            }
        )
    highest = chart_top(table, column, table["baseline_error"].max() if column == "error" else None)
    if column == "error":
        traces.append(baseline_trace(table, is_log_x, mode))
    figure.add_traces([*traces, *beyond_traces(beyond_top(table, column, highest, "length"), highest, mode)])
    margin = 0.12 if len(lengths) < 2 else 0.0
    figure.update_layout(
        xaxis={
            "tickvals": lengths,
            "ticktext": [f"{length:,}" for length in lengths],
            "type": "log" if is_log_x else "linear",
        }
        | ({"range": _around(lengths[0], margin, is_log_x)} if margin else {}),
        yaxis=scale(
            [pd.Series(floor), table[f"{column}_max"].clip(upper=highest)], is_log_y, [-0.03 * highest, 1.04 * highest]
        ),
        legend=BELOW,
    )
    return figure


def loss_curves(
    table: pd.DataFrame,
    *,
    mode: Mode,
    x: str = "step",
    x_title: str = "Updates",
    unit: str = "nats per answer",
    baseline: float | None = None,
    is_log_x: bool = False,
    is_log_y: bool = False,
    height: int = 460,
) -> Figure:
    """Return the loss on held-out examples while networks train: medians over seeds with bands, or every seed as a thin
    line.

    A band is one closed shape, and all seeds of an architecture are one broken line. The axis ends a little above the
    largest median or the baseline: a seed that diverged beyond it is marked at the edge, not drawn to scale.

    Args:
        table: `architecture`, the column named by `x`, and either `loss_median`, `loss_min`, `loss_max`, or `seed` and
            `loss`.
        baseline: loss of a network without memory, drawn dashed.
    """
    figure = theme.blank_figure(mode, x_title=x_title, y_title=f"Loss ({unit})", height=height)
    draw = (
        _seed_lines
        if "seed" in table
        else partial(_band_and_line, opacity=0.16 if table["architecture"].nunique() < 5 else 0.09)
    )
    traces = [
        trace
        for name in in_legend_order(table["architecture"])
        for trace in draw(table[table["architecture"] == name], x, name, mode)
    ]
    if baseline is not None and len(table):
        ends = [float(table[x].min()), float(table[x].max())]
        traces.append(baseline_line(ends, [baseline, baseline], mode))
    top = chart_top(table, "loss", baseline)
    figure.add_traces([*traces, *beyond_traces(beyond_top(table, "loss", top, x), top, mode)])
    losses = [table[name].clip(upper=top) for name in ("loss", "loss_min", "loss_max") if name in table]
    figure.update_layout(
        xaxis=scale([table[x]], is_log_x), yaxis=scale(losses, is_log_y, [0, 1.04 * top], 1.04 * top), legend=BELOW
    )
    return figure


def chart_top(table: pd.DataFrame, column: str, baseline: float | None = None) -> float:
    """Return where the axis of a chart over seeds ends: at its largest value, but only a little above the largest
    median or the baseline.

    Args:
        table: `<column>_median`, or `seed`, `step` and the column itself, whose medians over the seeds are then taken.
    """
    if f"{column}_median" in table:
        medians = table[f"{column}_median"]
    else:
        medians = table.groupby(["architecture", "step"])[column].median()
    usual = max(value for value in [*medians, baseline or 0.0, 1e-9] if np.isfinite(value))
    largest = table[f"{column}_max" if f"{column}_max" in table else column]
    return float(min(max([usual, *largest[np.isfinite(largest)]]), HEADROOM * usual))


def beyond_top(table: pd.DataFrame, column: str, top: float, x: str) -> pd.DataFrame:
    """Return `architecture`, `x` and `value` of the largest value of each architecture that lies above `top`."""
    largest = f"{column}_max" if f"{column}_max" in table else column
    rows = table[table[largest] > top].sort_values(largest).groupby("architecture").last().reset_index()
    return pd.DataFrame({"architecture": rows["architecture"], "x": rows[x], "value": rows[largest].astype(float)})


def beyond_sentence(beyond: pd.DataFrame, *, kind: str = "loss") -> str:
    """Return which architectures have a seed above the chart, and how far it goes; "" where none has."""
    parts = [f"{theme.architecture_in_text(row.architecture)} up to {row.value:.3g}" for row in beyond.itertuples()]
    return f"A seed's {kind} leaves the chart where a triangle stands at its top: {', '.join(parts)}." if parts else ""


def beyond_traces(beyond: pd.DataFrame, top: float, mode: Mode) -> list[Trace]:
    """Return the marks at the upper edge of a chart for `beyond_top`'s rows, as plain values."""
    return [
        {
            "type": "scatter",
            "x": [row.x],
            "y": [top],
            "mode": "markers",
            "name": plain_label(theme.architecture_style(row.architecture, mode).label),
            "legendgroup": row.architecture,
            "showlegend": False,
            "cliponaxis": False,
            "marker": {
                "symbol": "triangle-up",
                "size": 13,
                "color": theme.architecture_style(row.architecture, mode).colour,
            },
            "hovertemplate": f"a seed goes up to {row.value:.3g}<extra>%{{fullData.name}}</extra>",
        }
        for row in beyond.itertuples()
    ]


def scale(
    values: Sequence[pd.Series],
    is_logarithmic: bool,
    linear_range: Sequence[float] | None = None,
    top: float | None = None,
) -> Trace:
    """Return an axis for values of zero or more, from zero on or over `linear_range`; a logarithmic one has ticks at 1,
    2 and 5, or at powers of ten over many decades, and ends at `top` where one is given."""
    if not is_logarithmic:
        return {"range": linear_range} if linear_range else {"rangemode": "tozero"}
    numbers = np.concatenate([column.to_numpy(float) for column in values])
    numbers = numbers[np.isfinite(numbers) & (numbers > 0)]
    if not len(numbers):
        return {"type": "log"}
    low, high = np.log10(numbers.min()), np.log10(numbers.max())
    digits = (1, 2, 5) if high - low < 2.5 else (1,)
    ticks = [digit * 10.0**power for power in range(int(np.floor(low)) - 1, int(np.ceil(high)) + 1) for digit in digits]
    axis = {"type": "log", "tickvals": ticks, "ticktext": [f"{tick:,.10g}" for tick in ticks]}
    return axis if top is None else axis | {"range": [low - 0.04 * (np.log10(top) - low), np.log10(top)]}


def decades(top: float) -> Trace:
    """Return a logarithmic axis from `FLOOR` up to `top`, a power of ten, with a tick at each whole one."""
    powers = [power for power in range(-6, 4) if power <= top]
    words = ["≤ 0.000001", *(f"{10.0**power:.5f}".rstrip("0").rstrip(".") for power in powers[1:])]
    return {"type": "log", "range": [-6.2, top], "tickvals": [10.0**power for power in powers], "ticktext": words}


def _band_and_line(own: pd.DataFrame, x: str, name: str, mode: Mode, opacity: float) -> list[Trace]:
    own = own.sort_values(x)
    positions = own[x].to_numpy(float)
    style = theme.architecture_style(name, mode)
    band = {
        "type": "scatter",
        "x": np.concatenate([positions, positions[::-1]]),
        "y": np.concatenate([own["loss_max"], own["loss_min"][::-1]]),
        "mode": "lines",
        "line": {"width": 0},
        "fill": "toself",
        "fillcolor": theme.translucent(style.colour, opacity),
        "hoverinfo": "skip",
        "showlegend": False,
        "legendgroup": name,
    }
    return [band, architecture_trace(positions, own["loss_median"], name, mode, is_marked=len(own) <= 40) | READING]


def _seed_lines(own: pd.DataFrame, x: str, name: str, mode: Mode) -> list[Trace]:
    positions, losses, seeds = [], [], []
    for seed, line in own.sort_values(["seed", x]).groupby("seed"):
        positions += [*line[x].astype(float), None]
        losses += [*line["loss"].astype(float), None]
        seeds += [seed] * (len(line) + 1)
    trace = architecture_trace(positions, losses, name, mode, is_marked=False)
    trace["line"] = trace["line"] | {"width": 1}
    hover = "seed %{customdata}, %{x:,.4~g}: %{y:.4~g}<extra>%{fullData.name}</extra>"
    return [trace | {"customdata": seeds, "hovertemplate": hover}]


def bleu_against_length(
    frame: pd.DataFrame,
    *,
    mode: Mode,
    labels: dict[str, str],
    architectures: dict[str, str],
    height: int = 340,
) -> Figure:
    """Return BLEU against source length, one line per model.

    Args:
        frame: columns `model`, `bucket` (source words, as text, shortest first), `sentences`, `bleu`.
        labels: model name to legend text.
        architectures: model name to the architecture whose colour, marker and dash it takes.
    """
    figure = theme.blank_figure(
        mode, x_title="Length of the source sentence (words)", y_title="BLEU (0 to 100)", height=height
    )
    for model, line in frame.groupby("model", sort=False):
        style = theme.architecture_style(architectures.get(model, "baseline"), mode)
        figure.add_scatter(
            x=line["bucket"].astype(str),
            y=line["bleu"],
            customdata=line["sentences"],
            name=plain_label(labels.get(model, model)),
            mode="lines+markers",
            **style.drawn(9),
            hovertemplate="%{x} words: BLEU %{y:.1f} on %{customdata} sentences<extra>%{fullData.name}</extra>",
        )
    figure.update_xaxes(type="category")
    figure.update_yaxes(rangemode="tozero")
    return figure


def add_baseline(figure: Figure, value: float, mode: Mode, name: str = WITHOUT_MEMORY) -> Figure:
    """Add a dashed grey line across the figure, named in the legend, where it hides no other line."""
    line = theme.architecture_style("baseline", mode).drawn(width=1.5)["line"]
    figure.add_hline(y=value, line=line)
    add_key(figure, name, mode="lines", line=line)
    return figure


def in_legend_order(architectures: Sequence[str] | pd.Series) -> list[str]:
    """Return the distinct architectures in the order of all legends; unknown ones follow alphabetically."""
    known = theme.architecture_names()
    return sorted(set(architectures), key=lambda name: (known.index(name) if name in known else len(known), name))


def architecture_trace(x: Numbers, y: Numbers, name: str, mode: Mode, is_marked: bool = True) -> Trace:
    """Return an architecture's line as plain values: building a figure of these takes a sixth of the time of
    add_scatter."""
    style = theme.architecture_style(name, mode)
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "name": plain_label(style.label),
        "legendgroup": name,
        "mode": "lines+markers" if is_marked else "lines",
        **style.drawn(),
    }


def baseline_trace(table: pd.DataFrame, is_log_x: bool, mode: Mode) -> Trace:
    """Return the dashed line of the best answer without memory through `length` and `baseline_error` of a table."""
    line = table.drop_duplicates("length").sort_values("length")
    x, y = line["length"].to_numpy(float), line["baseline_error"].to_numpy(float)
    if len(x) == 1:
        low, high = _around(x[0], 0.12, is_log_x)
        x, y = np.array([10**low, 10**high] if is_log_x else [low, high]), np.repeat(y, 2)
    return baseline_line(x, y, mode)


def baseline_line(x: Numbers, y: Numbers, mode: Mode) -> Trace:
    """Return the dashed line of what can be had without memory, as plain values."""
    line = theme.architecture_style("baseline", mode).drawn(width=1.5)["line"]
    said = {"name": WITHOUT_MEMORY, "hovertemplate": f"{WITHOUT_MEMORY}: %{{y:.4~g}}<extra></extra>"}
    return {"type": "scatter", "x": x, "y": y, "mode": "lines", "line": line} | said


def _beside(own: np.ndarray, lengths: Sequence[float], position: float, lines: int, is_logarithmic: bool) -> np.ndarray:
    """Return the lengths moved a little for the line at `position` (0: middle), so that equal lines stay visible."""
    scale = np.log10 if is_logarithmic else np.asarray
    positions = scale(np.asarray(lengths, float))
    gap = np.diff(positions).min() if len(positions) > 1 else 0.2 * (1.0 if is_logarithmic else positions[0])
    step = 0.4 * gap / max(lines, 8)
    if len(positions) > 1:  # two lengths are a whole chart apart: no mark may look as if it stood at another length
        step = min(step, 0.02 * (positions[-1] - positions[0]))
    moved = scale(own) + step * position
    return 10**moved if is_logarithmic else moved


def _around(length: float, share: float, is_logarithmic: bool) -> list[float]:
    """Return the ends of an axis around a single length, in the axis's own terms."""
    return (
        [np.log10(length) - share, np.log10(length) + share]
        if is_logarithmic
        else [length * (1 - share), length * (1 + share)]
    )


def _floor(values: pd.Series) -> float:
    """Return what stands for zero on a logarithmic axis: half of the smallest value that is not zero."""
    above = values[values > 0]
    return float(above.min()) / 2 if len(above) else 0.1


def _at_least(values: pd.Series, floor: float | None) -> np.ndarray:
    numbers = values.to_numpy(float)
    return numbers if floor is None else np.maximum(numbers, floor)
