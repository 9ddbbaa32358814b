"""The figure of a live race: for every architecture the median over its seeds so far, over a band from best to
worst."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from engine.aggregation import MEDIAN_AND_RANGE
from engine.plotting import theme
from engine.plotting.curves import HEADROOM, baseline_line, beyond_traces, in_legend_order
from engine.plotting.figure import Figure
from engine.plotting.theme import Mode

OVER_SEEDS = MEDIAN_AND_RANGE


def race_bands(
    frame: pd.DataFrame,
    *,
    mode: Mode,
    last_step: int,
    y_title: str,
    baseline_error: float | None = None,
    ended: Collection[tuple[str, int]] = (),
    height: int = 360,
) -> Figure:
    """Return the errors of a race so far against updates; the axis of updates stands still while the race runs.

    Args:
        frame: columns `architecture`, `seed`, `step`, `error`.
        ended: (architecture, seed) of the runs that are over; they keep their last error until the slowest of their
            kind ends.
        baseline_error: the error of a network without memory, drawn dashed.
    """
    figure = theme.blank_figure(mode, x_title="Updates", y_title=y_title, height=height)
    highest, bands = 0.0, {}
    for name in in_legend_order(frame["architecture"]):
        band = band_over_seeds(frame[frame["architecture"] == name], {seed for runner, seed in ended if runner == name})
        theme.with_spread(figure, band["step"], band["middle"], band["low"], band["high"], name, mode)
        said = "update %{x}: %{y:.3~g} (%{customdata[0]:.3~g} to %{customdata[1]:.3~g})<extra>%{fullData.name}</extra>"
        figure.data[-1].update(customdata=band[["low", "high"]].to_numpy(), hovertemplate=said)
        bands[name] = band
        highest = max(highest, HEADROOM * float(band["middle"].max()))
    if baseline_error is not None:
        ends, said = [0, max(1, last_step)], "%{y:.3~g} without memory<extra></extra>"
        figure.add_trace(baseline_line(ends, [baseline_error] * 2, mode) | {"hovertemplate": said})
        highest = max(highest, baseline_error)
    tops = [(name, band.loc[band["high"].idxmax()]) for name, band in bands.items() if band["high"].max() > highest]
    beyond = pd.DataFrame(
        [(name, row["step"], row["high"]) for name, row in tops], columns=["architecture", "x", "value"]
    )
    figure.add_traces(beyond_traces(beyond, highest, mode))
    figure.update_xaxes(range=[0, max(1, last_step) * 1.02])
    figure.update_yaxes(range=[-0.03 * highest, 1.05 * max(highest, 1e-9)])
    return figure


def band_over_seeds(own: pd.DataFrame, ended: Collection[int] = ()) -> pd.DataFrame:
    """Return `step`, `middle`, `low` and `high` of one architecture's errors; a seed in `ended` keeps its last one."""
    by_seed = own.pivot_table(index="step", columns="seed", values="error").sort_index()
    for seed in by_seed.columns:
        if seed in ended:
            by_seed[seed] = by_seed[seed].ffill()
    middle, low, high = OVER_SEEDS.over(by_seed.to_numpy(float).T)
    return pd.DataFrame({"step": by_seed.index.to_numpy(), "middle": middle, "low": low, "high": high})
