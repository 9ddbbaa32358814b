"""Figures of what a recurrent layer returns: every state of every layer and direction in its place, and parameter
counts."""

from __future__ import annotations

from collections.abc import Mapping

from engine.plotting import theme
from engine.plotting.figure import Figure
from engine.plotting.labels import name_rows
from engine.plotting.marks import add_key, add_texts, columns_of
from engine.plotting.theme import Mode

ROW_HEIGHT = 46
_ARROWS = ("\N{RIGHTWARDS ARROW}", "\N{LEFTWARDS ARROW}")


def state_grid(layers: int, directions: int, length: int, hidden_size: int, has_cell: bool, *, mode: Mode) -> Figure:
    """Return a cell of H numbers per layer, direction and time step: filled those in `output`, framed the last of each
    row, h_n.

    A row is one layer read in one direction; the lowest reads the input. Arrows show which way it is read.
    """
    rows = layers * directions
    figure = theme.blank_figure(mode, x_title="Time step", height=ROW_HEIGHT * rows + 110)
    accent, ink = theme.accent(mode), theme.ink(mode)
    x, y, words, arrows, boxes = [], [], [], [], []
    for row in range(rows):
        layer, direction = divmod(row, directions)
        is_top, last = layer == layers - 1, (0 if direction else length - 1)
        for step in range(length):
            boxes.append(
                {
                    "type": "rect",
                    "x0": step - 0.42,
                    "x1": step + 0.42,
                    "y0": row - 0.36,
                    "y1": row + 0.36,
                    "layer": "below",
                    "fillcolor": theme.translucent(accent, 0.3) if is_top else "rgba(0,0,0,0)",
                    "line": {"color": ink if step == last else theme.muted(mode), "width": 4 if step == last else 1},
                }
            )
            where = (
                f"in output, numbers {direction * hidden_size} to {(direction + 1) * hidden_size - 1}"
                if is_top
                else "not returned"
            )
            if step == last:
                where += f"; the last state of this row, h_n[{row}]" + (f", its memory c_n[{row}]" if has_cell else "")
            x.append(step)
            y.append(row)
            words.append(f"{hidden_size} numbers of layer {layer + 1}, {_way(direction)}, after step {step}: {where}")
        for step in range(length - 1):
            arrows.append((step + 0.5, row, _ARROWS[direction]))
    figure.update_layout(shapes=boxes)
    figure.add_scatter(
        x=x,
        y=y,
        text=words,
        mode="markers",
        marker={"size": 24, "opacity": 0, "symbol": "square"},
        hovertemplate="%{text}<extra></extra>",
        showlegend=False,
        name="states",
    )
    if length <= 12:
        between, lanes, signs = columns_of(arrows, 3)
        add_texts(figure, between, lanes, signs, 13, ink, name="arrows")
    key = {"symbol": "square", "size": 14, "color": theme.translucent(accent, 0.3)}
    add_key(figure, "in output", marker=key | {"line": {"color": theme.muted(mode), "width": 1}}, hoverinfo=None)
    framed = {"symbol": "square-open", "size": 14, "color": ink, "line": {"width": 3}}
    add_key(figure, "in h_n" + (" and c_n" if has_cell else ""), marker=framed, hoverinfo=None)
    labels = [f"Layer {row // directions + 1} {_ARROWS[row % directions]}  h_n[{row}]" for row in range(rows)]
    figure.update_xaxes(dtick=1 if length <= 12 else 5, range=[-0.6, length - 0.4])
    name_rows(figure, labels, range=[-0.6, rows - 0.4])
    return figure


def describe_state_grid(layers: int, directions: int, length: int, hidden_size: int) -> str:
    """Return the alternative text of `state_grid`: how many cells, which are returned, and where each row ends."""
    rows = layers * directions
    ends = ", ".join(f"h_n[{row}] at step {0 if row % directions else length - 1}" for row in range(rows))
    return (
        f"A grid of {rows} rows (layers and directions) and {length} time steps, {hidden_size} numbers in each cell. "
        "The top "
        f"{'two rows are' if directions == 2 else 'row is'} the output; the last states are {ends}."
    )


def count_bars(counted: Mapping[str, int], chosen: str, *, mode: Mode) -> Figure:
    """Return a bar of the parameters of each kind of layer, with how many times the RNN's they are; the chosen one is
    framed."""
    figure = theme.blank_figure(mode, x_title="Parameters", height=210)
    base = counted["rnn"]
    for kind in sorted(counted, key=counted.__getitem__):
        style = theme.architecture_style(kind, mode)
        figure.add_bar(
            x=[counted[kind]],
            y=[style.label],
            orientation="h",
            name=style.label,
            showlegend=False,
            marker={"color": style.colour, "line": {"color": theme.ink(mode), "width": 3 if kind == chosen else 0}},
            text=f"{counted[kind]:,} {'≈' if counted[kind] % base else '='} {counted[kind] / base:.3g} × {base:,}",
            textposition="outside",
            cliponaxis=False,
            textfont={"color": theme.ink(mode)},
            hovertemplate="%{y}: %{x:,}<extra></extra>",
        )
    figure.update_xaxes(range=[0, 1.75 * max(counted.values())], fixedrange=True, nticks=4, tickformat=",")
    figure.update_yaxes(autorange="reversed", fixedrange=True, showgrid=False)
    return figure


def describe_count_bars(counted: Mapping[str, int]) -> str:
    """Return the alternative text of `count_bars`: each count, and its share of the RNN's."""
    parts = [
        f"{theme.architecture_label(kind)} {counted[kind]:,} ({counted[kind] / counted['rnn']:g} times)"
        for kind in sorted(counted, key=counted.__getitem__)
    ]
    return f"Parameters with these settings: {', '.join(parts)}."


def _way(direction: int) -> str:
    return ("forwards", "backwards")[direction]
