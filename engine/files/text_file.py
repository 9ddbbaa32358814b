"""What stands in a file of texts: its columns, its rows, and the texts of the column that is chosen."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from engine.errors import InputError
from engine.wording import counted, listing

Cell = str | tuple[str, ...]
"""What a row has in one column: text, or words given one by one."""

TEXT_COLUMNS = (
    *"text texts sentence sentences review reviews line lines tokens words comment comments content body".split(),
    *"message tweet document utterance prompt question description caption headline source src summary title".split(),
)
"""What a column of texts is called, the likeliest first. Where none is called so, what stands in them tells."""
LEAST_WORDS = 2.0  # on average, in a column of texts
SAMPLE_ROWS = 500  # tell what a column holds
MAX_COLUMNS = 1_000
MAX_CELLS = 4_000_000  # so many rows times columns
LISTED = 5

_LETTER = re.compile(r"[^\W\d_]")
_TAG = re.compile(r"O|[BIESLUM]-\S+")


@dataclass(frozen=True)
class Texts:
    """The texts of a column.

    Attributes:
        lines: one for each row or sentence, in order; what could not be read is "".
        words: of each its words, where the file has them one by one; else empty.
        numbers: of each the line of the file on which it begins; empty where they are 1, 2, 3.
        remarks: a sentence for each kind of thing that was wrong or had to be decided, with the numbers of the lines.
        is_whole: whether everything could be read.
    """

    lines: list[str]
    words: tuple[tuple[str, ...], ...] = ()
    numbers: tuple[int, ...] = ()
    remarks: tuple[str, ...] = ()
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row, and the number of the line of the file on which it begins."""

    line: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class TextFile(ABC):
    """What a file was read as.

    Attributes:
        format: as it is said after "read as": "a table, columns separated by commas".
        columns: their names, or "column 1" and so on where the file names none; none for plain lines.
        rows: what stands in them.
        column: where the texts are, as far as the content tells: a position in `columns`.
        notes: what was done to read it, one sentence each.
    """

    format: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    column: int = 0
    notes: tuple[str, ...] = ()

    @abstractmethod
    def texts(self, column: int | None = None) -> Texts:
        """Return the texts of a column, of the proposed one where none is given."""

    @abstractmethod
    def understood(self, column: int | None = None) -> str:
        """Return as what the file was read, and how many texts that gives, as a sentence."""

    def position(self, name: str) -> int:
        """Return the position of the column called `name`, or whose number from 1 that is.

        Raises:
            InputError: there is none; the message lists those there are.
        """
        called = [column.lower() for column in self.columns]
        if name.lower() in called:
            return called.index(name.lower())
        if name.isdecimal() and 1 <= int(name) <= len(called):
            return int(name) - 1
        there = f"the columns are {quote(self.columns)}" if called else "it was read as plain lines"
        raise InputError(f"There is no column “{name}”: {there}.")

    def first_rows(self, count: int, column: int | None = None) -> list[tuple[str, ...]]:
        """Return what is read in the first rows where the texts are in `column`, each as wide as there are columns."""
        width = len(self.columns)
        rows = [self.cells(row, self.column if column is None else column)[:width] for row in self.rows[:count]]
        return [(*map(spell, cells), *[""] * (width - len(cells))) for cells in rows]

    def cells(self, row: Row, column: int) -> tuple[Cell, ...]:
        """Return the cells of a row where the texts are in `column`."""
        return row.cells


@dataclass(frozen=True)
class Lines(TextFile):
    """Plain lines: each is a text."""

    lines: list[str] = field(default_factory=list)

    def texts(self, column: int | None = None) -> Texts:
        return Texts(self.lines)

    def understood(self, column: int | None = None) -> str:
        return f"Read as {self.format}: {counted(len(self.lines), 'line')}."


@dataclass(frozen=True)
class Table(TextFile):
    """A table: one text in each row.

    Attributes:
        delimiter: what stands between the cells, "" where the file is no text.
        lacking: what is said of a row that does not reach to the column of texts.
    """

    delimiter: str = ""
    lacking: str = "too few cells"

    def texts(self, column: int | None = None) -> Texts:
        chosen, width = self.column if column is None else column, len(self.columns)
        cells: list[Cell] = []
        wide, short, missing = [], [], []
        for row in self.rows:
            wide += [row.line] * (len(row.cells) > width)
            if chosen < len(row.cells):
                short += [row.line] * (len(row.cells) < width)
                cells.append(self.cells(row, chosen)[chosen])
            else:
                missing.append(row.line)
                cells.append("")
        name = self.columns[chosen]
        remarks = say_lines(wide, f"more cells than columns; what is too much was read as part of “{name}”")
        remarks += say_lines(short, "fewer cells than columns")
        remarks += say_lines(missing, f"{self.lacking}; “{name}” is left empty")
        is_cut = any(isinstance(cell, tuple) for cell in cells)
        words = tuple(cell if isinstance(cell, tuple) else tuple(cell.split()) for cell in cells) if is_cut else ()
        numbers = tuple(row.line for row in self.rows)
        return Texts([_one_line(spell(cell)) for cell in cells], words, numbers, tuple(remarks), not missing)

    def cells(self, row: Row, column: int) -> tuple[Cell, ...]:
        """Return the cells of a row; where they are too many, the text has the delimiter in it and no quotes around."""
        return merge_cells(row, column, len(self.columns), self.delimiter)

    def understood(self, column: int | None = None) -> str:
        name = self.columns[self.column if column is None else column]
        return f"Read as {self.format}: {counted(len(self.rows), 'text')} from “{name}”."


