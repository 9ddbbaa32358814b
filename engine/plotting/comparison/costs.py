"""Figures of what a step costs: seconds or bytes against sequence length or position, one line per architecture."""

from __future__ import annotations

import pandas as pd

from engine.plotting import theme
from engine.plotting.curves import BELOW, in_legend_order
from engine.plotting.curves import scale as axis
from engine.plotting.figure import Figure, Trace
from engine.plotting.marks import add_key
from engine.plotting.theme import Mode

UNITS = {"seconds": (1000.0, "milliseconds"), "memory_bytes": (1 / 1024, "KiB")}


def cost_lines(
    points: pd.DataFrame,
    *,
    column: str,
    mode: Mode,
    x_title: str,
    y_title: str,
    is_log_x: bool = False,
    is_log_y: bool = False,
    now: pd.DataFrame | None = None,
    now_label: str = "measured here and now",
    height: int = 380,
) -> Figure:
    """Return `column` ("seconds" or "memory_bytes") against `at`: lines for stored points, open markers for those
    measured now.

    Args:
        points, now: `architecture`, `at`, and the column; `now` may be None.
    """
    scale, unit = UNITS[column]
    figure = theme.blank_figure(mode, x_title=x_title, y_title=f"{y_title} ({unit})", height=height)
    both = [(points, False)] + ([(now, True)] if now is not None else [])
    positive = {
        "x": [table["at"].astype(float) for table, _ in both],
        "y": [scale * table[column].astype(float) for table, _ in both],
    }
    names = in_legend_order([name for table, _ in both for name in table["architecture"]])
    for table, is_now in both:
        lines = dict(iter(table.dropna(subset=[column]).groupby("architecture", sort=False)))
        for name, line in sorted(lines.items(), key=lambda item: names.index(item[0])):
            figure.add_trace(_line(line["at"], scale * line[column], name, mode, now_label if is_now else "", unit))
    if now is not None and len(points):
        add_key(figure, now_label, marker={"symbol": "circle-open", "size": 9, "color": theme.muted(mode)})
    figure.update_layout(xaxis=axis(positive["x"], is_log_x), yaxis=axis(positive["y"], is_log_y), legend=BELOW)
    return figure


def _line(x: pd.Series, y: pd.Series, name: str, mode: Mode, now_label: str, unit: str) -> Trace:
    style, is_now = theme.architecture_style(name, mode), bool(now_label)
    return dict(
        type="scatter",
        x=x,
        y=y,
        name=f"{style.label}, {now_label}" if is_now else style.label,
        showlegend=not is_now,
        legendgroup=style.label,
        mode="markers" if is_now else "lines+markers" if len(x) <= 40 else "lines",
        **theme.drawn(
            style.colour,
            style.dash,
            f"{style.marker}-open" if is_now else style.marker,
            9 if is_now else 7,
        ),
        hovertemplate=f"%{{x:,}}: %{{y:.4~g}} {unit}<extra>%{{fullData.name}}</extra>",
    )
