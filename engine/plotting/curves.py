"""Figures of measured comparisons: mean lines with the spread over seeds, the baseline dashed, every axis with its unit."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from engine.plotting import theme
from engine.plotting.labels import plain_label
from engine.plotting.theme import Mode

WRONG_ANSWERS = "Wrong answers (%)"


def error_against_length(
    frame: pd.DataFrame,
    *,
    mode: Mode,
    baseline_error: float | None = None,
    x_title: str = "Sequence length",
    height: int = 380,
) -> go.Figure:
    """Return the share of wrong answers against sequence length, one line per architecture, a band from best to worst seed.

    Args:
        frame: the runs of one task: columns `architecture`, `length`, `accuracy` (0 to 1), one row per seed.
        baseline_error: share of wrong answers (0 to 1) of a network without memory, drawn dashed.
    """
    errors = frame.assign(error=100 * (1 - frame["accuracy"]))
    spread = (
        errors.groupby(["architecture", "length"], sort=True)["error"]
        .agg(["mean", "min", "max"])
        .reset_index()
    )
    figure = theme.blank_figure(mode, x_title=x_title, y_title=WRONG_ANSWERS, height=height)
    for architecture in in_legend_order(spread["architecture"]):
        line = spread[spread["architecture"] == architecture]
        theme.with_spread(figure, line["length"], line["mean"], line["min"], line["max"], architecture, mode)
    figure.update_traces(
        hovertemplate="length %{x}: %{y:.1f} % wrong<extra>%{fullData.name}</extra>",
        selector={"hoverinfo": None},
    )
    if baseline_error is not None:
        add_baseline(figure, 100 * baseline_error, "without memory", mode)
    lengths = sorted(spread["length"].unique())
    figure.update_xaxes(tickvals=lengths, type="log" if _is_geometric(lengths) else "linear", fixedrange=True)
    figure.update_yaxes(range=[-3, 103], fixedrange=True)
    return figure


def loss_against_steps(
    frame: pd.DataFrame,
    *,
    mode: Mode,
    unit: str,
    baseline: float | None = None,
    is_logarithmic: bool = False,
    height: int = 380,
) -> go.Figure:
    """Return the loss on held-out examples against training steps: mean over seeds and a band from lowest to highest.

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
    figure.update_traces(
        hovertemplate="step %{x}: %{y:.4f}<extra>%{fullData.name}</extra>", selector={"hoverinfo": None}
    )
    if baseline is not None:
        add_baseline(figure, baseline, "without memory", mode)
    figure.update_xaxes(fixedrange=True, rangemode="tozero")
    figure.update_yaxes(
        fixedrange=True,
        type="log" if is_logarithmic else "linear",
        rangemode="normal" if is_logarithmic else "tozero",
    )
    return figure


def race_curves(
    frame: pd.DataFrame, *, mode: Mode, last_step: int, baseline_error: float | None = None, height: int = 320
) -> go.Figure:
    """Return the wrong answers (%) of a race so far: columns `architecture`, `step`, `accuracy`; the step axis stands still."""
    figure = theme.blank_figure(
        mode, x_title="Training step (batches seen)", y_title=WRONG_ANSWERS, height=height
    )
    for architecture in in_legend_order(frame["architecture"]):
        line = frame[frame["architecture"] == architecture].sort_values("step")
        style = theme.architecture_style(architecture, mode)
        figure.add_scatter(
            x=line["step"],
            y=100 * (1 - line["accuracy"]),
            name=style.label,
            mode="lines+markers",
            line={"color": style.colour, "dash": style.dash, "width": 2},
            marker={"symbol": style.marker, "size": 7, "color": style.colour},
            hovertemplate="step %{x}: %{y:.1f} % wrong<extra>%{fullData.name}</extra>",
        )
    if baseline_error is not None:
        add_baseline(figure, 100 * baseline_error, "without memory", mode)
    figure.update_xaxes(range=[0, max(1, last_step) * 1.02], fixedrange=True)
    figure.update_yaxes(range=[-3, 103], fixedrange=True)
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
    """Return the time of one training step (milliseconds) against sequence length, one line per architecture."""
    figure = theme.blank_figure(
        mode, x_title="Sequence length", y_title="Time per training step (ms)", height=height
    )
    for architecture in in_legend_order(frame["architecture"]):
        line = frame[frame["architecture"] == architecture].sort_values("length")
        style = theme.architecture_style(architecture, mode)
        figure.add_scatter(
            x=line["length"],
            y=1000 * line[column],
            name=style.label,
            mode="lines+markers",
            line={"color": style.colour, "dash": style.dash, "width": 2},
            marker={"symbol": style.marker, "size": 8, "color": style.colour},
            hovertemplate="length %{x}: %{y:.1f} ms<extra>%{fullData.name}</extra>",
        )
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
        frame: columns `model`, `bucket` (words in the source, as text, in order of length), `sentences`, `bleu`.
        labels: model name to legend text.
        architectures: model name to the architecture whose colour, marker and dash it takes.
    """
    figure = theme.blank_figure(
        mode, x_title="Length of the English sentence (words)", y_title="BLEU (0 to 100)", height=height
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
            hovertemplate="%{x} words: BLEU %{y:.1f} on %{customdata} sentences<extra>%{fullData.name}</extra>",
        )
    figure.update_xaxes(type="category", fixedrange=True)
    figure.update_yaxes(rangemode="tozero", fixedrange=True)
    return figure


def add_baseline(figure: go.Figure, value: float, words: str, mode: Mode) -> go.Figure:
    """Add a dashed grey line across the figure with its name at the right end; return the figure."""
    style = theme.architecture_style("baseline", mode)
    figure.add_hline(
        y=value,
        line={"color": style.colour, "dash": style.dash, "width": 1.5},
        annotation={"text": plain_label(words), "font": {"color": theme.muted(mode), "size": 13}},
        annotation_position="top right",
    )
    return figure


def in_legend_order(architectures: Sequence[str] | pd.Series) -> list[str]:
    """Return the distinct architectures in the order all legends list them; unknown ones follow alphabetically."""
    known = theme.architecture_names()
    return sorted(
        set(architectures), key=lambda name: (known.index(name) if name in known else len(known), name)
    )


def _is_geometric(lengths: Sequence[float]) -> bool:
    """Return whether the lengths roughly double, so that a logarithmic axis spaces them evenly."""
    if len(lengths) < 3 or min(lengths) <= 0:
        return False
    ratios = [later / earlier for earlier, later in zip(lengths, lengths[1:], strict=False)]
    return min(ratios) >= 1.4
