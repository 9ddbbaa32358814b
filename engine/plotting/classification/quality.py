"""Figures of how good classifiers are: accuracy with intervals, confusion, reliability, thresholds, slices."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from engine.plotting import theme
from engine.plotting.figure import Figure
from engine.plotting.labels import bold_where, name_columns, name_rows, plain_label, plain_labels
from engine.plotting.marks import add_note, add_strokes, error_bars
from engine.plotting.theme import LineStyle, Mode

# All three are of one network; each has a colour and a dash.
MEASURES = {
    "Accuracy": LineStyle(*theme.SERIES["slate"], "solid", ""),
    "Precision": LineStyle(*theme.SERIES["amber"], "dash", ""),
    "Recall": LineStyle(*theme.SERIES["teal"], "dot", ""),
}


def accuracy_dots(
    table: pd.DataFrame, labels: Sequence[str], kinds: Sequence[str], chosen: int, *, mode: Mode
) -> Figure:
    """Return one dot per classifier with its 95 % interval, and the accuracy of always saying the same as a dotted
    line.

    Args:
        table: columns accuracy, accuracy_low, accuracy_high, positive_share; one row per label.
        kinds: the architecture of each, for its colour and marker.
        chosen: place of the one whose label stands in bold.
    """
    figure = theme.blank_figure(mode, x_title="Right answers (%)", height=96 + 36 * len(table))
    rows = list(range(len(table)))
    accuracy, low, high = (100 * table[f"accuracy{end}"].to_numpy() for end in ("", "_low", "_high"))
    for row, kind in zip(rows, kinds, strict=True):
        style = theme.architecture_style(kind, mode)
        figure.add_scatter(
            x=[accuracy[row]],
            y=[row],
            mode="markers+text",
            text=[f"{accuracy[row]:.1f}"],
            textposition="top center",
            showlegend=False,
            textfont={"color": theme.ink(mode), "size": 13},
            marker={"symbol": style.marker, "size": 12, "color": style.colour},
            error_x=error_bars(accuracy[row], low[row], high[row], style.colour, 2, 5),
            hovertemplate=f"{plain_label(labels[row])}: %{{x:.1f}} %<extra></extra>",
        )
    always = 100 * max(float(table["positive_share"].iloc[0]), 1 - float(table["positive_share"].iloc[0]))
    figure.add_vline(x=always, line={"color": theme.muted(mode), "width": 1.5, "dash": "dot"})
    beside = {"xanchor": "left", "xshift": 4}
    add_note(figure, always, len(table) - 0.5, "always the same answer", theme.muted(mode), 12, **beside)
    figure.update_xaxes(range=[max(0, min(always, low.min()) - 3), 100])
    name_rows(figure, bold_where(plain_labels(labels), [row == chosen for row in rows]), 0.75)
    figure.update_layout(margin_t=8)
    return figure


def confusion_map(table: np.ndarray, labels: Sequence[str], *, mode: Mode, height: int = 260) -> Figure:
    """Return the counts (2, 2) as a map: each row a true label, each column a given one; a cell's colour is its share
    of the row."""
    figure = theme.blank_figure(mode, x_title="The network says", y_title="It really is", height=height)
    shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    names = plain_labels(labels)
    figure.add_heatmap(
        z=shares,
        x=names,
        y=names,
        **theme.heat_colours(mode),
        showscale=False,
        xgap=2,
        ygap=2,
        customdata=table,
        hovertemplate="%{y}, called %{x}: %{customdata} texts, %{z:.0%} of the row<extra></extra>",
    )
    for row in range(2):
        for column in range(2):
            sign = "" if row == column else "<br>wrong"
            ink = "#000000" if shares[row, column] > 0.5 else "#FFFFFF"
            add_note(figure, names[column], names[row], f"<b>{table[row, column]:,}</b>{sign}", ink, 16)
    figure.update_xaxes(side="top")
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_layout(margin_t=56)
    return figure


def reliability(table: pd.DataFrame, kind: str, *, mode: Mode, height: int = 340) -> Figure:
    """Return the share that is positive against the predicted probability, with 95 % intervals; the larger a mark, the
    more texts.

    Args:
        table: columns from, to, texts, mean_probability, positive_share, share_low, share_high; one row per bin.
        kind: the architecture whose colour and marker is used.
    """
    figure = theme.blank_figure(
        mode, x_title="Probability it gives “positive” (%)", y_title="Really positive (%)", height=height
    )
    add_strokes(figure, [0, 100], [0, 100], theme.muted(mode), 1.5, "dot", name="Perfectly calibrated")
    style = theme.architecture_style(kind, mode)
    share, low, high = (100 * table[column] for column in ("positive_share", "share_low", "share_high"))
    figure.add_scatter(
        x=100 * table["mean_probability"],
        y=share,
        mode="lines+markers",
        name="This network",
        customdata=table["texts"],
        line={"color": style.colour, "width": 2},
        marker={
            "symbol": style.marker,
            "color": style.colour,
            "size": 8 + 16 * np.sqrt(table["texts"] / table["texts"].max()),
        },
        error_y=error_bars(share, low, high, style.colour),
        hovertemplate="said %{x:.0f} %, really %{y:.0f} %, %{customdata} texts<extra></extra>",
    )
    for update in (figure.update_xaxes, figure.update_yaxes):
        update(range=[-4, 104], tickvals=[0, 25, 50, 75, 100])
    return figure


def threshold_lines(table: pd.DataFrame, threshold: float, *, mode: Mode, height: int = 300) -> Figure:
    """Return accuracy, precision and recall of "positive" over the threshold, with a line where it stands."""
    figure = theme.blank_figure(
        mode, x_title="Threshold: “positive” from this probability on", y_title="%", height=height
    )
    for label, style in MEASURES.items():
        figure.add_scatter(
            x=table["threshold"],
            y=100 * table[label.lower()],
            mode="lines",
            name=label,
            line=style.drawn(mode, width=2.5)["line"],
            hovertemplate=f"{label} %{{y:.1f}} % at %{{x:.2f}}<extra></extra>",
        )
    figure.add_vline(x=threshold, line={"color": theme.ink(mode), "width": 1.5})
    figure.update_xaxes(range=[0, 1])
    return figure


def slice_bars(
    tables: Sequence[pd.DataFrame], labels: Sequence[str], kinds: Sequence[str], *, mode: Mode, height: int = 320
) -> Figure:
    """Return the accuracy of each slice with its 95 % interval, a mark per classifier.

    Args:
        tables: columns slice, texts, accuracy, accuracy_low, accuracy_high; one table per classifier, with the same
            slices.
    """
    figure = theme.blank_figure(mode, y_title="Right answers (%)", height=height)
    names = [f"{plain_label(row.slice)}<br>({row.texts:,})" for row in tables[0].itertuples()]
    offsets = np.linspace(-0.12, 0.12, len(tables)) if len(tables) > 1 else np.zeros(1)
    for table, label, kind, offset in zip(tables, labels, kinds, offsets, strict=True):
        style = theme.architecture_style(kind, mode)
        accuracy, low, high = (100 * table[f"accuracy{end}"] for end in ("", "_low", "_high"))
        figure.add_scatter(
            x=np.arange(len(table)) + offset,
            y=accuracy,
            mode="markers",
            name=plain_label(label),
            text=names,
            marker={"symbol": style.marker, "size": 11, "color": style.colour},
            error_y=error_bars(accuracy, low, high, style.colour, 2, 5),
            hovertemplate="%{text}: %{y:.1f} %<extra>%{fullData.name}</extra>",
        )
    name_columns(figure, names)
    return figure
