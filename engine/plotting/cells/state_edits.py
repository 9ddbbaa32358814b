"""Figures of what an edit changes inside networks: distance of states against the text read, and single units in
rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.plotting import theme
from engine.plotting.curves import FLOOR, decades
from engine.plotting.figure import Figure, Trace
from engine.plotting.labels import bold_where, plain_label, plain_labels, scale_below
from engine.plotting.marks import add_texts, panels, sparse
from engine.plotting.theme import Mode
from engine.plotting.writing.distribution import visible_token

BAND_HEIGHT = 15
LETTERS_HEIGHT = 44
LETTER_SIZE = 11
MOST_LETTERS = 36  # columns in which letters can still be read on a telephone


@dataclass(frozen=True)
class Band:
    """The units of one network: label, the units, and how much each differs at each place, (P, units)."""

    label: str
    units: Sequence[int]
    differences: np.ndarray


def edit_curves(frame: pd.DataFrame, *, mode: Mode, height: int = 380) -> Figure:
    """Return the relative distance of two readings against the characters read, on a logarithmic axis, one line per
    reader.

    Args:
        frame: columns `reader`, `architecture` ("baseline" for one without units), `characters`, `first`, `second`,
            `edited`, `distance`. Edited places are shaded.
    """
    figure = theme.blank_figure(
        mode, x_title="Characters of the first text read", y_title="Distance of the states", height=height
    )
    for label, rows in frame.groupby("reader", sort=False):
        style = theme.architecture_style(rows["architecture"].iloc[0], mode)
        words = [
            plain_label(visible_token(one) if one == other else f"{visible_token(one)} | {visible_token(other)}")
            for one, other in zip(rows["first"], rows["second"], strict=True)
        ]
        drawn = style.drawn()
        figure.add_scatter(
            x=rows["characters"],
            y=rows["distance"].clip(lower=FLOOR),
            mode="lines+markers",
            name=plain_label(str(label)),
            line=drawn["line"],
            marker=drawn["marker"] | {"size": sparse(len(rows), 10)},
            text=words,
            customdata=rows["distance"],
            hovertemplate="after “%{text}”: %{customdata:.3g}<extra>%{fullData.name}</extra>",
        )
    first = frame[frame["reader"] == frame["reader"].iloc[0]]
    shade = {"fillcolor": theme.muted(mode), "opacity": 0.28, "line": {"width": 0}, "layer": "below"}
    figure.update_layout(
        shapes=[_strip(position, "x", "y domain") | shade for position in first["characters"][first["edited"]]]
    )
    figure.update_xaxes(range=[0, frame["characters"].max() + 1])
    figure.update_yaxes(decades(0.5))
    return figure


def describe_edit_curves(frame: pd.DataFrame) -> str:
    """Return the alternative text of `edit_curves`: each reader's largest distance and its last."""
    parts = [
        f"{label} is at most {rows['distance'].max():.2f} apart and {rows['distance'].iloc[-1]:.2g} at the end"
        for label, rows in frame.groupby("reader", sort=False)
    ]
    return (
        f"Curves over {frame['characters'].max():,} characters of how far the states of two readings are apart: "
        f"{'; '.join(parts)}."
    )


def unit_bands(
    tokens: Sequence[tuple[str, str]], edited: Sequence[bool], bands: Sequence[Band], *, mode: Mode
) -> Figure:
    """Return both texts letter by letter and, below, a band of rows for each network: how much each unit differs at
    each place."""
    heights = [LETTERS_HEIGHT, *(BAND_HEIGHT * len(band.units) for band in bands)]
    gap = 34
    total = sum(heights) + gap * len(bands)
    titles = ["", *(plain_label(band.label) for band in bands)]
    height, spacing = total + 100, gap / total
    figure = panels(titles, mode=mode, height=height, spacing=spacing, colour=theme.ink(mode), row_heights=heights)
    positions = list(range(len(tokens)))
    top: Trace = {"row": 1, "family": theme.MONOSPACE}
    for row, letters in enumerate(zip(*tokens, strict=True)):
        text = bold_where(plain_labels(map(visible_token, letters)), edited)
        add_texts(figure, positions, [row] * len(positions), text, LETTER_SIZE, theme.ink(mode), **top)
    reach = max((float(np.abs(band.differences).max(initial=0)) for band in bands), default=0) or 1.0
    for number, band in enumerate(bands, start=2):
        figure.add_heatmap(
            z=band.differences.T,
            x=positions,
            y=[f"unit {unit}" for unit in band.units],
            **theme.heat_colours(mode, reach),
            showscale=number == 2,
            xgap=1,
            ygap=1,
            colorbar=scale_below("Second text minus first (value of the unit)", mode, ticks=5),
            text=[[plain_label(f"{visible_token(a)} | {visible_token(b)}") for a, b in tokens]] * len(band.units),
            hovertemplate="%{y} after “%{text}”: %{z:+.2f}<extra></extra>",
            row=number,
        )
        figure.update_yaxes(autorange="reversed", tickfont_size=10, dtick=1, row=number)
    frame = {"line": {"color": theme.ink(mode), "width": 1}, "fillcolor": "rgba(0,0,0,0)"}
    figure.update_layout(
        shapes=[_strip(position, "x", "y domain") | frame for position, changed in enumerate(edited) if changed]
    )
    figure.update_xaxes(showticklabels=False, range=[-0.5, len(tokens) - 0.5], showgrid=False)
    figure.update_yaxes(showgrid=False)
    figure.update_yaxes(range=[1.6, -0.6], tickvals=[0, 1], ticktext=["First", "Second"], row=1)
    figure.update_layout(margin={"l": 8, "r": 8, "t": 8, "b": 8})
    return figure


def describe_unit_bands(bands: Sequence[Band], tokens: Sequence[tuple[str, str]]) -> str:
    """Return the alternative text of `unit_bands`: for each network the unit that differs most, how much, and where."""
    parts = []
    for band in bands:
        position, column = np.unravel_index(np.abs(band.differences).argmax(), band.differences.shape)
        one, other = (visible_token(token) for token in tokens[position])
        parts.append(
            f"in the {band.label} unit {band.units[column]} by {band.differences[position, column]:+.2f} after “{one}” "
            f"and “{other}”"
        )
    return (
        f"Rows of units over {len(tokens)} places, coloured by how much they differ between the two texts. Most: "
        f"{'; '.join(parts)}."
    )


def _strip(position: float, xref: str, yref: str) -> dict[str, object]:
    """Return a rectangle one character wide and as high as its panel; for many at once."""
    return {"type": "rect", "xref": xref, "yref": yref, "x0": position - 0.5, "x1": position + 0.5, "y0": 0, "y1": 1}
