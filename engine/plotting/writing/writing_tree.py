"""Figure of a tree of writing: one column per token, one row per branch, coloured by surprise, the pen marked."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from engine.plotting import theme
from engine.plotting.figure import Figure
from engine.plotting.labels import plain_label
from engine.plotting.marks import STILL, add_ring, add_strokes, add_texts, columns_of
from engine.plotting.theme import Mode
from engine.plotting.writing.distribution import visible_token
from engine.wording import percent

ROW_PIXELS = 44
LIFT = 0.12  # of a row, which keeps letters off the markers
MAX_ROWS = 14
MOST_NATS = 6.0  # one choice of 400; what surprises more is as bright
LETTERED_COLUMNS = (
    32  # up to so many tokens across each has its own letters, beyond that each stretch has its first ones
)
_NARROW_CHARACTERS = 34  # that fit side by side on a telephone
_SYMBOLS = {"network": "circle", "visitor": "square"}
_AUTHORS = {"network": "by the network", "visitor": "by you"}


def position_nodes(parents: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return the column (depth, from 1) and the row of each node of a tree whose parents come first (-1: the
    beginning).

    The first child goes on in its parent's row; every further child opens a row below all that came out of the children
    before it, so that no line crosses a token.
    """
    children: dict[int, list[int]] = {}
    for node, parent in enumerate(parents):
        children.setdefault(parent, []).append(node)
    columns, rows = [0] * len(parents), [0] * len(parents)
    last_row = 0
    waiting = [(node, position == 0, 0) for position, node in reversed(list(enumerate(children.get(-1, []))))]
    while waiting:
        node, is_first, parent_row = waiting.pop()
        parent = parents[node]
        last_row += not is_first
        rows[node] = parent_row if is_first else last_row
        columns[node] = 1 + (columns[parent] if parent >= 0 else 0)
        below = list(enumerate(children.get(node, [])))
        waiting += [(child, position == 0, rows[node]) for position, child in reversed(below)]
    return columns, rows


def writing_tree(frame: pd.DataFrame, *, mode: Mode) -> Figure:
    """Return the tree from its beginning (left) to its longest branch; of many branches the 14 rows around the pen.

    Args:
        frame: one row per node with columns `node`, `parent` (-1: the beginning), `token`, `nats`, `probability`,
            `author` ("visitor" or "network"), `is_on_path`, `is_pen`. A marker's `customdata` is its node.
    """
    shown = _around_the_pen(frame)
    across = int(shown["column"].max()) if len(shown) else 1
    figure = theme.blank_figure(mode, height=56 + ROW_PIXELS * max(1, shown["line"].nunique()))
    figure.update_layout(margin={"l": 8, "r": 8, "t": 40, "b": 8}, hovermode="closest")
    for is_on_path in (False, True):
        x, y = _links(shown[shown["is_on_path"] == is_on_path], shown)
        colour, width = (theme.accent(mode), 3) if is_on_path else (theme.muted(mode), 1.5)
        add_strokes(figure, x, y, colour, width)
    for author, symbol in _SYMBOLS.items():
        _add_markers(figure, shown[shown["author"] == author], author, symbol, min(11, max(4, 600 / across)), mode)
    labels = _labels(shown, across)
    columns, lines, letters = columns_of(labels, 3)
    side = "top center" if across <= LETTERED_COLUMNS else "top right"
    above, look = [height - LIFT for height in lines], {"family": theme.MONOSPACE, "textposition": side}
    add_texts(figure, columns, above, letters, 14, theme.ink(mode), **look)
    pen = shown[shown["is_pen"]]
    column, line = (pen["column"], pen["line"]) if len(pen) else ([0], [0])
    add_ring(figure, column, line, theme.accent(mode), 24, 3, name="Your pen")
    figure.update_xaxes(range=[-0.02 * across - 0.3, 1.02 * across + 0.5], visible=False)
    figure.update_yaxes(range=[shown["line"].max() + 0.6 if len(shown) else 0.6, -0.8], visible=False)
    return figure


