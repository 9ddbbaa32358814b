"""The trials of a claim below each other: what was measured of one side beside the other, or beside bounds."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from engine.plotting import theme
from engine.plotting.curves import BELOW, scale
from engine.plotting.figure import Figure
from engine.plotting.labels import plain_label
from engine.plotting.marks import add_note, error_bars, points
from engine.plotting.theme import LineStyle, Mode

OUTCOMES = {"for": "✓", "against": "✗", "undecided": "≈"}  # before the place of a trial: what it says of the claim
ROW_HEIGHT, AROUND = 50, 120  # pixels
MANY_TIMES = 30  # values that differ by more stand on a logarithmic axis
_SIDES = (  # of what is no architecture's
    LineStyle(*theme.SERIES["ink"], "solid", "circle"),
    LineStyle(*theme.SERIES["amber"], "dash", "diamond"),
)


def trial_ranges(
    table: pd.DataFrame,
    *,
    mode: Mode,
    looks: Sequence[str] = ("", ""),
    x_title: str = "",
    reach: tuple[float, float] | None = None,
) -> Figure:
    """Return a row per trial, its place written above it: a mark at each side's median and a bar over the range.

    Args:
        table: columns `where`, `speaks`, `one` (what the side is called), `one_median`, `one_smallest`, `one_largest`,
            and the same of `other`, or `bound_low` and `bound_high`.
        looks: the architectures whose colour and marker the sides take in order, "" for none.
        reach: the ends of the axis; by default it reaches over what was measured.
    """
    figure = theme.blank_figure(mode, x_title=x_title, height=AROUND + ROW_HEIGHT * len(table))
    sides = [side for side in ("one", "other") if f"{side}_median" in table]
    for position, side in enumerate(sides):
        style = theme.architecture_style(looks[position], mode) if looks[position] else None
        colour = style.colour if style else _SIDES[position].colour(mode)
        marker = style.marker if style else _SIDES[position].marker
        middle, low, high = (table[f"{side}_{part}"].astype(float) for part in ("median", "smallest", "largest"))
        names = table[side].where(table[side] != "", table["where"])
        figure.add_trace(
            points(
                middle,
                [row + 0.08 + 0.24 * position for row in range(len(table))],
                (marker, 11, colour),
                name=plain_label(str(names.iloc[0])) if table[side].iloc[0] else "measured",
                showlegend=len(sides) > 1,
                error_x=error_bars(middle, low, high, colour),
                customdata=list(zip(names, low, high, strict=True)),
                hovertemplate="%{customdata[0]}: %{x:.4~g} (%{customdata[1]:.4~g} to %{customdata[2]:.4~g})"
                "<extra></extra>",
            )
        )
    smallest, largest = (
        float(pick(table[[f"{side}_{part}" for side in sides]].to_numpy(float).ravel().tolist()))
        for part, pick in (("smallest", min), ("largest", max))
    )
    if "bound_low" in table:
        low_bound, high_bound = float(table["bound_low"].iloc[0]), float(table["bound_high"].iloc[0])
        smallest, largest = min(smallest, low_bound), max(largest, high_bound)
        grey = theme.architecture_style("baseline", mode)
        if low_bound == high_bound:
            figure.add_vline(low_bound, line={"color": grey.colour, "dash": grey.dash, "width": 1.5})
        else:
            figure.add_vrect(low_bound, high_bound, fillcolor=theme.translucent(grey.colour, 0.3), line={"width": 0})
    is_log = smallest > 0 and largest > MANY_TIMES * smallest
    for row, (where, speaks) in enumerate(zip(table["where"], table["speaks"], strict=True)):
        text = plain_label(f"{OUTCOMES[speaks]} {where}")
        place = {
            "xref": "paper",
            "xanchor": "left",
            "yanchor": "middle",
        }  # no axis: a phone has no room beside the plot
        add_note(figure, 0, row - 0.24, text, theme.ink(mode), 14, **place)
    room = 0.06 * (largest - smallest or abs(largest) or 1.0)
    span = list(reach or (smallest - room, largest + room))
    figure.update_xaxes(scale([pd.Series([smallest, largest])], True) if is_log else {"range": span}, showgrid=True)
    figure.update_yaxes(range=[len(table) - 0.4, -0.6], showticklabels=False, showgrid=False)
    figure.update_layout(legend=BELOW | {"y": 1.0, "yanchor": "bottom"}, margin_t=44 if len(sides) > 1 else 12)
    return figure
