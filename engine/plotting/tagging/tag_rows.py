"""Words with rows of tags under them, one row per reader: where readers of the same text agree and where they do
not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.plotting import theme
from engine.plotting.figure import Figure
from engine.plotting.labels import plain_label
from engine.plotting.marks import add_strokes, add_targets, add_texts, columns_of
from engine.plotting.theme import Mode
from engine.wording import percent

ROW_PIXELS = 22
FONT_SIZE = 12
LONGEST_WORD = 14
OUTSIDE = "O"
Outline = tuple[list[float | None], list[float | None]]  # x and y


@dataclass(frozen=True)
class TagRow:
    """One reader's tags.

    Attributes:
        label: who it is; short, for it stands before each line.
        tags: one per word.
        probabilities: of those tags, or none.
        marked: words at which it differs from who it is compared with; framed.
        broken: words whose tag cannot follow the one before; struck by ✕.
    """

    label: str
    tags: Sequence[str]
    probabilities: Sequence[float] | None = None
    marked: Sequence[int] = ()
    broken: Sequence[int] = ()


def tag_rows(
    words: Sequence[str],
    rows: Sequence[TagRow],
    *,
    mode: Mode,
    width: int = 46,
    chosen: int | None = None,
    window: range | None = None,
) -> Figure:
    """Return the words in lines of `width` characters with a row of tags per reader under each line; all, or those in
    `window`.

    Words outside entities have a dot; a frame marks a difference, ✕ a tag that cannot follow the one before. The chosen
    word (from 0) is underlined. A click on a word or a tag gives the word's number, counted from 1.

    Raises:
        ValueError: a row has not one tag per word.
    """
    for row in rows:
        if len(row.tags) != len(words):
            raise ValueError(f"{len(row.tags)} tags of {row.label} for {len(words)} words")
    gutter = max((len(row.label) for row in rows), default=0) + 2
    positions = range(len(words)) if window is None else window
    lines = _lines({position: _cell_width(position, words, rows) for position in positions}, width - gutter)
    block = len(rows) + 1.6
    figure = theme.blank_figure(mode, height=round(len(lines) * block * ROW_PIXELS) + 16)
    texts: list[tuple[float, float, str, str]] = []
    targets: list[tuple[float, float, int, str]] = []
    tinted: Outline = ([], [])
    framed: Outline = ([], [])
    ink, muted = theme.ink(mode), theme.muted(mode)
    for number, line in enumerate(lines):
        top = number * block
        for depth, row in enumerate(rows, start=1):
            texts.append((0.0, top + depth, plain_label(row.label), muted))
        for position, left, size in line:
            middle = gutter + left
            word, whole = plain_label(words[position], LONGEST_WORD), plain_label(words[position])
            texts.append((middle, top, f"<b>{word}</b>" if position == chosen else word, ink))
            half = len(_short(words[position])) / 2
            targets.append((middle + half, top, position + 1, f"{whole}, word {position + 1}"))
            if position == chosen:
                _box(framed, middle - 0.3, top + 0.45, middle + size - 0.7, top + 0.45)
            for depth, row in enumerate(rows, start=1):
                tag, is_broken = row.tags[position], position in row.broken
                y, box = top + depth, (middle - 0.3, top + depth - 0.42, middle + size - 0.7, top + depth + 0.42)
                shown = ("·" if tag == OUTSIDE else tag) + ("✕" if is_broken else "")
                texts.append((middle, y, plain_label(shown), muted if tag == OUTSIDE else ink))
                share = "" if row.probabilities is None else f", {percent(row.probabilities[position])}"
                note = ", cannot follow the tag before" if is_broken else ""
                said = f"{whole}, {plain_label(row.label)}: {plain_label(tag)}{share}{note}"
                targets.append((middle + len(shown) / 2, y, position + 1, said))
                if tag != OUTSIDE:
                    _box(tinted, *box)
                if position in row.marked:
                    _box(framed, *box)
    figure.add_scatter(
        x=tinted[0],
        y=tinted[1],
        mode="lines",
        fill="toself",
        fillcolor=theme.translucent(theme.accent(mode), 0.18),
        line={"width": 0},
        hoverinfo="skip",
        showlegend=False,
        name="entities",
    )
    add_strokes(figure, *framed, ink, 1.6, name="marked", showlegend=False)
    x, heights, letters, colours = columns_of(texts, 4)
    look = {"family": theme.MONOSPACE, "textposition": "middle right", "cliponaxis": False}
    add_texts(figure, x, heights, letters, FONT_SIZE, colours, name="texts", **look)
    x, heights, positions_from_1, notes = columns_of(targets, 4)
    add_targets(figure, x, heights, positions_from_1, notes, 16)
    figure.update_xaxes(range=[-0.5, width], visible=False)
    figure.update_yaxes(range=[len(lines) * block - 0.6, -0.7], visible=False)
    figure.update_layout(margin={"l": 0, "r": 0, "t": 4, "b": 4}, hovermode="closest", hoverlabel_align="left")
    return figure


def describe_tag_rows(words: Sequence[str], rows: Sequence[TagRow], window: range | None = None) -> str:
    """Return the alternative text of `tag_rows`: each reader's entities word by word, and where the frames are."""
    positions = range(len(words)) if window is None else window
    said = []
    for row in rows:
        inside = [f"{words[position]} {row.tags[position]}" for position in positions if row.tags[position] != OUTSIDE]
        said.append(f"{row.label}: {', '.join(inside) or 'no entity'}")
    marked = sorted({position for row in rows for position in row.marked if position in positions})
    differ = f" They differ at {', '.join(f'“{words[position]}”' for position in marked)}." if marked else ""
    some = "" if len(positions) == len(words) else f"Words {positions[0] + 1} to {positions[-1] + 1} of "
    return f"{some}{len(words)} words with {len(rows)} rows of tags. {'; '.join(said)}.{differ}"


def window_around(chosen: int, count: int, size: int = 60) -> range:
    """Return at most `size` of `count` words around the chosen one (from 0), so that a long text need not be drawn as a
    whole."""
    start = max(0, min(chosen - size // 2, count - size))
    return range(start, min(count, start + size))


def _short(word: str) -> str:
    return word[:LONGEST_WORD]


def _cell_width(position: int, words: Sequence[str], rows: Sequence[TagRow]) -> int:
    tags = [1 if row.tags[position] == OUTSIDE else len(row.tags[position]) + (position in row.broken) for row in rows]
    return max(len(_short(words[position])), *tags, 1) + 1


def _lines(sizes: Mapping[int, int], width: int) -> list[list[tuple[int, int, int]]]:
    """Return the words' numbers, left edges and widths, line by line."""
    lines: list[list[tuple[int, int, int]]] = [[]]
    left = 0
    for position, size in sizes.items():
        if lines[-1] and left + size > width:
            lines.append([])
            left = 0
        lines[-1].append((position, left, size))
        left += size
    return lines


def _box(path: Outline, x0: float, y0: float, x1: float, y1: float) -> None:
    path[0].extend([x0, x1, x1, x0, x0, None])
    path[1].extend([y0, y0, y1, y1, y0, None])
