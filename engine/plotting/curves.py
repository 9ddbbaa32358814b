"""Figures of measured comparisons: means and spread over seeds, baselines dashed, a unit on every axis."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from engine.plotting import theme
from engine.plotting.labels import plain_label
from engine.plotting.theme import Mode

WRONG_ANSWERS, ERROR_LEFT = "Wrong answers (%)", "Error left (% of a guess)"
WITHOUT_MEMORY = "Without memory"


def error_against_length(
    frame: pd.DataFrame,
    *,
    mode: Mode,
    is_relative: bool = False,
    baseline_error: float | None = None,
    x_title: str = "Sequence length",
    height: int = 380,
) -> go.Figure:
    """Return the error against sequence length: a line per architecture, a band from best to worst seed.

    Args:
        frame: the runs of one task, one row per seed: columns `architecture`, `length` and `accuracy` (0 to 1),
            or, where the error is relative, `loss` and `baseline`.
        is_relative: draw the loss as a share of the baseline's instead of the share of wrong answers, for tasks
            whose answers are numbers, never quite right.
        baseline_error: share of wrong answers (0 to 1) without memory, drawn dashed; 1 where relative.
    """
    errors = frame.assign(error=error_percent(frame, is_relative))
    spread = errors.groupby(["architecture", "length"])["error"].agg(["mean", "min", "max"]).reset_index()
    title = ERROR_LEFT if is_relative else WRONG_ANSWERS
    figure = theme.blank_figure(mode, x_title=x_title, y_title=title, height=height)
    lengths = sorted(spread["length"].unique())
    is_logarithmic = _is_geometric(lengths)
    architectures = in_legend_order(spread["architecture"])
    for place, architecture in enumerate(architectures):
        line = spread[spread["architecture"] == architecture]
        x = _beside(line["length"], place - (len(architectures) - 1) / 2, is_logarithmic)
        theme.with_spread(figure, x, line["mean"], line["min"], line["max"], architecture, mode)
        figure.data[-1].customdata = line["length"]
    _hover(figure, "length %{customdata}: %{y:.1f} %")
    if baseline_error is not None:
        add_baseline(figure, 100 * baseline_error, mode)
    figure.update_xaxes(tickvals=lengths, type="log" if is_logarithmic else "linear", fixedrange=True)
    figure.update_yaxes(range=[-3, max(103, 1.03 * spread["max"].max())], fixedrange=True)
    return figure


def error_percent(frame: pd.DataFrame, is_relative: bool) -> pd.Series:
    """Return every row's error in per cent: of the baseline's loss where relative, else of the answers."""
    return 100 * frame["loss"] / frame["baseline"] if is_relative else 100 * (1 - frame["accuracy"])


def loss_against_steps(
    frame: pd.DataFrame,
    *,
    mode: Mode,
    unit: str,
    baseline: float | None = None,
    height: int = 380,
) -> go.Figure:
    """Return the loss on held-out examples against steps: the mean over seeds, a band from lowest to highest.

    Args:
        frame: columns `architecture`, `step`, `loss_mean`, `loss_min`, `loss_max`.
        unit: what the loss is measured in, for the axis.
        baseline: loss of a network without memory, drawn dashed.
    """
    figure = theme.blank_figure(
        mode, x_title="Training step (batches seen)", y_title=f"Loss ({unit})", height=height
    )
    for architecture in in_legend_order(frame["architecture"]):
        line = frame[frame["architecture"] == architecture].sort_values("step")
        theme.with_spread(
            figure, line["step"], line["loss_mean"], line["loss_min"], line["loss_max"], architecture, mode
        )
    _hover(figure, "step %{x}: %{y:.4f}")
    if baseline is not None:
        add_baseline(figure, baseline, mode)
    figure.update_xaxes(fixedrange=True, rangemode="tozero")
    figure.update_yaxes(fixedrange=True, rangemode="tozero")
    return figure


def race_curves(
    frame: pd.DataFrame,
    *,
    mode: Mode,
    last_step: int,
    is_relative: bool = False,
    baseline_error: float | None = None,
    height: int = 320,
) -> go.Figure:
    """Return the errors of a race so far against steps; the step axis stands still while the race runs.

    Args:
        frame: columns `architecture`, `step` and `accuracy`, or, where relative, `loss` and `baseline`.
        is_relative, baseline_error: as in `error_against_length`.
    """
    title = ERROR_LEFT if is_relative else WRONG_ANSWERS
    figure = theme.blank_figure(mode, x_title="Training step (batches seen)", y_title=title, height=height)
    frame = frame.assign(error=error_percent(frame, is_relative))
    for architecture in in_legend_order(frame["architecture"]):
        line = frame[frame["architecture"] == architecture].sort_values("step")
        _add_line(figure, line["step"], line["error"], architecture, mode)
    _hover(figure, "step %{x}: %{y:.1f} %")
    if baseline_error is not None:
        add_baseline(figure, 100 * baseline_error, mode)
    figure.update_xaxes(range=[0, max(1, last_step) * 1.02], fixedrange=True)
    figure.update_yaxes(range=[-3, max(103, 1.03 * frame["error"].max())], fixedrange=True)
    return figure


def parameter_bars(frame: pd.DataFrame, *, mode: Mode, height: int = 320) -> go.Figure:
    """Return the recurrent parameters counted in the network, with a mark at what the formula gives.

    Args:
        frame: columns `architecture`, `parameters`, `formula_parameters`, one row per architecture.
    """
    rows = frame.set_index("architecture").loc[in_legend_order(frame["architecture"])].reset_index()
    styles = [theme.architecture_style(name, mode) for name in rows["architecture"]]
    labels = [plain_label(style.label) for style in styles]
    figure = theme.blank_figure(
        mode, x_title="Architecture", y_title="Parameters (numbers learnt)", height=height
    )
    figure.add_bar(
        x=labels,
        y=rows["parameters"],
        marker={"color": [style.colour for style in styles]},
        name="Counted",
        text=[f"{count:,}" for count in rows["parameters"]],
        textposition="outside",
        hovertemplate="%{x}: %{y:,} counted<extra></extra>",
        showlegend=False,
    )
    figure.add_scatter(
        x=labels,
        y=rows["formula_parameters"],
        mode="markers",
        marker={"symbol": "line-ew-open", "size": 40, "color": theme.ink(mode), "line": {"width": 2.5}},
        name="By the formula",
        hovertemplate="%{x}: %{y:,} by the formula<extra></extra>",
        showlegend=True,
    )
    figure.update_xaxes(type="category", fixedrange=True)
    figure.update_yaxes(range=[0, 1.15 * rows["parameters"].max()], fixedrange=True)
    return figure


def seconds_against_length(
    frame: pd.DataFrame, *, mode: Mode, column: str = "seconds_per_step", height: int = 320
) -> go.Figure:
    """Return the milliseconds of one training step against sequence length, one line per architecture."""
    figure = theme.blank_figure(
        mode, x_title="Sequence length", y_title="Time per training step (ms)", height=height
    )
    for architecture in in_legend_order(frame["architecture"]):
        line = frame[frame["architecture"] == architecture].sort_values("length")
        _add_line(figure, line["length"], 1000 * line[column], architecture, mode)
    _hover(figure, "length %{x}: %{y:.1f} ms")
    figure.update_xaxes(tickvals=sorted(frame["length"].unique()), fixedrange=True)
    figure.update_yaxes(rangemode="tozero", fixedrange=True)
    return figure


def bleu_against_length(
    frame: pd.DataFrame,
    *,
    mode: Mode,
    labels: dict[str, str],
    architectures: dict[str, str],
    height: int = 340,
) -> go.Figure:
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
            line={"color": style.colour, "dash": style.dash, "width": 2},
            marker={"symbol": style.marker, "size": 9, "color": style.colour},
            hovertemplate="%{x} words: BLEU %{y:.1f} on %{customdata} "
            "sentences<extra>%{fullData.name}</extra>",
        )
    figure.update_xaxes(type="category", fixedrange=True)
    figure.update_yaxes(rangemode="tozero", fixedrange=True)
    return figure


def _add_line(figure: go.Figure, x: pd.Series, y: pd.Series, architecture: str, mode: Mode) -> None:
    style = theme.architecture_style(architecture, mode)
    figure.add_scatter(
        x=x,
        y=y,
        name=style.label,
        mode="lines+markers",
        line={"color": style.colour, "dash": style.dash, "width": 2},
        marker={"symbol": style.marker, "size": 8, "color": style.colour},
    )


def _hover(figure: go.Figure, words: str) -> None:
    """Give every line its hover text; the edges of bands have none."""
    template = f"{words}<extra>%{{fullData.name}}</extra>"
    figure.update_traces(hovertemplate=template, selector=lambda trace: trace.hoverinfo != "skip")


def add_baseline(figure: go.Figure, value: float, mode: Mode, name: str = WITHOUT_MEMORY) -> go.Figure:
    """Add a dashed grey line across the figure, named in the legend, where it hides no other line."""
    style = theme.architecture_style("baseline", mode)
    line = {"color": style.colour, "dash": style.dash, "width": 1.5}
    figure.add_hline(y=value, line=line)
    figure.add_scatter(x=[None], y=[None], mode="lines", line=line, name=name, hoverinfo="skip")
    return figure


def in_legend_order(architectures: Sequence[str] | pd.Series) -> list[str]:
    """Return the distinct architectures in the order of all legends; unknown ones follow alphabetically."""
    known = theme.architecture_names()
    return sorted(
        set(architectures), key=lambda name: (known.index(name) if name in known else len(known), name)
    )


def _beside(lengths: pd.Series, place: float, is_logarithmic: bool) -> pd.Series:
    """Return the lengths moved a little for the line at `place` (0: middle), so that equal lines stay visible."""
    if is_logarithmic:
        return lengths * 1.03**place
    return lengths + 0.012 * place * (lengths.max() - lengths.min())


def _is_geometric(lengths: Sequence[float]) -> bool:
    """Return whether the lengths roughly double, so that a logarithmic axis spaces them evenly."""
    if len(lengths) < 3 or min(lengths) <= 0:
        return False
    ratios = [later / earlier for earlier, later in zip(lengths, lengths[1:], strict=False)]
    return min(ratios) >= 1.4
