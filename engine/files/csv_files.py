"""Tables as text: cells separated by commas, semicolons, tabs or bars, as spreadsheets and programs write them.

Python's own csv reads the records. Which delimiter it is, and whether it is a table at all, is decided here:
csv.Sniffer takes "A man, a dog." for one, gives up on one column, and melts rows with a lone quote; clevercsv finds a
delimiter in any prose (the blank), takes 3 s for 2 MB and brings two more libraries.
"""

from __future__ import annotations

import csv
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from engine.files.text_file import (
    LEAST_WORDS,
    MAX_COLUMNS,
    TEXT_COLUMNS,
    Row,
    Table,
    check_size,
    make_table,
    mean_words,
    spell,
    unquote,
)

DELIMITERS = {"\t": "tabs", ";": "semicolons", ",": "commas", "|": "bars"}
NO_DELIMITER = "\x1f"  # for one column: nothing that is typed
ONE_COLUMN = TEXT_COLUMNS[:8]  # only these are taken for a column's name where they stand alone on the first line
SAMPLE_LINES = 1_000  # tell whether it is a table
LEAST_SHARE = 0.9  # of the rows have as many cells as most
MOST_CELLS = 10_000  # in one line; the text in a cell can have the delimiter in it too
MOST_LINES = 200  # in one cell; a quote that is not closed within them is a mark like any other
LONGEST_NUMBER = 40  # letters of it
LEAST_LABELLED = 4  # rows, before a column of few words that repeat is taken for labels

csv.field_size_limit(2**31 - 1)  # for the whole program: the reader of bytes bounds files

_SEPARATOR = re.compile(r'"?sep=(.)"?', re.IGNORECASE)
_NAME = re.compile(r"[^\W\d](?:[\w .#/()-]{0,38}[\w#)])?")
_NUMBER = re.compile(r"[-+]?[\d.,:/-]*\d[\d.,:/%-]*")


def read_csv(
    lines: Sequence[str], name: str, preferred: Sequence[str] = (), *, may_be_numbers: bool = False
) -> Table | None:
    """Return the table that lines are, None where they are none.

    Raises:
        InputError: it is a table without texts, which it may not be.
    """
    told = _SEPARATOR.fullmatch(lines[0].strip(" ")) if lines else None
    first = 1 if told else 0
    sample = lines[first : first + SAMPLE_LINES]
    if not any(line.strip() for line in sample):
        return None
    delimiters = (
        [told[1]] if told else [d for d in DELIMITERS if 0 < max(line.count(d) for line in sample) < MOST_CELLS]
    )
    candidates = [_Sample(delimiter, sample) for delimiter in delimiters]
    candidates = [found for found in candidates if told or found.is_table]
    if candidates:
        best = max(candidates, key=lambda found: (found.names_texts, found.share, found.width))
    elif spell(next(_rows(sample, NO_DELIMITER)).cells[0]).strip().lower() in ONE_COLUMN:
        best = _Sample(NO_DELIMITER, sample)
    else:
        return None
    check_size(len(best.head), len(lines) - first, name)
    rows = list(_rows(lines[first:], best.delimiter, first + 1))
    if best.delimiter != NO_DELIMITER:
        rows = [row for row in rows if row.cells != ("",)]
    return _table(best, rows, name, preferred, may_be_numbers)


def _table(sample: _Sample, rows: list[Row], name: str, preferred: Sequence[str], may_be_numbers: bool) -> Table:
    head = sample.head if sample.has_head else [f"column {number}" for number in range(1, sample.width + 1)]
    below = rows[1:] if sample.has_head else rows
    if sample.width == len(head) + 1 and sample.share > LEAST_SHARE:
        head = ["", *head]  # as R writes rows that have names
    by = DELIMITERS.get(sample.delimiter, f"“{sample.delimiter}”")
    how = "one column" if sample.delimiter == NO_DELIMITER else f"columns separated by {by}"
    without = "" if sample.has_head else ", without names of columns"
    return make_table(
        f"a table, {how}{without}",
        head,
        below,
        name,
        preferred,
        delimiter=sample.delimiter,
        may_be_numbers=may_be_numbers,
    )


