"""Figures of the cell detective: how well the best unit answers each question, and which questions each of them
answers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from engine.plotting import theme
from engine.plotting.figure import Figure
from engine.plotting.labels import name_columns, plain_label, plain_labels, scale_below
from engine.plotting.marks import STILL, add_marks
from engine.plotting.theme import Mode

ROW_HEIGHT = 34
CHANCE = 0.5


def unit_label(row: pd.Series) -> str:
    """Return how a winning unit is named: "layer 1, cell 25", with a minus sign where it is low when the answer is
    yes."""
    sign = "" if row["sign"] > 0 else "\N{MINUS SIGN}"
    return f"{sign}layer {row['layer'] + 1}, {row['part']} {row['unit']}"


def winner_bars(winners: pd.DataFrame, *, mode: Mode, architecture: str, chosen: str = "") -> Figure:
    """Return a bar of the best unit's AUC for each question, from chance upwards, and marks for the shifted controls.

    Args:
        winners: `Investigation.winners`.
        chosen: the predicate that is looked at; its name is set off by an arrow.

    A bar's and a mark's `customdata` is the predicate's name.
    """
    style = theme.architecture_style(architecture, mode)
    ordered = winners.iloc[::-1]
    labels = [
        plain_label(f"{'▸ ' if row['predicate'] == chosen else ''}{row['question']}") for _, row in ordered.iterrows()
    ]
    units = [unit_label(row) for _, row in ordered.iterrows()]
    figure = theme.blank_figure(mode, x_title="AUC, second half", height=ROW_HEIGHT * len(winners) + 110)
    figure.add_bar(
        y=labels,
        x=ordered["auc"] - CHANCE,
        base=CHANCE,
        orientation="h",
        name="Best unit",
        marker={"color": style.colour},
        customdata=ordered["predicate"].tolist(),
        text=[f"{auc:.2f}" for auc in ordered["auc"]],
        textposition="outside",
        cliponaxis=False,
        hovertext=[
            f"{label}: AUC {auc:.3f} by {unit}" for label, auc, unit in zip(labels, ordered["auc"], units, strict=True)
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    look = ("line-ns-open", 14, theme.ink(mode))
    said = {"customdata": ordered["predicate"].tolist(), "hovertemplate": "control %{x:.3f}<extra></extra>"}
    add_marks(figure, ordered["control"], labels, look, 2.5, name="Control: labels shifted (mean)", **said)
    ends = [min(0.4, float(winners["auc"].min()) - 0.02), 1.17]
    figure.update_xaxes(range=ends, tickvals=[0.5, 0.75, 1.0], tickangle=0, fixedrange=None)
    names = {"size": 12, "color": theme.ink(mode)}
    figure.update_yaxes(showgrid=False, title_text=None, tickfont=names, fixedrange=None)
    figure.add_vline(x=CHANCE, line={"color": theme.muted(mode), "width": 1, "dash": "dot"})
    figure.update_layout(legend={"y": 1.0, "yanchor": "bottom"}, clickmode="event+select")
    figure.update_traces(**STILL)
    return figure


def describe_winner_bars(winners: pd.DataFrame, top: int = 3) -> str:
    """Return the alternative text of `winner_bars`: the clearest answers, the faintest, and the controls."""
    best = "; ".join(
        f"{row['question'].lower()}: {row['auc']:.2f} by {unit_label(row)}" for _, row in winners.head(top).iterrows()
    )
    last = winners.iloc[-1]
    return (
        f"Bars of the best unit's AUC for {len(winners)} questions about the text. Clearest: {best}. Faintest: "
        f"{last['question'].lower()}, {last['auc']:.2f}. Controls with shifted labels lie between "
        f"{winners['control'].min():.2f} and {winners['control'].max():.2f}."
    )


def specificity_heatmap(winners: pd.DataFrame, specificity: np.ndarray, *, mode: Mode) -> Figure:
    """Return the AUC of every winning unit (columns) for every question (rows); 0.5 is neutral, below it the answer is
    no."""
    questions = plain_labels(winners["question"])
    units = [unit_label(row) for _, row in winners.iterrows()]
    figure = theme.blank_figure(mode, height=24 * len(winners) + 250)
    hover = [
        [
            f"{unit}, which won “{own}”,<br>on “{asked}”: AUC {value:.2f}"
            for unit, own, value in zip(units, questions, row, strict=True)
        ]
        for asked, row in zip(questions, specificity, strict=True)
    ]
    positions = list(range(len(winners)))
    figure.add_heatmap(
        x=positions,
        y=positions,
        z=specificity,
        zmin=0,
        zmax=1,
        colorscale=theme.diverging_scale(mode),
        xgap=1,
        ygap=1,
        text=hover,
        hovertemplate="%{text}<extra></extra>",
        colorbar=scale_below("AUC", mode) | {"yref": "container", "yanchor": "bottom"},
    )
    ink = theme.ink(mode)
    name_columns(figure, units, range=None, tickangle=-90, side="top", tickfont={"size": 11, "color": ink})
    names = {"ticktext": questions, "tickfont": {"size": 12, "color": ink}}
    figure.update_yaxes(tickvals=positions, autorange="reversed", showgrid=False, **names)
    return figure


def describe_specificity(winners: pd.DataFrame, specificity: np.ndarray) -> str:
    """Return the alternative text of `specificity_heatmap`: the unit that answers the most questions, and how many."""
    answered = (np.abs(specificity - CHANCE) > 0.3).sum(axis=0)
    most = int(answered.argmax())
    return (
        f"Heat map of the AUC of {len(winners)} winning units for {len(winners)} questions. "
        f"{unit_label(winners.iloc[most]).capitalize()} "
        f"is the least of a specialist: it tells the answer to {answered[most]} of them with an AUC above 0.8 or "
        "below 0.2."
    )
