"""What is told of a corpus as figures: lengths of texts, the balance of labels, and what a vocabulary covers."""

from __future__ import annotations

import pandas as pd

from engine.plotting import theme
from engine.plotting.figure import Figure, Trace
from engine.plotting.labels import plain_labels
from engine.plotting.theme import Mode

SPLITS = ("train", "validation", "test")
PATTERNS = {"train": "", "validation": "/", "test": "."}
ROW_HEIGHT = 26
MOST_LABELS = 20


def length_bars(lengths: pd.DataFrame, *, unit: str, mode: Mode) -> Figure:
    """Return the share of each split's texts by how long they are.

    Args:
        lengths: `begin`, `end`, and a column of counts for each split.
    """
    figure = theme.blank_figure(mode, x_title=f"Length in {unit}", y_title="Share of the texts (%)", height=260)
    middle = (lengths["begin"] + lengths["end"]) / 2
    for split in [name for name in SPLITS if name in lengths]:
        total = max(1, int(lengths[split].sum()))
        figure.add_bar(
            x=middle,
            y=100 * lengths[split] / total,
            name=split,
            marker=_filled(split, mode),
            customdata=lengths[["begin", "end", split]].to_numpy(),
            hovertemplate="%{customdata[0]}–%{customdata[1]}: %{customdata[2]:,} texts, %{y:.1f} %<extra></extra>",
        )
    figure.update_layout(bargap=0.15, legend={"orientation": "h", "y": 1.12})
    return figure


def balance_bars(balance: pd.DataFrame, *, mode: Mode) -> Figure:
    """Return how often each label occurs in each split, as a share of the split; of many labels the most frequent.

    Args:
        balance: `label`, and a column of counts for each split.
    """
    shown = balance.head(MOST_LABELS).iloc[::-1]
    splits = [name for name in SPLITS if name in balance]
    figure = theme.blank_figure(
        mode, x_title="Share of the split (%)", height=110 + ROW_HEIGHT * max(1, len(shown)) * len(splits) // 2
    )
    for split in splits:
        total = max(1, int(balance[split].sum()))
        figure.add_bar(
            y=plain_labels(shown["label"], 30),
            x=100 * shown[split] / total,
            orientation="h",
            name=split,
            marker=_filled(split, mode),
            customdata=shown[[split]].to_numpy(),
            hovertemplate="%{y}: %{customdata[0]:,}, %{x:.1f} %<extra></extra>",
        )
    figure.update_yaxes(type="category", showgrid=False)
    figure.update_xaxes(showgrid=True, rangemode="tozero")
    figure.update_layout(legend={"orientation": "h", "y": 1.12, "traceorder": "normal"})
    return figure


def coverage_lines(coverage: pd.DataFrame, *, noun: str, mode: Mode) -> Figure:
    """Return which share of each split's tokens a vocabulary of the most frequent ones covers.

    Args:
        coverage: `listed`, `training`, `validation`.
    """
    figure = theme.blank_figure(mode, x_title=f"Listed {noun}s", y_title="Covered (%)", height=260)
    for split, dash in (("training", "solid"), ("validation", "dot")):
        figure.add_scatter(
            x=coverage["listed"],
            y=100 * coverage[split],
            name=split,
            mode="lines",
            line={"color": theme.accent(mode) if split == "training" else theme.ink(mode), "dash": dash, "width": 2},
            hovertemplate="%{x:,} listed: %{y:.2f} %<extra></extra>",
        )
    figure.update_xaxes(type="log", showgrid=True)
    figure.update_yaxes(range=[0, 102])
    figure.update_layout(legend={"orientation": "h", "y": 1.12})
    return figure


def describe_lengths(lengths: pd.DataFrame, *, unit: str) -> str:
    """Return the alternative text of `length_bars`."""
    most = lengths.loc[lengths["train"].idxmax()]
    return (
        f"Bars of how many texts are how long, in {unit}, for each split; most of the training split have "
        f"{most['begin']:,.0f} to {most['end']:,.0f}."
    )


def describe_balance(balance: pd.DataFrame, *, counts: str) -> str:
    """Return the alternative text of `balance_bars`."""
    total = max(1, int(balance["train"].sum()))
    listed = ", ".join(f"{row.label} {100 * row.train / total:.0f} %" for row in balance.head(8).itertuples())
    return f"Bars of how frequent each {counts} is in each split; in training: {listed}."


def describe_coverage(coverage: pd.DataFrame, *, noun: str) -> str:
    """Return the alternative text of `coverage_lines`."""
    last = coverage.iloc[-1]
    return (
        f"Lines of which share of the {noun}s a vocabulary covers, against how many it lists: with all "
        f"{last.listed:,.0f} of the training split, {100 * last.validation:.1f} % of the validation split."
    )


def _filled(split: str, mode: Mode) -> Trace:
    colours = {"train": theme.accent(mode), "validation": theme.ink(mode), "test": theme.muted(mode)}
    return {
        "color": colours[split],
        "pattern": {"shape": PATTERNS[split], "fgcolor": theme.background(mode), "size": 5, "fillmode": "overlay"},
    }