class _Sample:
    """The first lines read with one delimiter, and what speaks for their being a table."""

    def __init__(self, delimiter: str, lines: Sequence[str]) -> None:
        self.delimiter = delimiter
        self.lines = [line for line in lines if delimiter in line]
        rows = [[spell(cell) for cell in row.cells] for row in _rows(lines, delimiter) if row.cells != ("",)]
        self.joints = [pair for row in rows for pair in itertools.pairwise(row)]  # what stands around each delimiter
        self.rows = [[cell.strip() for cell in row] for row in rows]
        self.head = self.rows[0]
        widths = Counter(map(len, self.rows[1:] or self.rows))
        self.width, count = widths.most_common(1)[0]
        self.share = count / sum(widths.values())
        self.columns = [[row[place] for row in self.rows[1:] if place < len(row)] for place in range(len(self.head))]
        self.names_texts = self._can_name and any(cell.lower() in TEXT_COLUMNS for cell in self.head)
        self.has_head = self.names_texts or self._has_typed_head or self._has_named_head

    @property
    def is_table(self) -> bool:
        """Whether the lines are a table and not prose with commas in it."""
        if max(len(self.head), self.width) < 2 or len(self.head) > MAX_COLUMNS:
            return False
        if self.names_texts and len(self.lines) > len(self.rows) / 2:
            return True
        if len(self.rows) < 2 or self.share < LEAST_SHARE or abs(self.width - len(self.head)) > 1:
            return False
        if self.delimiter == "\t":
            return True
        if all(left[-1:].isdecimal() and right[:1].isdecimal() for left, right in self.joints):
            return False  # "1,000"
        if sum(right.startswith(" ") for _, right in self.joints) > len(self.joints) / 2:
            return self._has_typed_head and len(self.rows) > 2
        return self.has_head or self._has_numbers or self._has_labels or self._has_quotes

    @property
    def _can_name(self) -> bool:
        """Whether the cells of the first row could be names of columns."""
        names = [cell for cell in self.head if cell]
        return len(set(names)) == len(names) > 0 and all(_NAME.fullmatch(name) for name in names)

    @property
    def _has_typed_head(self) -> bool:
        """Whether a column holds numbers below a name."""
        pairs = zip(self.head, self.columns, strict=True)
        return self._can_name and any(name and cells and all(map(_is_number, cells)) for name, cells in pairs)

    @property
    def _has_named_head(self) -> bool:
        """Whether the first row holds short words where the others hold texts."""
        pairs = zip(self.head, self.columns, strict=True)
        is_short = self._can_name and all(len(name.split()) <= 3 for name in self.head)
        return is_short and any(mean_words(cells) >= LEAST_WORDS * len(name.split()) > 0 for name, cells in pairs)

    @property
    def _has_numbers(self) -> bool:
        """Whether some column holds numbers alone."""
        return any(all(map(_is_number, [name, *cells])) for name, cells in zip(self.head, self.columns, strict=True))

    @property
    def _has_labels(self) -> bool:
        """Whether some column holds single words that repeat."""
        columns = [[name, *cells] for name, cells in zip(self.head, self.columns, strict=True)]
        return len(self.rows) >= LEAST_LABELLED and any(
            len(set(cells)) <= len(cells) / 2 and all(len(cell.split()) == 1 for cell in cells) for cells in columns
        )

    @property
    def _has_quotes(self) -> bool:
        """Whether a cell holds the delimiter, as only one in quotes can."""
        return any(self.delimiter in cell for row in self.rows for cell in row)


def _is_number(cell: str) -> bool:
    return len(cell) <= LONGEST_NUMBER and _NUMBER.fullmatch(cell) is not None


def _rows(lines: Sequence[str], delimiter: str, first: int = 1) -> Iterator[Row]:
    """Yield the records; quotes that do not close, or that close before their cell ends, are marks like any other."""
    position, width = 0, 0
    while position < len(lines):
        line, taken = lines[position], 1
        cells = line.split(delimiter)
        if '"' in line:
            quoted, taken = _quoted(lines, position, delimiter, width)
            cells = quoted or (
                [unquote(cell) for cell in cells] if len(cells) == width and delimiter != "\t" else cells
            )
        width = width or len(cells)
        yield Row(first + position, tuple(cells))
        position += taken


def _quoted(lines: Sequence[str], position: int, delimiter: str, width: int) -> tuple[list[str], int]:
    """Return the record that begins on a line, read with its quotes, and of how many lines it is; none where its quotes
    are marks."""
    for is_escaped in (False, True):
        if is_escaped and '\\"' not in lines[position]:
            break
        reader = csv.reader(
            (f"{lines[place]}\n" for place in range(position, min(position + MOST_LINES, len(lines)))),
            delimiter=delimiter,
            strict=True,
            escapechar="\\" if is_escaped else None,
            doublequote=not is_escaped,
        )
        try:
            cells = next(reader)
        except csv.Error:
            continue
        alone = [len(line.split(delimiter)) for line in lines[position : position + reader.line_num]]
        is_melted = delimiter == "\t" and len(alone) > 1 and set(alone) == {width}
        if is_melted or (len(cells) != width and alone[0] == width):
            break
        return cells, reader.line_num
    return [], 1
