"""Figures of what temperature does to texts: one panel per measure over one temperature axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from engine.plotting import theme
from engine.plotting.figure import Figure
from engine.plotting.labels import plain_label
from engine.plotting.marks import add_key, panels
from engine.plotting.theme import Mode

PANEL_HEIGHT = 150
# measure: (panel's title, factor from the table to the axis, unit)
PANELS = {
    "entropy": ("Entropy of each draw (nats)", 1, "nats"),
    "repetition": ("Repeated four-word groups (%)", 100, "%"),
    "known_words": ("Words that the training text has (%)", 100, "%"),
    "novelty": ("Novel text: characters that are not copied (%)", 100, "%"),
}


def temperature_curves(
    frame: pd.DataFrame,
    *,
    mode: Mode,
    measures: Sequence[str] = tuple(PANELS),
    baselines: Mapping[str, float] | None = None,
    baseline_label: str = "Text it never read",
) -> Figure:
    """Return a panel per measure: a line per model through the means over seeds, a band from smallest to largest.

    Args:
        frame: one row per model and temperature: `label`, `architecture`, `temperature` and for each measure `_mean`,
            `_min` and `_max`, shares from 0 to 1. A measure without any value gets no panel.
        baselines: the same measures of text that no network wrote, drawn dashed.
    """
    shown = [name for name in measures if frame[f"{name}_mean"].notna().any()]
    titles = [PANELS[name][0] for name in shown]
    height = PANEL_HEIGHT * len(shown)
    figure = panels(titles, mode=mode, height=height + 110, spacing=50 / (height + 40))
    dashed = {"color": theme.architecture_style("baseline", mode).colour, "dash": "dash", "width": 1.5}
    for position, name in enumerate(shown, start=1):
        _, factor, unit = PANELS[name]
        axes = {f"{axis}axis": f"{axis}{position}" if position > 1 else axis for axis in "xy"}
        for label, line in frame.groupby("label", sort=False):
            line = line.sort_values("temperature")
            mean, low, high = (factor * line[f"{name}_{how}"] for how in ("mean", "min", "max"))
            theme.with_spread(
                figure, line["temperature"], mean, low, high, line["architecture"].iloc[0], mode, plain_label(label)
            )
            for trace in figure.data[-3:]:
                trace.update(axes)
            figure.data[-1].update(
                showlegend=position == 1,
                hovertemplate=f"temperature %{{x}}: %{{y:.3g}} {unit}<extra>%{{fullData.name}}</extra>",
            )
        if baselines and name in baselines:
            figure.add_hline(y=factor * baselines[name], line=dashed, row=position)
    if baselines and any(name in baselines for name in shown):
        add_key(figure, baseline_label, mode="lines", line=dashed)
    figure.update_xaxes(title_text="Temperature", showticklabels=True, row=len(shown))
    figure.update_yaxes(nticks=5)
    figure.update_layout(margin={"t": 76}, legend={"y": 1 + 34 / height, "yanchor": "bottom"})
    return figure


def describe_temperature_curves(frame: pd.DataFrame, measures: Sequence[str] = tuple(PANELS)) -> str:
    """Return the alternative text of `temperature_curves`: each measure at the lowest and at the highest
    temperature."""
    sentences = []
    for label, line in frame.groupby("label", sort=False):
        line = line.sort_values("temperature")
        first, last = line.iloc[0], line.iloc[-1]
        shown = [name for name in measures if line[f"{name}_mean"].notna().any()]
        parts = [
            f"{PANELS[name][0].rsplit(' (', 1)[0].lower()} from {_number(first, name)} to {_number(last, name)}"
            for name in shown
        ]
        sentences.append(f"{label}: {', '.join(parts)}.")
    low, high = frame["temperature"].min(), frame["temperature"].max()
    return f"Curves over temperature, means over seeds, from temperature {low:g} to {high:g}. {' '.join(sentences)}"


def _number(row: pd.Series, name: str) -> str:
    _, factor, unit = PANELS[name]
    value = factor * row[f"{name}_mean"]
    return f"{value:.2f} {unit}" if unit == "nats" else f"{value:.0f} {unit}"
