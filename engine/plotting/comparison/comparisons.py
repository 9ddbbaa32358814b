"""Figures of a whole comparison: who solves what, errors against cost with the Pareto front, loss by learning rate,
parameters."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from engine.plotting import theme
from engine.plotting.curves import (
    BELOW,
    HEADROOM,
    READING,
    architecture_trace,
    baseline_line,
    beyond_top,
    beyond_traces,
    chart_top,
    in_legend_order,
    scale,
)
from engine.plotting.figure import Figure
from engine.plotting.labels import name_columns, name_rows, plain_label, plain_labels
from engine.plotting.marks import error_bars, points
from engine.plotting.theme import Mode

ROW_HEIGHT = 26
STATES = (
    "solved by every seed",
    "solved by some seeds",
    "not solved, but better than a guess",
    "no better than a guess",
)
_SYMBOLS = dict(zip(STATES, ("circle", "circle-open-dot", "circle-open", "x-thin"), strict=True))


def solved_dots(table: pd.DataFrame, *, mode: Mode, titles: Mapping[str, str]) -> Figure:
    """Return a map of tasks at their lengths (rows) and architectures (columns): a mark for how many seeds solved it.

    The clear winner of a row has a ring. A click gives task and length.

    Args:
        table: columns `task`, `length`, `architecture`, `runs`, `solved_runs`, `is_best`, `is_beyond_guess`.
        titles: what the tasks are called.
    """
    names = in_legend_order(table["architecture"])
    rows = table[["task", "length"]].drop_duplicates()
    row_of = {(row.task, row.length): position for position, row in enumerate(rows.itertuples())}
    y = np.array([row_of[(row.task, row.length)] for row in table.itertuples()])
    x = np.array([names.index(name) for name in table["architecture"]])
    states = solved_states(table)
    figure = theme.blank_figure(mode, height=110 + ROW_HEIGHT * len(rows))
    columns = table[["task", "length", "architecture", "solved_runs", "runs"]].assign(
        architecture=[theme.architecture_label(name) for name in table["architecture"]]
    )
    ring = table["is_best"].to_numpy(bool)
    ink = theme.ink(mode)
    hover = (
        "%{customdata[2]}, %{customdata[0]} at %{customdata[1]}: %{customdata[3]} of %{customdata[4]} seeds"
        "<extra></extra>"
    )
    traces = []
    for state in STATES:
        where = states == state
        said = {"customdata": columns[where].to_numpy(object), "hovertemplate": hover}
        look, edge = (_SYMBOLS[state], 11, ink), {"width": 2, "color": ink}
        traces.append(points(x[where], y[where], look, edge, name=state, **said))
    look = ("circle-open", 20, theme.accent(mode))
    traces.append(points(x[ring], y[ring], look, 2, name="clear winner of the row", hoverinfo="skip"))
    figure.add_traces(traces)
    titled = [theme.architecture_label(name) for name in names]
    name_columns(figure, plain_labels(titled), 0.6, side="top", showgrid=False)
    name_rows(figure, [f"{plain_label(titles.get(task, task))} {length:,}" for task, length in row_of], showgrid=None)
    figure.update_layout(legend=BELOW | {"y": -0.05})
    return figure


def solved_states(table: pd.DataFrame) -> np.ndarray:
    """Return for every row which of `STATES` it is in."""
    every, some = table["solved_runs"] == table["runs"], table["solved_runs"] > 0
    return np.select([every, some, table["is_beyond_guess"]], STATES[:3], STATES[3])


def map_sentence(table: pd.DataFrame) -> str:
    """Return what the map of who solves what shows, in numbers."""
    is_solved = table["solved_runs"] == table["runs"]
    counts = is_solved.groupby(table["architecture"]).agg(["sum", "size"])
    parts = [
        f"{theme.architecture_in_text(name)} {counts.loc[name, 'sum']} of {counts.loc[name, 'size']}"
        for name in in_legend_order(counts.index)
    ]
    return f"Tasks at one length that every seed solves: {', '.join(parts)}."


def errors_against_cost(
    table: pd.DataFrame,
    *,
    mode: Mode,
    x_title: str,
    y_title: str,
    is_log_x: bool = True,
    is_log_y: bool = False,
    height: int = 440,
) -> Figure:
    """Return errors against cost: a mark per architecture at the medians, bars over the seeds, and the Pareto front as
    steps.

    Args:
        table: columns `architecture`, `cost_median`, `cost_min`, `cost_max`, `error_median`, `error_min`, `error_max`,
            `is_on_front`.
    """
    figure = theme.blank_figure(mode, x_title=x_title, y_title=y_title, height=height)
    front = table[table["is_on_front"]].sort_values("cost_median")
    step = {"color": theme.muted(mode), "width": 1.5, "shape": "hv", "dash": "dot"}
    end, highest = float(table["cost_max"].max()), chart_top(table, "error")
    traces = [
        {
            "type": "scatter",
            "x": [*front["cost_median"], end],
            "y": [*front["error_median"], *front["error_median"].tail(1)],
            "mode": "lines",
            "line": step,
            "name": "Pareto front",
            # groups flow in rows; single names would stand in columns, one below the other on a phone
            "legendgroup": "front",
            "hoverinfo": "skip",
        }
    ]
    for name in in_legend_order(table["architecture"]):
        row, style = table[table["architecture"] == name].iloc[0], theme.architecture_style(name, mode)
        ranges = {}
        for axis, of in (("x", "cost"), ("y", "error")):
            middle, low, high = (float(row[f"{of}_{end}"]) for end in ("median", "min", "max"))
            ranges[f"error_{axis}"] = error_bars(middle, low, high, style.colour)
        look = (style.marker, 13 if row["is_on_front"] else 9, style.colour)
        entry = {"name": plain_label(style.label), "legendgroup": name} | READING
        edge = {"width": 1.5, "color": theme.ink(mode)}
        traces.append(points([row["cost_median"]], [row["error_median"]], look, edge, **entry, **ranges))
    figure.add_traces([*traces, *beyond_traces(beyond_top(table, "error", highest, "cost_median"), highest, mode)])
    figure.update_layout(
        xaxis=scale([table["cost_min"], table["cost_max"]], is_log_x),
        yaxis=scale(
            [table["error_min"], table["error_max"].clip(upper=highest)], is_log_y, [-0.05 * highest, 1.06 * highest]
        ),
        legend=BELOW,
    )
    return figure


def two_runs(
    table: pd.DataFrame,
    *,
    mode: Mode,
    architectures: tuple[str, str],
    labels: tuple[str, str],
    unit: str,
    threshold: float,
    is_log_x: bool = False,
    is_log_y: bool = False,
    height: int = 520,
) -> Figure:
    """Return two runs over each other above, and below it the second's loss less the first's at equal updates.

    The axes end a little above where the runs began and what they usually are; a run that diverged is marked. Run A is
    a full line with filled marks, run B a dashed one with open marks, whatever their architectures.

    Args:
        table: columns `step`, `loss_one`, `loss_other`, `difference`.
        threshold: a loss marked across the upper chart.
    """
    figure = theme.blank_figure(mode, x_title="Updates", y_title=f"Loss ({unit})", height=height)
    traces = []
    for column, architecture, label, dash, suffix in zip(
        ("loss_one", "loss_other"), architectures, labels, ("solid", "dash"), ("", "-open"), strict=True
    ):
        style = theme.architecture_style(architecture, mode)
        traces.append(
            {
                "type": "scatter",
                "x": table["step"],
                "y": table[column],
                "name": plain_label(label),
                "mode": "lines+markers" if len(table) <= 60 else "lines",
                **theme.drawn(style.colour, dash, style.marker + suffix),
                "hovertemplate": "%{x:,} updates: %{y:.4~g}<extra>%{fullData.name}</extra>",
            }
        )
    ends = [float(table["step"].min()), float(table["step"].max())]
    quiet = {"type": "scatter", "x": ends, "mode": "lines", "hoverinfo": "skip"}
    traces.append(
        quiet
        | {"y": [threshold] * 2, "name": "Threshold", "line": {"color": theme.muted(mode), "dash": "dot", "width": 1.5}}
    )
    traces.append(
        {
            "type": "scatter",
            "x": table["step"],
            "y": table["difference"],
            "yaxis": "y2",
            "name": "B less A",
            "mode": "lines",
            "fill": "tozeroy",
            "fillcolor": theme.translucent(theme.accent(mode), 0.2),
            "line": {"color": theme.accent(mode), "width": 2},
            "hovertemplate": "%{x:,} updates: %{y:.4~g}<extra>B less A</extra>",
        }
    )
    losses = table[["loss_one", "loss_other"]]
    usual = float(max(losses.iloc[0].max(), losses.median().max(), threshold, 1e-9))
    top = min(max(usual, float(losses.max().max())), HEADROOM * usual)
    for column, architecture in zip(losses, architectures, strict=True):
        run = losses[column].to_frame("loss").assign(architecture=architecture, step=table["step"])
        traces += beyond_traces(beyond_top(run, "loss", top, "step"), top, mode)
    figure.add_traces(traces)
    figure.update_layout(
        xaxis={"anchor": "y2"} | scale([table["step"]], is_log_x),
        yaxis={"domain": [0.4, 1]}
        | scale([losses[column].clip(upper=top) for column in losses], is_log_y, [0, 1.04 * top], 1.04 * top),
        yaxis2={
            "fixedrange": True,
            "domain": [0, 0.28],
            "title": {"text": "B less A"},
            "range": [
                1.04 * max(-top, min(0.0, table["difference"].min())),
                1.04 * min(top, max(0.0, table["difference"].max())),
            ],
            "zeroline": True,
            "zerolinecolor": theme.muted(mode),
        },
        legend=BELOW,
    )
    return figure


def loss_by_rate(
    table: pd.DataFrame,
    *,
    mode: Mode,
    unit: str,
    baseline: float | None = None,
    is_log_y: bool = False,
    height: int = 400,
) -> Figure:
    """Return the loss of trials against their learning rate: a line per architecture, its chosen rate a ringed mark.

    Trainings that diverged stand as crosses at the top, where there is no scale.

    Args:
        table: columns `architecture`, `learning_rate`, `validation_loss` (infinite: diverged), `solved_after`
            (updates), `is_chosen`.
        baseline: loss of a network without memory, drawn dashed.
    """
    figure = theme.blank_figure(mode, x_title="Learning rate", y_title=f"Validation loss ({unit})", height=height)
    rates = sorted(table["learning_rate"].unique())
    finite = table["validation_loss"][np.isfinite(table["validation_loss"])]
    highest = float(max([*finite, baseline or 0.0, 1e-9]))
    top = highest * (1.25 if is_log_y else 1.08)
    traces = []
    for name in in_legend_order(table["architecture"]):
        own = table[table["architecture"] == name].sort_values("learning_rate")
        chosen, lost = own["is_chosen"].to_numpy(bool), np.isinf(own["validation_loss"].to_numpy(float))
        trace = architecture_trace(own["learning_rate"], np.where(lost, top, own["validation_loss"]), name, mode)
        rings = {
            "size": np.where(chosen, 13, 8).tolist(),
            "line": {"width": np.where(chosen, 2, 0).tolist(), "color": theme.ink(mode)},
        }
        traces.append(
            trace
            | {
                "marker": trace["marker"] | rings | {"symbol": np.where(lost, "x", trace["marker"]["symbol"]).tolist()},
                "customdata": [_outcome(row.validation_loss, row.solved_after) for row in own.itertuples()],
                "hovertemplate": "%{x}: %{customdata}<extra>%{fullData.name}</extra>",
            }
        )
    if baseline is not None and rates:
        traces.append(baseline_line([rates[0], rates[-1]], [baseline] * 2, mode))
    figure.add_traces(traces)
    figure.update_layout(
        xaxis={"type": "log", "tickvals": rates, "ticktext": [f"{rate:g}" for rate in rates]},
        yaxis=scale([finite, pd.Series([top])], is_log_y, [-0.03 * highest, 1.12 * highest]),
        legend=BELOW,
    )
    return figure


def _outcome(loss: float, solved_after: float) -> str:
    if np.isinf(loss):
        return "diverged"
    return f"{loss:.4g}" + ("" if np.isnan(solved_after) else f", solved after {solved_after:,.0f} updates")


def parameter_bars(table: pd.DataFrame, *, mode: Mode) -> Figure:
    """Return the recurrent parameters counted in the network as bars, with a mark at what the formula gives.

    Args:
        table: columns `architecture`, `counted`, `by_formula`, one row per architecture.
    """
    rows = table.set_index("architecture").loc[in_legend_order(table["architecture"])].reset_index()
    styles = [theme.architecture_style(name, mode) for name in rows["architecture"]]
    labels = [plain_label(style.label) for style in styles]
    figure = theme.blank_figure(mode, x_title="Parameters of the layer", height=130 + 34 * len(rows))
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": rows["counted"],
        "y": labels,
        "marker": {"color": [style.colour for style in styles]},
        "name": "Counted",
        "text": [f"{count:,}" for count in rows["counted"]],
        "textposition": "outside",
        "cliponaxis": False,
        "hovertemplate": "%{y}: %{x:,} counted<extra></extra>",
        "showlegend": False,
    }
    look = ("line-ns-open", 22, theme.ink(mode))
    hover = "%{y}: %{x:,} by the formula<extra></extra>"
    marks = points(rows["by_formula"], labels, look, 2.5, name="By the formula", hovertemplate=hover)
    figure.add_traces([bars, marks])
    figure.update_layout(
        xaxis={"range": [0, 1.25 * float(rows["counted"].max())], "showgrid": True},
        yaxis={"type": "category", "autorange": "reversed"},
        legend=BELOW,
    )
    return figure
