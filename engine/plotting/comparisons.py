"""Figures of a whole comparison: who solves what, errors against cost with the Pareto front, parameters counted and by formula."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from engine.plotting import theme
from engine.plotting.curves import BELOW, in_legend_order
from engine.plotting.labels import plain_label
from engine.plotting.theme import Mode

ROW_HEIGHT = 26
STATES = ("solved by every seed", "solved by some seeds", "not solved, but better than a guess", "no better than a guess")
_SYMBOLS = dict(zip(STATES, ("circle", "circle-open-dot", "circle-open", "x-thin"), strict=True))


def solved_dots(table: pd.DataFrame, *, mode: Mode, titles: Mapping[str, str]) -> go.Figure:
    """Return a map of tasks at their lengths (rows) and architectures (columns): a mark for how many seeds solved it.

    The clear winner of a row has a ring. A click gives task and length.

    Args:
        table: columns `task`, `length`, `architecture`, `runs`, `solved_runs`, `is_best`, `is_beyond_guess`.
        titles: what the tasks are called.
    """
    names = in_legend_order(table["architecture"])
    rows = table[["task", "length"]].drop_duplicates()
    row_of = {(row.task, row.length): place for place, row in enumerate(rows.itertuples())}
    y = np.array([row_of[(row.task, row.length)] for row in table.itertuples()])
    x = np.array([names.index(name) for name in table["architecture"]])
    states = solved_states(table)
    figure = theme.blank_figure(mode, height=110 + ROW_HEIGHT * len(rows))
    columns = table[["task", "length", "architecture", "solved_runs", "runs"]].assign(architecture=[theme.architecture_label(name) for name in table["architecture"]])
    ring = table["is_best"].to_numpy(bool)
    traces = []
    for state in STATES:
        where = states == state
        traces.append(
            {
                "type": "scatter",
                "x": x[where],
                "y": y[where],
                "mode": "markers",
                "name": state,
                "marker": {"symbol": _SYMBOLS[state], "size": 11, "color": theme.ink(mode), "line": {"width": 2, "color": theme.ink(mode)}},
                "customdata": columns[where].to_numpy(object),
                "hovertemplate": "%{customdata[2]}, %{customdata[0]} at %{customdata[1]}: %{customdata[3]} of %{customdata[4]} seeds<extra></extra>",
            }
        )
    traces.append(
        {
            "type": "scatter",
            "x": x[ring],
            "y": y[ring],
            "mode": "markers",
            "name": "clear winner of the row",
            "marker": {"symbol": "circle-open", "size": 20, "color": theme.accent(mode), "line": {"width": 2}},
            "hoverinfo": "skip",
        }
    )
    figure.add_traces(traces)
    labels = [f"{plain_label(titles.get(task, task))} {length:,}" for task, length in row_of]
    figure.update_layout(
        xaxis={"tickvals": list(range(len(names))), "ticktext": [plain_label(theme.architecture_label(name)) for name in names], "side": "top",
               "fixedrange": True, "range": [-0.6, len(names) - 0.4], "showgrid": False},
        yaxis={"tickvals": list(range(len(labels))), "ticktext": labels, "fixedrange": True, "range": [len(labels) - 0.4, -0.6]},
        legend=BELOW | {"y": -0.05},
    )  # fmt: skip
    return figure


def solved_states(table: pd.DataFrame) -> np.ndarray:
    """Return for every row which of `STATES` it is in."""
    every, some = table["solved_runs"] == table["runs"], table["solved_runs"] > 0
    return np.select([every, some, table["is_beyond_guess"]], STATES[:3], STATES[3])


def map_sentence(table: pd.DataFrame) -> str:
    """Return what the map of who solves what shows, in numbers."""
    is_solved = table["solved_runs"] == table["runs"]
    counts = is_solved.groupby(table["architecture"]).agg(["sum", "size"])
    parts = [f"{theme.architecture_label(name)} {counts.loc[name, 'sum']} of {counts.loc[name, 'size']}" for name in in_legend_order(counts.index)]
    return f"Tasks at one length that every seed solves: {', '.join(parts)}."
