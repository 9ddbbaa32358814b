"""Text as a grid of coloured cells, one column per character: what a number per token looks like inside the text
itself."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from engine.plotting import theme
from engine.plotting.figure import Figure
from engine.plotting.labels import plain_label, scale_below
from engine.plotting.marks import add_strokes, add_targets, add_texts, columns_of, joined
from engine.plotting.theme import Mode, Scale
from engine.plotting.writing.distribution import visible_token

ROW_HEIGHT = 26
ROW_GAP = 6  # the marks are drawn in it
FONT_SIZE = 12  # 7.2 px per character: a telephone has 7.4 for each of the narrow grid's columns
NARROW = 46  # columns that can still be read on a telephone; most lines of verse fit
WORD_MARK = "\N{LOWER ONE EIGHTH BLOCK}"  # begins a word in pieces of byte-pair encoding
_BREAKS = frozenset({"\n", " ", WORD_MARK})
_NAMES = {"\n": "a new line", " ": "a space", "\t": "a tab", WORD_MARK: "a space"}


@dataclass(frozen=True)
class TokenPosition:
    """Where one token stands: the row and the column of each of its characters."""

    rows: tuple[int, ...]
    columns: tuple[int, ...]


def text_grid(
    tokens: Sequence[str],
    values: Sequence[float] | np.ndarray,
    *,
    mode: Mode,
    title_of_values: str,
    hover: Sequence[str] | None = None,
    diverging: bool = False,
    limits: tuple[float, float] | None = None,
    width: int = 64,
    marks: Sequence[bool] | None = None,
    clickable: bool = False,
) -> Figure:
    """Return the text with each token's cell coloured by its value; nan leaves a cell uncoloured.

    Args:
        tokens: characters or pieces; one of several characters takes as many columns. A line ends after a token that
            ends in a line break, and at the last blank before `width` columns.
        title_of_values: what the colours mean, with the unit, above the colour bar.
        hover: a line per token that is shown when it is pointed at, taken letter for letter; else the token and its
            value.
        diverging: values are signed and the colours have a neutral middle at 0.
        limits: values that get the ends of the colour scale; else from 0 (or the lowest) to the highest.
        marks: tokens to underline.
        clickable: lay a target over each token, so that `st.plotly_chart(on_select="rerun")` hears clicks: the selected
            point's `customdata` is the token's number.

    Raises:
        ValueError: there is not one value, hover text and mark per token.
    """
    values = np.asarray(values, dtype=float)
    for name, given in (("values", values), ("hover", hover), ("marks", marks)):
        if given is not None and len(given) != len(tokens):
            raise ValueError(f"{len(given)} {name} for {len(tokens)} tokens")
    low, high = limits or _limits(values, diverging)
    positions = lay_out(tokens, width)
    row_count = max((position.rows[-1] for position in positions), default=0) + 1
    scale = theme.diverging_scale(mode) if diverging else theme.HEAT_SCALE
    inks = readable_inks(values, low, high, scale, mode)
    if hover is None:
        hover = [f"{spoken_token(token)}: {value:.3g}" for token, value in zip(tokens, values, strict=True)]
    said = [plain_label(line).replace("\n", "<br>") for line in hover]

    heat = np.full((row_count, width), np.nan)
    notes = np.full((row_count, width), "", dtype=object)
    cells: list[tuple[int, int, str, str]] = []
    for token, value, position, ink, note in zip(tokens, values, positions, inks, said, strict=True):
        for character, row, column in zip(_characters(token), position.rows, position.columns, strict=True):
            heat[row, column], notes[row, column] = value, note
            if character.strip():
                cells.append((column, row, plain_label(character), ink))

    is_split = any(len(position.rows) > 1 for position in positions)
    figure = theme.blank_figure(mode, height=row_count * ROW_HEIGHT + 92)
    figure.add_heatmap(
        z=heat,
        zmin=low,
        zmax=high,
        xgap=0 if is_split else 1,
        ygap=ROW_GAP,
        colorscale=scale,
        text=notes,
        hovertemplate="%{text}<extra></extra>",
        hoverongaps=False,
        colorbar=scale_below(title_of_values, mode, ticks=6) | {"yref": "paper"},
    )
    if is_split:
        _add_boundaries(figure, positions, mode)
    x, y, letters, colours = columns_of(cells, 4)
    add_texts(figure, x, y, letters, FONT_SIZE, colours, family=theme.MONOSPACE)
    if marks is not None and any(marks):
        _add_marks(figure, positions, marks, mode)
    if clickable:
        _add_targets(figure, positions, said)
    axis = {"showgrid": False, "showticklabels": False, "showline": False, "zeroline": False}
    figure.update_xaxes(range=[-0.5, width - 0.5], **axis)
    figure.update_yaxes(range=[row_count - 0.5, -0.5], **axis)
    figure.update_layout(margin={"l": 0, "r": 0, "t": 4, "b": 8}, hoverlabel_align="left")
    return figure


def describe_text_grid(
    tokens: Sequence[str], values: Sequence[float] | np.ndarray, *, title_of_values: str, top: int = 3
) -> str:
    """Return the alternative text of `text_grid`: how many tokens, the mean, and where the highest values are."""
    values = np.asarray(values, dtype=float)
    known = np.flatnonzero(np.isfinite(values))
    if not len(known):
        return f"{len(tokens):,} cells of text without any value of {title_of_values}."
    highest = known[np.argsort(-values[known], kind="stable")[:top]]
    listed = ", ".join(f"{values[i]:.2f} at {spoken_token(tokens[i])} (place {i + 1:,})" for i in highest)
    return (
        f"Text of {len(tokens):,} cells, each coloured by {title_of_values}: mean {values[known].mean():.2f}, lowest "
        f"{values[known].min():.2f}, highest {listed}."
    )


def spoken_token(token: str) -> str:
    """Return a token as a sentence names it: white space by its name, all else in quotes."""
    return _NAMES.get(token) or f"“{visible_token(token.replace(WORD_MARK, ' '))}”"


def lay_out(tokens: Sequence[str], width: int) -> list[TokenPosition]:
    """Return where each token stands in a grid of `width` columns."""
    positions, row, column = [], 0, 0
    needed = _widths_to_next_break(tokens)
    for token, word in zip(tokens, needed, strict=True):
        size = max(1, len(token))
        # A word that fits into a line is not broken; one token is only where it alone is wider than a line.
        wanted = word if word <= width else size
        if column and column + min(wanted, width) > width:
            row, column = row + 1, 0
        rows, columns = [], []
        for _ in range(size):
            if column == width:
                row, column = row + 1, 0
            rows.append(row)
            columns.append(column)
            column += 1
        positions.append(TokenPosition(tuple(rows), tuple(columns)))
        if token.endswith("\n"):
            row, column = row + 1, 0
    return positions


def _widths_to_next_break(tokens: Sequence[str]) -> list[int]:
    """Return, for a token that begins a word, the columns up to the next blank; for all others their own."""
    widths, ahead = [0] * len(tokens), 0
    for position in range(len(tokens) - 1, -1, -1):
        token = tokens[position]
        size = max(1, len(token))
        if token[:1] in _BREAKS:
            widths[position] = size if len(token) == 1 else size + ahead
            ahead = 0
        else:
            ahead += size
            is_start = position == 0 or tokens[position - 1][-1:] in _BREAKS
            widths[position] = ahead if is_start else size
            if token[-1:] in _BREAKS:
                ahead = 0
                widths[position] = size
    return widths


def _characters(token: str) -> list[str]:
    """Return what is drawn in each of a token's cells; blanks stay empty, and what cannot be drawn gets a sign."""
    return [_drawn(character) for character in token] or ["\N{EMPTY SET}"]


