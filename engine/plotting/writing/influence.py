"""For how long something changes predictions: a divergence against the text read since, one line per network."""

from __future__ import annotations

import pandas as pd

from engine.plotting import theme
from engine.plotting.curves import FLOOR, add_baseline, decades
from engine.plotting.figure import Figure
from engine.plotting.labels import plain_label
from engine.plotting.marks import STILL, add_strokes, sparse
from engine.plotting.theme import ArchitectureStyle, Mode


def influence_curves(
    frame: pd.DataFrame, *, mode: Mode, threshold: float, position: int | None = None, height: int = 400
) -> Figure:
    """Return the divergence against the characters read since, on a logarithmic axis.

    The thin line is the divergence after each token; the strong one is the largest that is still to come, and so
    crosses the threshold where the influence has ended.

    Args:
        frame: columns `label`, `architecture`, `characters`, `kl_nats`; a network's rows in reading order. The points'
            `customdata` is the number of characters, for clicks.
        threshold: nats below which an influence counts as gone, drawn dashed.
        position: characters after which something happens, marked by an upright line.
    """
    titles = {"x_title": "Characters of the passage read", "y_title": "Difference of the next prediction: KL (nats)"}
    figure = theme.blank_figure(mode, height=height, **titles)
    seen: set[str] = set()
    for label, rows in frame.groupby("label", sort=False):
        architecture = rows["architecture"].iloc[0]
        style = theme.architecture_style(architecture, mode)
        _add_network(figure, plain_label(str(label)), rows, style.again() if architecture in seen else style)
        seen.add(architecture)
    add_baseline(figure, threshold, mode, f"Called none: {threshold:g} nats")
    if position is not None:
        figure.add_vline(x=position, line={"color": theme.accent(mode), "width": 2})
    last = frame["characters"].max()
    figure.update_xaxes(range=[0, last * 1.02])
    figure.update_yaxes(decades(1.3))
    return figure


def _add_network(figure: Figure, name: str, rows: pd.DataFrame, style: ArchitectureStyle) -> None:
    nats = rows["kl_nats"].clip(lower=FLOOR)
    still_to_come = nats[::-1].cummax()[::-1]
    entry = {"name": name, "legendgroup": name}
    thin = theme.translucent(style.colour, 0.45)
    add_strokes(figure, rows["characters"], nats, thin, 1, showlegend=False, **entry)
    look = style.drawn(sparse(len(rows), 25), 2.5)
    figure.add_scatter(
        x=rows["characters"],
        y=still_to_come,
        customdata=rows["characters"],
        text=[f"{value:.2g}" for value in rows["kl_nats"]],
        mode="lines+markers",
        line=look["line"] | {"shape": "hv"},
        marker=look["marker"],
        **entry,
        **STILL,
        hovertemplate="after %{x:,} characters: %{text} nats here, at most %{y:.2g} from here "
        "on<extra>%{fullData.name}</extra>",
    )


def describe_influence(frame: pd.DataFrame, lasting: dict[str, int | None], *, threshold: float) -> str:
    """Return the alternative text of `influence_curves`: where each network's line begins, and where it ends.

    Args:
        lasting: label to the characters after which the influence stays below `threshold`; None where it does not.
    """
    parts = []
    for label, rows in frame.groupby("label", sort=False):
        characters = lasting[str(label)]
        end = (
            f"is still {rows['kl_nats'].iloc[-1]:.2g} at the end"
            if characters is None
            else f"stays below {threshold:g} after {characters:,} characters"
        )
        parts.append(f"{label} is at most {rows['kl_nats'].max():.2g} nats and {end}")
    return (
        f"Falling curves over {frame['characters'].max():,} characters of a passage, of how much a donor's state "
        f"changes a network's next prediction: {'; '.join(parts)}."
    )
