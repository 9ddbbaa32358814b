"""Figures of a beam search: its tree, a column per step and a row per rank, and who wins at which width and penalty."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from engine.plotting import theme
from engine.plotting.figure import Figure
from engine.plotting.labels import plain_label, plain_labels
from engine.plotting.marks import STILL, Style, Values, add_frame, add_marks, add_note, add_ring, add_strokes, clicked
from engine.plotting.theme import Mode
from engine.wording import percent

ROW_PIXELS = 38
LETTERS_OF_A_PIECE = 7  # so many fit into one of eight columns on a telephone
LETTERS_OF_A_TEXT = 48
CELL_PIXELS = 36
START = -1
_ENDED = ("ended", "cut")
_GONE_ON = ("kept", "given")
# kind: (name in the legend, symbol, size, width and dash of the line to it)
_KINDS = {
    "left": ("Left by the search", "x-thin-open", 8, 0.8, "dot"),
    "kept": ("Kept for the next step", "circle-open", 9, 1.0, "solid"),
    "finished": ("Part of another finished sentence", "square", 9, 1.8, "solid"),
    "winner": ("The winner", "circle", 12, 4.0, "solid"),
}


def beam_tree(
    nodes: pd.DataFrame,
    lanes: pd.DataFrame,
    *,
    mode: Mode,
    first_step: int,
    steps_shown: int,
    chosen: int | None = None,
) -> Figure:
    """Return the steps of a search from `first_step` on; each line leads from a beginning to what it was continued
    with.

    Args:
        nodes: one row per candidate: node, parent (-1: the beginning), step, rank, piece, text, log_prob, total, score,
            fate, reason (the fate in words), is_winner, is_found. A marker's `customdata` is its node.
        lanes: one row per piece of a sentence that was brought back: lane, step, piece, probability, is_given,
            leaves_at.
        chosen: a node to be ringed.
    """
    last_step = first_step + steps_shown - 1
    shown = nodes[nodes["step"].between(first_step, last_step)]
    rows = int(nodes["rank"].max()) + (int(lanes["lane"].max()) if len(lanes) else 0)
    figure = theme.blank_figure(mode, height=96 + ROW_PIXELS * rows)
    figure.update_layout(margin={"l": 8, "r": 8, "t": 64, "b": 40}, hovermode="closest")
    kinds = _kinds(shown)
    positions = _positions(nodes)
    for kind, (name, symbol, size, width, dash) in _KINDS.items():
        part = shown[kinds == kind]
        colour = _colour(kind, mode)
        add_strokes(figure, *_links(part, positions), colour, width, dash)
        letters = theme.muted(mode) if kind == "left" else theme.ink(mode)
        said = [_hover(row) for row in part.itertuples()]
        entry = {"name": name, "customdata": part["node"].tolist()}
        _add_pieces(figure, part, part["rank"], (symbol, size, colour), said, letters, **entry)
    if len(lanes):
        _add_lanes(figure, lanes, positions, int(nodes["rank"].max()), (first_step, last_step), mode)
    if chosen in positions and first_step <= positions[chosen][0] <= last_step:
        x, y = positions[chosen]
        add_ring(figure, [x], [y], theme.ink(mode), 22, name="Chosen in the list")
    steps = {"range": [first_step - 0.6, last_step + 0.6], "dtick": 1, "tick0": 1}
    figure.update_xaxes(title_text="Step: one token written in each", **steps)
    figure.update_yaxes(range=[rows + 0.6, 0.2], visible=False)
    return figure


def beam_tree_overview(nodes: pd.DataFrame, *, mode: Mode, first_step: int, steps_shown: int) -> Figure:
    """Return the whole tree without letters and a frame around the steps shown; a marker's `customdata` is its step."""
    figure = theme.blank_figure(mode, height=118)
    figure.update_layout(margin={"l": 8, "r": 8, "t": 4, "b": 4}, showlegend=False, hovermode="closest")
    positions = _positions(nodes)
    kinds = _kinds(nodes)
    for kind, (_, symbol, _, width, _) in _KINDS.items():
        part = nodes[kinds == kind]
        colour = _colour(kind, mode)
        if kind != "left":
            add_strokes(figure, *_links(part, positions), colour, min(width, 2.5), showlegend=None)
        look, edge = (symbol, 4, colour), {"width": 1, "color": colour}
        said = {"customdata": part["step"].tolist(), "hovertemplate": "step %{x}<extra></extra>"}
        add_marks(figure, part["step"], part["rank"], look, edge, **said, **STILL)
    steps, ranks = int(nodes["step"].max()), int(nodes["rank"].max())
    ends = (first_step - 0.5, min(steps, first_step + steps_shown - 1) + 0.5)
    add_frame(figure, ends, (0.2, ranks + 0.8), theme.accent(mode))
    figure.update_xaxes(range=[0.2, steps + 0.8], visible=False)
    figure.update_yaxes(range=[ranks + 1, 0], visible=False)
    return figure


