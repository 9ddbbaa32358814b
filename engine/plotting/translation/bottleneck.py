"""What is left of a translation, or of a translator's quality, when its sentence vector keeps only k principal
directions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.plotting import theme
from engine.plotting.figure import Figure
from engine.plotting.labels import name_columns, plain_label
from engine.plotting.marks import STILL
from engine.plotting.theme import Mode

ALL = "all"


@dataclass(frozen=True)
class PressLine:
    """One line over sizes: its name, its look, and a value per size, 0 standing for the whole vector; `is_level` draws
    one value across."""

    label: str
    architecture: str
    sizes: Sequence[int]
    values: Sequence[float]
    is_level: bool = False


def press_lines(
    lines: Sequence[PressLine],
    *,
    mode: Mode,
    y_title: str,
    size: int | None = None,
    from_zero: bool = False,
    height: int = 320,
) -> Figure:
    """Return values against the number of directions kept, fewest on the left, the whole vector on the right.

    `size` is marked by an upright line where it is one of the sizes. A click on a mark gives its size.
    """
    figure = theme.blank_figure(mode, x_title="Directions kept", y_title=y_title, height=height)
    sizes = sorted({size for line in lines for size in line.sizes}, key=lambda size: (size == 0, size))
    positions = {size: position for position, size in enumerate(sizes)}
    seen: set[str] = set()
    for line in lines:
        style, name = theme.architecture_style(line.architecture, mode), plain_label(line.label)
        pairs = sorted(zip(line.sizes, line.values, strict=True), key=lambda pair: positions[pair[0]])
        style = style.again() if line.architecture in seen else style
        seen.add(line.architecture)
        if line.is_level:
            figure.add_scatter(
                x=[0, len(sizes) - 1],
                y=[pairs[-1][1]] * 2,
                name=name,
                mode="lines",
                line={"color": style.colour, "width": 2, "dash": "dot"},
                hovertemplate="%{y:.2f}<extra>%{fullData.name}</extra>",
            )
            continue
        figure.add_scatter(
            x=[positions[size] for size, _ in pairs],
            y=[value for _, value in pairs],
            customdata=[size for size, _ in pairs],
            name=name,
            text=[_words(size) for size, _ in pairs],
            mode="lines+markers",
            **style.drawn(10),
            **STILL,
            hovertemplate="%{text}: %{y:.2f}<extra>%{fullData.name}</extra>",
        )
    if size in positions:
        figure.add_vline(x=positions[size], line={"color": theme.ink(mode), "width": 1.5, "dash": "dash"})
    name_columns(figure, [str(size or ALL) for size in sizes], 0.4, tickangle=0)
    figure.update_yaxes(rangemode="tozero" if from_zero else "normal")
    figure.update_layout(clickmode="event+select")
    return figure


def _words(size: int) -> str:
    return "the whole vector" if size == 0 else f"{size} direction" + ("s" if size > 1 else "")