def _drawn(character: str) -> str:
    if character in (" ", WORD_MARK):
        return " "
    if character in ("\n", "\t"):
        return visible_token(character)
    kind = unicodedata.category(character)
    if kind[0] == "M":
        return "\N{DOTTED CIRCLE}" + character
    return "\N{REPLACEMENT CHARACTER}" if kind[0] in "CZ" else character


def _limits(values: np.ndarray, diverging: bool) -> tuple[float, float]:
    known = values[np.isfinite(values)]
    if not len(known):
        return (-1.0, 1.0) if diverging else (0.0, 1.0)
    if diverging:
        reach = float(np.abs(known).max()) or 1.0
        return -reach, reach
    low, high = min(0.0, float(known.min())), float(known.max())
    return low, high if high > low else low + 1.0


def readable_inks(values: np.ndarray, low: float, high: float, scale: Scale, mode: Mode) -> list[str]:
    """Return black or white for each value, whichever stands out more from its cell's colour: at least 4.58 to 1."""
    steps = 64
    shares = np.clip((np.nan_to_num(values, nan=low) - low) / (high - low), 0, 1)
    paints = theme.mixed_colours(scale, np.linspace(0, 1, steps + 1))
    palette = [max(("#000000", "#FFFFFF"), key=partial(theme.contrast, paint)) for paint in paints]
    nearest = np.rint(shares * steps).astype(int)
    return [
        theme.ink(mode) if math.isnan(value) else palette[position]
        for value, position in zip(values, nearest, strict=True)
    ]


def _add_boundaries(figure: Figure, positions: Sequence[TokenPosition], mode: Mode) -> None:
    """Draw a thin line in the background's colour before each token."""
    x = [position.columns[0] - 0.5 for position in positions]
    y = [position.rows[0] for position in positions]
    ends = [row - 0.5 for row in y], [row + 0.5 for row in y]
    add_strokes(figure, joined(x, x), joined(*ends), theme.background(mode), 2)


def _add_marks(figure: Figure, positions: Sequence[TokenPosition], marks: Sequence[bool], mode: Mode) -> None:
    """Underline the marked tokens in the gap below their row, neighbours in one line."""
    spans: list[list[float]] = []  # row, first edge, last edge
    for position, is_marked in zip(positions, marks, strict=True):
        for row, column in zip(position.rows, position.columns, strict=True):
            if not is_marked:
                continue
            if spans and spans[-1][0] == row and spans[-1][2] == column - 0.5:
                spans[-1][2] = column + 0.5
            else:
                spans.append([row, column - 0.5, column + 0.5])
    rows, firsts, lasts = columns_of(spans, 3)
    y = [row + 0.5 - 1.5 / ROW_HEIGHT for row in rows]
    add_strokes(figure, joined(firsts, lasts), joined(y, y), theme.ink(mode), 3, name="marked", showlegend=False)


def _add_targets(figure: Figure, positions: Sequence[TokenPosition], said: Sequence[str]) -> None:
    cells = [
        (column, row, number, said[number])
        for number, position in enumerate(positions)
        for row, column in zip(position.rows, position.columns, strict=True)
    ]
    x, y, numbers, notes = columns_of(cells, 4)
    add_targets(figure, x, y, numbers, notes, 12)