def describe_beam_tree(nodes: pd.DataFrame, lanes: pd.DataFrame, first_step: int, steps_shown: int) -> str:
    """Return the alternative text of `beam_tree`: its size, the steps shown, and the winner's pieces with their
    ranks."""
    last_step = min(int(nodes["step"].max()), first_step + steps_shown - 1)
    winner = nodes[nodes["is_winner"] & nodes["step"].between(first_step, last_step)]
    path = ", ".join(f"{row.piece} rank {row.rank} ({percent(math.exp(row.log_prob))})" for row in winner.itertuples())
    count = lanes["lane"].nunique()
    beside = f" Below the tree run {count} {'sentence' if count == 1 else 'sentences'} brought back." if count else ""
    return (
        f"Tree of a beam search, {len(nodes):,} candidates in {int(nodes['step'].max())} steps; steps {first_step} to "
        f"{last_step} are "
        f"shown. The winner there: {path or 'it has ended before'}.{beside}"
    )


def settings_map(cells: pd.DataFrame, *, mode: Mode, width: int, length_penalty: float) -> Figure:
    """Return a letter per width and penalty, framed in a colour of its own, the setting at hand ringed.

    Args:
        cells: one row per setting: width, length_penalty, winner (a letter), score. A marker's `customdata` is its row.
    """
    figure = theme.blank_figure(
        mode, x_title="Length penalty", y_title="Beam size", height=70 + CELL_PIXELS * cells["width"].nunique()
    )
    figure.update_layout(margin={"l": 8, "r": 8, "t": 8, "b": 8}, showlegend=False, hovermode="closest")
    numbered = cells.reset_index(drop=True)
    colours = [theme.architecture_style(name, mode).colour for name in theme.architecture_names()]
    for position, letter in enumerate(sorted(cells["winner"].unique(), key=lambda letter: (len(letter), letter))):
        part = numbered[numbered["winner"] == letter]
        colour = colours[(position + 1) % len(colours)]
        add_marks(
            figure,
            part["length_penalty"],
            part["width"],
            ("square", 24, theme.translucent(colour, 0.22)),
            {"width": 1.5, "color": colour},
            mode="markers+text",
            name=letter,
            text=[letter] * len(part),
            textfont={"size": 13, "color": theme.ink(mode)},
            customdata=part.index.tolist(),
            hovertext=[
                f"beam size {row.width}, penalty {row.length_penalty:g}: {letter} wins, score {row.score:.3f}"
                for row in part.itertuples()
            ],
            hovertemplate="%{hovertext}<extra></extra>",
            **clicked(textfont={"color": theme.ink(mode)}),
        )
    add_marks(figure, [length_penalty], [width], ("square-open", 31, theme.ink(mode)), 3, hoverinfo="skip")
    figure.update_xaxes(range=[-0.16, cells["length_penalty"].max() + 0.16], dtick=0.2, tickformat=".1f")
    figure.update_yaxes(range=[0.3, cells["width"].max() + 0.7], dtick=1, showgrid=False)
    return figure