def describe_writing_tree(frame: pd.DataFrame) -> str:
    """Return the alternative text of `writing_tree`: how large the tree is, and the text at the pen step by step."""
    if frame.empty:
        return "The tree is empty: nothing has been written after the beginning."
    ends = len(set(frame["node"]) - set(frame["parent"]))
    path = frame[frame["is_on_path"]]
    steps = "step" if len(frame) == 1 else "steps"
    size = f"A tree of {len(frame):,} {steps} in {ends:,} {'branch' if ends == 1 else 'branches'}."
    if path.empty:
        return f"{size} The pen stands at the beginning."
    steps = ", ".join(
        f"{visible_token(row.token)} {percent(row.probability)} {_AUTHORS[row.author]}"
        for row in path.tail(5).itertuples()
    )
    return (
        f"{size} The text at the pen has {len(path):,} steps and {path['nats'].sum():.1f} nats; the last of them: "
        f"{steps}."
    )


def _around_the_pen(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the nodes that are drawn, with `column` and `line` (their place in the drawing)."""
    placed = frame.copy()
    placed["column"], placed["row"] = position_nodes(frame["parent"].tolist())
    pen_row = int(placed.loc[placed["is_pen"], "row"].max()) if placed["is_pen"].any() else 0
    rows = sorted(sorted(placed["row"].unique(), key=lambda row: (abs(row - pen_row), row))[:MAX_ROWS])
    lines = {row: line for line, row in enumerate(rows)}
    return placed[placed["row"].isin(rows)].assign(line=lambda kept: kept["row"].map(lines))


def _links(nodes: pd.DataFrame, shown: pd.DataFrame) -> tuple[list[float | None], list[float | None]]:
    """Return the lines from each node to the token before it, with a corner where a branch leaves its row."""
    positions = {row.node: (row.column, row.line) for row in shown.itertuples()}
    x: list[float | None] = []
    y: list[float | None] = []
    for row in nodes.itertuples():
        start = (0, 0 if 0 in set(shown["row"]) else row.line) if row.parent < 0 else (row.column - 1, row.line)
        before = positions.get(row.parent, start)
        x += [before[0], before[0], row.column, None]
        y += [before[1], row.line, row.line, None]
    return x, y


def _labels(shown: pd.DataFrame, across: int) -> list[tuple[float, float, str]]:
    """Return what is written above the markers: each token, or the first letters of each stretch without a fork."""
    if across <= LETTERED_COLUMNS:
        return [(row.column, row.line, plain_label(visible_token(row.token), 8)) for row in shown.itertuples()]
    followers = shown["parent"].value_counts()
    labels: list[tuple[float, float, list[str]]] = []
    stretches: dict[int, tuple[float, float, list[str]]] = {}
    for row in shown.sort_values("node").itertuples():
        before = stretches.get(row.parent)
        if before is not None and followers.get(row.parent, 0) == 1:
            stretches[row.node] = before
        else:
            stretches[row.node] = (row.column, row.line, [])
            labels.append(stretches[row.node])
        stretches[row.node][2].append(visible_token(row.token))
    fitted = []
    for column, line, tokens in labels:
        room = max(2, int(len(tokens) * _NARROW_CHARACTERS / across))
        fitted.append((column, line, plain_label("".join(tokens), room)))
    return fitted


def _add_markers(figure: Figure, nodes: pd.DataFrame, author: str, symbol: str, size: float, mode: Mode) -> None:
    figure.add_scatter(
        x=nodes["column"],
        y=nodes["line"],
        mode="markers",
        name=_AUTHORS[author].capitalize(),
        customdata=nodes["node"],
        hovertext=[
            f"{plain_label(visible_token(row.token), 20)}: {percent(row.probability, 2)}, {row.nats:.2f} nats, "
            f"{_AUTHORS[author]}"
            for row in nodes.itertuples()
        ],
        hovertemplate="%{hovertext}<extra></extra>",
        marker={
            "symbol": symbol,
            "size": size,
            "color": [min(MOST_NATS, nats) if math.isfinite(nats) else MOST_NATS for nats in nodes["nats"]],
            "colorscale": theme.HEAT_SCALE,
            "cmin": 0,
            "cmax": MOST_NATS,
            "line": {"width": 1.5 if size > 6 else 0.5, "color": theme.ink(mode)},
        },
        # A click chooses where to write next; plotly would fade everything else.
        **STILL,
    )
