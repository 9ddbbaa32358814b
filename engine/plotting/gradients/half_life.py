"""Influence of a token on what is predicted now against how far back it stands, measured and by gradient."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from engine.plotting import theme
from engine.plotting.curves import FLOOR, decades
from engine.plotting.figure import Figure
from engine.plotting.labels import plain_label
from engine.plotting.marks import STILL, add_key, add_marks, panels
from engine.plotting.theme import Mode

X_TITLE = "Distance (tokens back)"
REPLACED, BY_GRADIENT = "replaced token", "gradient, squared"
LEVELS = {"kl": ("kl", "kl_low", "kl_high"), "gradient": ("gradient_norm", "gradient_low", "gradient_high")}
Y_TITLES = {"kl": "Change of the prediction (nats)", "gradient": "Gradient (nats per unit of embedding)"}


def influence_by_distance(
    frame: pd.DataFrame,
    *,
    mode: Mode,
    quantity: str = "kl",
    is_log: bool = True,
    is_log_distance: bool = True,
    half_lives: Mapping[str, float | None] | None = None,
    height: int = 400,
) -> Figure:
    """Return one line per network against distance, the mean, over a band from the lower to the upper quartile of
    places in the text.

    A few places where much depends on the token can lift the mean above the band.

    Args:
        frame: columns `label`, `architecture` and those of `engine.inspection.gradients.half_life.HalfLife.frame`; a
            network's rows in order of distance. Networks without a gradient are left out of the gradient's figure. The
            points' `customdata` is the distance, for clicks.
        quantity: "kl", what replacing the token changed, or "gradient", what the gradient says it would.
        half_lives: label to the distance at which the line has fallen to half, marked by a ringed point; None for no
            mark.
    """
    middle, low, high = LEVELS[quantity]
    floor = FLOOR if is_log else 0.0
    figure = theme.blank_figure(mode, x_title=X_TITLE, y_title=Y_TITLES[quantity], height=height)
    seen: set[str] = set()
    for label, rows in frame.dropna(subset=[middle]).groupby("label", sort=False):
        architecture, name = rows["architecture"].iloc[0], plain_label(str(label))
        first = theme.architecture_style(architecture, mode)
        style = first.again() if architecture in seen else first
        seen.add(architecture)
        lowest, highest = (rows[column].clip(lower=floor) for column in (low, high))
        theme.add_band(figure, rows["distance"], lowest, highest, theme.translucent(style.colour, 0.12), name)
        figure.add_scatter(
            x=rows["distance"],
            y=rows[middle].clip(lower=floor),
            customdata=rows["distance"],
            name=name,
            legendgroup=name,
            text=[f"{value:.3g}" for value in rows[middle]],
            mode="lines+markers",
            # A mark now and then, so that the lines can be told apart without colour; the others are there to be
            # pointed at.
            **style.drawn([8 if is_marked else 0.1 for is_marked in _marked(len(rows))], 2.5),
            **STILL,
            hovertemplate="%{x} tokens back: %{text}<extra>%{fullData.name}</extra>",
        )
        half = (half_lives or {}).get(str(label))
        if half is not None:
            place, edge = ([half], [rows[middle].iloc[0] / 2]), {"color": theme.ink(mode), "width": 1.5}
            said = "half is left %{x:.1f} tokens back<extra>%{fullData.name}</extra>"
            entry = {"name": name, "legendgroup": name, "showlegend": False, "hovertemplate": said}
            add_marks(figure, *place, (first.marker, 11, style.colour), edge, **entry)
    _set_axes(figure, is_log, is_log_distance, int(frame["distance"].max()), frame[middle].max())
    return figure


def two_answers(
    frame: pd.DataFrame, *, mode: Mode, is_log_distance: bool = True, height_per_network: int = 190
) -> Figure:
    """Return, one panel per network, both curves as shares of their value one token back; where they disagree is
    shaded.

    Args:
        frame: as in `influence_by_distance`; networks without a gradient have no panel.
    """
    frame = frame.dropna(subset=["gradient_share"])
    groups = list(frame.groupby("label", sort=False))
    titles = [plain_label(str(label)) for label, _ in groups]
    count = max(1, len(groups))
    spacing, height = 0.3 / max(2, len(groups) + 1), 90 + height_per_network * count
    figure = panels(titles or [""], mode=mode, height=height, spacing=spacing, colour=theme.ink(mode))
    for row, (_, rows) in enumerate(groups, start=1):
        style = theme.architecture_style(rows["architecture"].iloc[0], mode)
        lines = (
            (REPLACED, "kl_share", style.colour, "solid", "circle"),
            (BY_GRADIENT, "gradient_share", theme.ink(mode), "dot", "x"),
        )
        for name, column, colour, dash, marker in lines:
            figure.add_scatter(
                x=rows["distance"],
                y=rows[column].clip(lower=FLOOR),
                customdata=rows["distance"],
                name=name,
                legendgroup=name,
                showlegend=row == 1,
                mode="lines+markers",
                text=[f"{100 * share:.2g} %" for share in rows[column]],
                **theme.drawn(colour, dash, marker, [7 if is_marked else 0.1 for is_marked in _marked(len(rows))]),
                row=row,
                hovertemplate="%{x} tokens back: %{text}<extra>%{fullData.name}</extra>",
            )
        for first, last in _runs(rows.loc[rows["disagrees"], "distance"].tolist()):
            figure.add_vrect(
                x0=first - 0.5,
                x1=last + 0.5,
                row=row,
                layer="below",
                line={"width": 0},
                fillcolor=theme.translucent(theme.muted(mode), 0.25),
            )
    # In the legend, since shapes have no entry of their own.
    shade = {"symbol": "square", "size": 12, "color": theme.translucent(theme.muted(mode), 0.5)}
    add_key(figure, "they disagree", marker=shade)
    _set_axes(figure, True, is_log_distance, int(frame["distance"].max()) if len(frame) else 1, 1.0)
    figure.update_yaxes(
        title={"text": "Share left", "font": {"size": 13}},
        tickvals=[1e-6, 1e-4, 1e-2, 1],
        ticktext=["≤ 0.0001 %", "0.01 %", "1 %", "100 %"],
    )
    figure.update_xaxes(title_text=X_TITLE, row=count)
    return figure


def describe_half_lives(frame: pd.DataFrame, half_lives: Mapping[str, float | None], *, quantity: str = "kl") -> str:
    """Return the alternative text of `influence_by_distance`: where every line begins, halves and ends.

    Args:
        half_lives: label to the distance at which the line has fallen to half, None where it does not.
    """
    column, unit = LEVELS[quantity][0], "nats" if quantity == "kl" else "nats per unit of embedding"
    parts = []
    for label, rows in frame.dropna(subset=[column]).groupby("label", sort=False):
        half = half_lives.get(str(label))
        where = "does not fall to half" if half is None else f"has fallen to half {half:.1f} tokens back"
        first, last = rows.iloc[0], rows.iloc[-1]
        parts.append(
            f"{label} begins at {first[column]:.2g} {unit}, {where} and ends at {last[column]:.2g}, "
            f"{int(last['distance'])} back"
        )
    what = (
        "replacing a token changes what is predicted now"
        if quantity == "kl"
        else "the next token's log-probability leans on a token"
    )
    return (
        f"Falling lines, with bands over places in the text, of how much {what}, by how far back it stands: "
        f"{'; '.join(parts)}."
    )


def describe_two_answers(frame: pd.DataFrame) -> str:
    """Return the alternative text of `two_answers`: at how many distances, and where, the curves of each network
    disagree."""
    parts = []
    for label, rows in frame.dropna(subset=["gradient_share"]).groupby("label", sort=False):
        runs = _runs(rows.loc[rows["disagrees"], "distance"].tolist())
        words = ", ".join(f"{first}" if first == last else f"{first} to {last}" for first, last in runs)
        where = (
            f"disagree at {int(rows['disagrees'].sum())} of {len(rows)} distances ({words})"
            if runs
            else "agree throughout"
        )
        parts.append(f"for {label} they {where}")
    return (
        "Two falling curves per network, the measured change and the squared gradient as shares of one token "
        f"back: {'; '.join(parts)}."
    )


def _marked(count: int) -> list[bool]:
    """Return which of the distances 1..count carry a mark: the first, then about every fifth longer, evenly on a log
    axis."""
    chosen, position = set(), 1.0
    while position <= count:
        chosen.add(round(position))
        position = max(position + 1, min(1.4 * position, position + 25))
    return [distance in chosen for distance in range(1, count + 1)]


def _runs(distances: list[int]) -> list[tuple[int, int]]:
    """Return the runs (first, last) of neighbours among rising distances."""
    runs: list[tuple[int, int]] = []
    for distance in distances:
        if runs and runs[-1][1] == distance - 1:
            runs[-1] = (runs[-1][0], distance)
        else:
            runs.append((distance, distance))
    return runs


def _set_axes(figure: Figure, is_log: bool, is_log_distance: bool, last: int, largest: float) -> None:
    if is_log_distance:
        ticks = [tick for tick in (1, 2, 5, 10, 20, 50, 100, 200) if tick <= last]
        figure.update_xaxes(type="log", tickvals=ticks, range=[-0.04, math.log10(max(2, last)) + 0.03])
    else:
        figure.update_xaxes(range=[0, last * 1.02 + 1])
    if is_log:
        top = math.log10(max(largest, 10 * FLOOR)) + 0.3 if math.isfinite(largest) else 1.0
        figure.update_yaxes(decades(top))
    else:
        figure.update_yaxes(rangemode="tozero")
    figure.update_xaxes(fixedrange=True)
    figure.update_yaxes(fixedrange=True)