def make_table(
    format: str,
    columns: Sequence[str],
    rows: Sequence[Row],
    name: str,
    preferred: Sequence[str] = (),
    delimiter: str = "",
    lacking: str = "too few cells",
    *,
    may_be_numbers: bool = False,
) -> Table:
    """Return a table whose column of texts is told from what stands in it, its columns with names that tell them apart.

    Raises:
        InputError: there is no row, or no column has words in it and it may not be one of numbers alone.
    """
    if not rows:
        raise InputError(f"{name} has nothing below {quote(columns)}: put one text in each row.")
    column = find_text_column(columns, [row.cells for row in rows[:SAMPLE_ROWS]], preferred)
    if column is None and may_be_numbers:
        column = 0
    if column is None:
        raise InputError(f"{name} has no column of texts: there are no words in {quote(columns)}.")
    return Table(format, name_columns(columns), tuple(rows), column, delimiter=delimiter, lacking=lacking)


def check_size(columns: int, rows: int, name: str) -> None:
    """Check a table before memory is taken for it.

    Raises:
        InputError: it is too large.
    """
    if columns > MAX_COLUMNS or columns * rows > MAX_CELLS:
        raise InputError(
            f"{name} has {counted(columns, 'column')} and {counted(rows, 'row')}; at most {MAX_COLUMNS:,} columns and "
            f"{MAX_CELLS:,} cells of a table are read: leave out the columns without texts, or divide it."
        )


def find_text_column(
    columns: Sequence[str], rows: Sequence[Sequence[Cell]], preferred: Sequence[str] = ()
) -> int | None:
    """Return which column holds the texts, None where none has a word in it.

    One that is called as such columns are, `preferred` names first; else that with the most words in a cell.
    """
    words = [mean_words(row[place] for row in rows if place < len(row)) for place in range(len(columns))]
    called = [
        column.strip().lower().rpartition(".")[2] for column in columns
    ]  # "translation.en" of a record in a record
    for known in (*preferred, *TEXT_COLUMNS):
        if known in called and words[called.index(known)]:
            return called.index(known)
    best = max(range(len(columns)), key=lambda place: words[place], default=0)
    return best if columns and words[best] else None


def mean_words(cells: Iterable[Cell]) -> float:
    """Return how many words with a letter a cell has on average, empty ones left out; 0 for a column of tags."""
    split = [cell.split() if isinstance(cell, str) else cell for cell in cells]
    full = [words for words in split if words]
    if not full or all(is_tag(word) for words in full for word in words):
        return 0.0
    return sum(_LETTER.search(word) is not None for words in full for word in words) / len(full)


def is_tag(word: str) -> bool:
    """Return whether a word is a tag as files of tagged words have them: "O", "B-PER"."""
    return _TAG.fullmatch(word) is not None


def name_columns(columns: Sequence[str]) -> tuple[str, ...]:
    """Return names of columns, the empty ones numbered and the repeated ones told apart."""
    found: dict[str, None] = {}
    for number, column in enumerate(columns, start=1):
        name = " ".join(column.split()) or f"column {number}"
        found[f"{name} ({number})" if name in found else name] = None
    return tuple(found)


def merge_cells(row: Row, column: int, width: int, delimiter: str) -> tuple[Cell, ...]:
    """Return `width` cells of a row that has more: what is too much belongs to `column`."""
    extra = len(row.cells) - width
    if extra <= 0:
        return row.cells
    merged = unquote(delimiter.join(map(spell, row.cells[column : column + extra + 1])).strip())
    return *row.cells[:column], merged, *row.cells[column + extra + 1 :]


def spell(cell: Cell) -> str:
    """Return a cell as text."""
    return cell if isinstance(cell, str) else " ".join(cell)


def unquote(text: str) -> str:
    """Return a text without the quotes around it."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


def quote(names: Sequence[str]) -> str:
    """Return names of columns as a sentence lists them."""
    return _shorten([f"“{name[:40]}”" for name in names])


def say_lines(numbers: Sequence[int], what: str) -> list[str]:
    """Return a sentence about lines with these numbers, none without a number: "Lines 3 and 5: too few cells."."""
    listed = _shorten([f"{number:,}" for number in numbers])
    return [f"Line{'s' * (len(numbers) > 1)} {listed}: {what}."] if numbers else []


def _shorten(parts: Sequence[str]) -> str:
    """Return parts as people list them, of many only the first."""
    return listing([*parts[:LISTED], f"{len(parts) - LISTED:,} more"] if len(parts) > LISTED else parts)


def _one_line(text: str) -> str:
    """Return a cell without the line breaks in it: what is made of a text stands on one line."""
    return " ".join(filter(None, map(str.strip, text.split("\n"))))