def _kinds(nodes: pd.DataFrame) -> pd.Series:
    """Return which of the kinds of marks each node is."""
    facts = zip(nodes["is_winner"], nodes["is_found"], nodes["fate"], strict=True)
    return pd.Series([_kind(*each) for each in facts], nodes.index, dtype=object)


def _kind(is_winner: bool, is_found: bool, fate: str) -> str:
    if is_winner:
        return "winner"
    if is_found or fate in _ENDED:
        return "finished"
    return "kept" if fate in _GONE_ON else "left"


def _positions(nodes: pd.DataFrame) -> dict[int, tuple[int, int]]:
    """Return at which step and rank each node stands, the beginning among them."""
    places = zip(nodes["step"], nodes["rank"], strict=True)
    return dict(zip(nodes["node"], places, strict=True)) | {START: (0, 1)}


def _colour(kind: str, mode: Mode) -> str:
    return {"winner": theme.accent(mode), "finished": theme.ink(mode)}.get(kind, theme.muted(mode))


def _links(part: pd.DataFrame, positions: dict[int, tuple[int, int]]) -> tuple[list[float | None], list[float | None]]:
    """Return the lines from the parent of each node to it."""
    x: list[float | None] = []
    y: list[float | None] = []
    for parent, step, rank in zip(part["parent"], part["step"], part["rank"], strict=True):
        before = positions[parent]
        x += [before[0], step, None]
        y += [before[1], rank, None]
    return x, y


def _hover(row: Any) -> str:  # pandas makes the row's class
    text = row.text if len(row.text) <= LETTERS_OF_A_TEXT else "\N{HORIZONTAL ELLIPSIS}" + row.text[-LETTERS_OF_A_TEXT:]
    return (
        f"{plain_label(text)}<br>step {row.step}, rank {row.rank}: {plain_label(row.piece)} "
        f"{percent(math.exp(row.log_prob), 2)}"
        f"<br>sum {row.total:.4f} nats, score {row.score:.4f}<br>{row.reason}"
    )


def _add_lanes(
    figure: Figure,
    lanes: pd.DataFrame,
    positions: dict[int, tuple[int, int]],
    ranks: int,
    window: tuple[int, int],
    mode: Mode,
) -> None:
    colour = theme.architecture_style("rnn", mode).colour
    for lane, part in lanes.groupby("lane"):
        start = positions[int(part["leaves_at"].iloc[0])]
        row = ranks + lane
        x, y = [start[0], *part["step"]], [start[1], *[row] * len(part)]
        add_strokes(figure, x, y, colour, 2, "dash")
        add_note(figure, window[0] - 0.5, row, f"<b>{lane}</b>", theme.ink(mode), 13)
        seen = part[part["step"].between(*window)]
        said = [
            f"{lane}. {plain_label(entry.piece)}: {100 * entry.probability:.2f} %{', given' if entry.is_given else ''}"
            for entry in seen.itertuples()
        ]
        look = (["diamond" if given else "diamond-open" for given in seen["is_given"]], 11, colour)
        entry = {"name": "Brought back, by number", "legendgroup": "lanes", "showlegend": lane == 1}
        _add_pieces(figure, seen, [row] * len(seen), look, said, theme.ink(mode), **entry)


def _add_pieces(
    figure: Figure,
    part: pd.DataFrame,
    y: Values,
    look: Style,
    said: Sequence[str],
    letters: str,
    **more: Any,  # as plotly reads it
) -> None:
    """Add a mark per row of `part`, its piece above it."""
    add_marks(
        figure,
        part["step"],
        y,
        look,
        {"width": 1.6, "color": look[2]},
        mode="markers+text",
        text=plain_labels(part["piece"], LETTERS_OF_A_PIECE),
        textposition="top center",
        textfont={"size": 12, "color": letters},
        hovertext=said,
        hovertemplate="%{hovertext}<extra></extra>",
        **clicked(textfont={"color": letters}),
        **more,
    )
