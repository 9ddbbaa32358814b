"""Figures of what each word is worth: signed strips over the text, and agreement with deletion beside what chance
gives."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from engine.plotting import theme
from engine.plotting.figure import Figure, Trace
from engine.plotting.labels import name_rows, plain_label, plain_labels, scale_below
from engine.plotting.marks import add_marks, add_targets, add_texts
from engine.plotting.theme import Mode
from engine.plotting.writing.text_grid import readable_inks

PER_STRIP = 5  # words side by side; a telephone has room for them
MAX_LABEL = 11
ROW_HEIGHT = 28


def signed_strips(
    words: Sequence[str], lanes: Mapping[str, Sequence[float]], *, mode: Mode, title_of_values: str
) -> Figure:
    """Return the words, wrapped into strips, with a row of signed cells per lane under them; every cell has its number
    in it.

    A click on a word or a cell under it carries the word's number, from 1, as `customdata`.
    """
    strips = math.ceil(len(words) / PER_STRIP)
    strip_rows = len(lanes) + 1
    rows = strips * strip_rows
    figure = theme.blank_figure(mode, height=ROW_HEIGHT * rows + 86)
    values = np.array([list(map(float, lane)) for lane in lanes.values()])  # (lanes, T)
    reach = float(np.abs(values).max()) or 1.0
    scale = theme.diverging_scale(mode)
    heat = np.full((rows, PER_STRIP), np.nan)
    hover = np.full((rows, PER_STRIP), "", dtype=object)
    x, y, texts, colours = [], [], [], []
    said = plain_labels(words)
    for lane, (name, row_values) in enumerate(zip(lanes, values, strict=True), start=1):
        for position, (value, ink) in enumerate(
            zip(row_values, readable_inks(row_values, -reach, reach, scale, mode), strict=True)
        ):
            row, column = position // PER_STRIP * strip_rows + lane, position % PER_STRIP
            heat[row, column] = value
            hover[row, column] = f"{said[position]}, {plain_label(name)}: {value:+.3f}"
            x.append(column)
            y.append(row)
            texts.append(f"{value:+.2f}")
            colours.append(ink)
    figure.add_heatmap(
        x=list(range(PER_STRIP)),
        y=list(range(rows)),
        z=heat,
        **theme.heat_colours(mode, reach),
        xgap=3,
        ygap=2,
        hoverinfo="skip",
        colorbar=scale_below(title_of_values, mode, ticks=5),
    )
    add_texts(figure, x, y, texts, 12, colours)
    columns = [position % PER_STRIP for position in range(len(words))]
    tops = [position // PER_STRIP * strip_rows for position in range(len(words))]
    above = [f"<b>{label}</b>" for label in plain_labels(words, MAX_LABEL)]
    whole: Trace = {"hoverinfo": None, "hovertext": said, "hovertemplate": "%{hovertext}<extra></extra>"}
    add_texts(figure, columns, [top + 0.08 for top in tops], above, 13, theme.ink(mode), **whole)
    _add_targets(figure, len(words), strip_rows, said, hover)
    figure.update_xaxes(visible=False, range=[-0.52, PER_STRIP - 0.48])
    figure.update_yaxes(
        tickvals=[strip * strip_rows + lane for strip in range(strips) for lane in range(1, strip_rows)],
        ticktext=plain_labels(lanes) * strips,
        tickfont={"size": 12},
        showgrid=False,
        range=[rows - 0.45, -0.55],
    )
    figure.update_layout(margin={"l": 8, "r": 8, "t": 4, "b": 4})
    return figure


def _add_targets(figure: Figure, count: int, strip_rows: int, said: Sequence[str], hover: np.ndarray) -> None:
    """Lay an unseen mark over each word and each of its cells, as heat maps bring no clicks."""
    places = [(position, row) for position in range(count) for row in range(strip_rows)]
    x = [position % PER_STRIP for position, _ in places]
    y = [position // PER_STRIP * strip_rows + row for position, row in places]
    values = [position + 1 for position, _ in places]
    text = [hover[row, column] or said[value - 1] for row, column, value in zip(y, x, values, strict=True)]
    add_targets(figure, x, y, values, text, 24, hovertemplate="%{text}<br>a click leaves it out<extra></extra>")


def chance_dots(
    correlations: Mapping[str, float], chance: Mapping[str, Sequence[float]], levels: Mapping[str, float], *, mode: Mode
) -> Figure:
    """Return a row per method: its rank correlation as a large mark, those of shuffled attributions as ticks, the 5 %
    level as a line."""
    figure = theme.blank_figure(
        mode, x_title="Rank correlation with deletion (−1 to 1)", height=64 * len(correlations) + 110
    )
    names = list(correlations)
    for position, name in enumerate(names):
        shuffled = list(chance[name])
        once: Trace = {"showlegend": position == 0}
        many = once | {"name": "Shuffled among the words", "legendgroup": "chance"}
        hover, tick = "shuffled: %{x:.2f}<extra></extra>", ("line-ns-open", 11, theme.muted(mode))
        add_marks(figure, shuffled, [position + 0.16] * len(shuffled), tick, 1, hovertemplate=hover, **many)
        if shuffled:
            figure.add_scatter(
                x=[levels[name]] * 2,
                y=[position - 0.3, position + 0.34],
                mode="lines",
                name="19 of 20 shuffles stay below",
                legendgroup="level",
                line={"color": theme.ink(mode), "width": 2, "dash": "dot"},
                hovertemplate="level: %{x:.2f}<extra></extra>",
                **once,
            )
        real = once | {"name": "As the method gave it", "legendgroup": "real", "cliponaxis": False}
        hover, mark = f"{plain_label(name)}: %{{x:.2f}}<extra></extra>", ("diamond", 14, theme.accent(mode))
        add_marks(figure, [correlations[name]], [position - 0.14], mark, hovertemplate=hover, **real)
    figure.update_xaxes(range=[-1.05, 1.05])
    name_rows(figure, [plain_label(name).replace(" ", "<br>", 1) for name in names])
    figure.update_layout(margin={"t": 70})
    return figure


def describe_strips(words: Sequence[str], values: Sequence[float], name: str, top: int = 3) -> str:
    """Return which words speak most for and most against, in words."""
    order = np.argsort(values, kind="stable")
    said = [f"“{words[position]}” {values[position]:+.2f}" for position in order[::-1][:top] if values[position] > 0]
    against = [f"“{words[position]}” {values[position]:+.2f}" for position in order[:top] if values[position] < 0]
    return f"{name}: for positive {', '.join(said) or 'none'}; against {', '.join(against) or 'none'}."
