"""Figures of taggers' quality: F1 by type for several taggers, a confusion by type, and single trainings beside each
other."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from engine.aggregation import MEAN_AND_RANGE
from engine.plotting import theme
from engine.plotting.figure import Figure
from engine.plotting.labels import name_columns, name_rows, plain_label, plain_labels
from engine.plotting.marks import add_cells, add_marks, add_strokes
from engine.plotting.theme import LineStyle, Mode
from engine.wording import percent

# All are LSTMs, so no architecture's colour tells them apart. How a tagger is built does, in every chart of taggers: by
# (is bidirectional, has a CRF).
BUILDS = {
    (True, True): LineStyle(*theme.SERIES["blue"], "solid", "diamond"),
    (True, False): LineStyle(*theme.SERIES["purple"], "dash", "square"),
    (False, True): LineStyle(*theme.SERIES["red"], "dot", "triangle-right"),
    (False, False): LineStyle(*theme.SERIES["muted"], "longdash", "circle"),
}
Build = tuple[bool, bool]
BASELINE = "most frequent tag"
ROW_HEIGHT = 34
OVER_SEEDS = MEAN_AND_RANGE
_NAMED = {"cliponaxis": False, "hovertemplate": "%{hovertext}<extra></extra>"}


def type_scores(
    by_network: Mapping[str, pd.DataFrame],
    builds: Mapping[str, Build],
    *,
    mode: Mode,
    baseline: Mapping[str, float] | None = None,
) -> Figure:
    """Return a row per type with a mark per network at its F1, and a grey cross at the baseline's.

    Args:
        builds: how each network is built, by its label; the second of a build has an open mark.
        by_network: for each network's label its columns `type`, `entities`, `precision`, `recall` and `f1` in per cent.
        baseline: F1 in per cent by type, "all" among them; a type it lacks has no cross.
    """
    kinds = list(dict.fromkeys(kind for frame in by_network.values() for kind in frame["type"]))
    rows = {kind: row for row, kind in enumerate(kinds)}
    figure = theme.blank_figure(mode, x_title="F1, %", height=ROW_HEIGHT * len(kinds) + 120)
    drawn: set[Build] = set()
    for label, frame in by_network.items():
        style = BUILDS[builds[label]]
        marker = f"{style.marker}-open" if builds[label] in drawn else style.marker
        drawn.add(builds[label])
        said = [
            f"{plain_label(label)}, {row.type}: F1 {row.f1:.1f}, precision {row.precision:.1f}, "
            f"recall {row.recall:.1f} ({row.entities:,} entities)"
            for row in frame.itertuples()
        ]
        look, edge = (marker, 11, style.colour(mode)), {"width": 1, "color": theme.background(mode)}
        entry = {"name": plain_label(label), "hovertext": said} | _NAMED
        add_marks(figure, frame["f1"], [rows[kind] for kind in frame["type"]], look, edge, **entry)
    known = {kind: row for kind, row in rows.items() if kind in (baseline or {})}
    if baseline and known:
        scores = [baseline[kind] for kind in known]
        said = [f"{BASELINE}, {kind}: F1 {baseline[kind]:.1f}" for kind in known]
        edge = {"width": 2, "color": theme.muted(mode)}
        add_marks(
            figure, scores, list(known.values()), ("x-thin", 10, None), edge, name=BASELINE, hovertext=said, **_NAMED
        )
    name_rows(figure, plain_labels(kinds), 0.5)
    figure.update_xaxes(range=[-3, 102], showgrid=True)
    return figure


def type_confusion(counts: pd.DataFrame, *, mode: Mode) -> Figure:
    """Return people's types (down) against what the network made of them (across): counts, coloured by the share of the
    row.

    A click on a cell gives "row|column".
    """
    shares = counts.to_numpy(float) / counts.to_numpy(float).sum(axis=1, keepdims=True).clip(min=1)
    rows, columns = list(map(str, counts.index)), list(map(str, counts.columns))
    figure = theme.blank_figure(mode, height=ROW_HEIGHT * len(rows) + 110)
    cells = [
        (rows[row], columns[column], int(counts.iat[row, column]), shares[row, column])
        for row in range(len(rows))
        for column in range(len(columns))
    ]
    add_cells(
        figure,
        shares,
        [f"{row}|{column}" for row, column, _, _ in cells],
        [f"{count:,}" if count else "" for _, _, count, _ in cells],
        [
            f"{row} by people, {column} by the network: {count:,} ({percent(share)} of the row)"
            for row, column, count, share in cells
        ],
        mode,
    )
    name_rows(figure, plain_labels(rows), 0.5)
    name_columns(figure, plain_labels(columns), side="top")
    figure.update_layout(showlegend=False, margin={"t": 40, "b": 4})
    return figure


def trainings(frame: pd.DataFrame, *, mode: Mode) -> Figure:
    """Return a row per way of building, a mark per training at its F1 and a line at their mean; columns `variant`,
    `bidirectional`, `crf`, `seed`, `f1`."""
    variants = list(frame.groupby("variant")["f1"].agg(OVER_SEEDS.middle).sort_values(ascending=False).index)
    figure = theme.blank_figure(mode, x_title="F1 on the test sentences, %", height=ROW_HEIGHT * len(variants) + 90)
    for position, variant in enumerate(variants):
        part = frame[frame["variant"] == variant]
        style = BUILDS[bool(part["bidirectional"].iloc[0]), bool(part["crf"].iloc[0])]
        middle, colour = float(part["f1"].agg(OVER_SEEDS.middle)), style.colour(mode)
        ends = [position - 0.32, position + 0.32]
        add_strokes(figure, [middle, middle], ends, colour, 2, showlegend=None)
        said = [f"{plain_label(variant)}, seed {row.seed}: {row.f1:.2f}" for row in part.itertuples()]
        look = (style.marker, 11, colour)
        add_marks(figure, part["f1"], [position] * len(part), look, hovertext=said, **_NAMED)
    name_rows(figure, plain_labels(variants), 0.5)
    figure.update_xaxes(showgrid=True)
    figure.update_layout(showlegend=False, margin={"t": 8})
    return figure
