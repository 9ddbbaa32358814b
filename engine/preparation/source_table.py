"""What was read of an upload, a pasted text or a Hub data set, before anyone says which column is what."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Protocol

from engine.config import JsonObject
from engine.corpora.data_folder import UNSTATED
from engine.errors import InputError
from engine.files import TextFile, read_file, read_text
from engine.files.text_file import Cell, Lines, spell
from engine.files.token_files import TokenFile
from engine.limits import limits
from engine.wording import counted

Cells = tuple[Cell, ...]
WHOLE = ""  # the name of the one split of what is not divided
LINE = "line"  # what the one column of plain lines is called
_MIB = 2**20
LINES_OF_A_ROW = 10  # on average; a file of more lines than that is not read at all


class Upload(Protocol):
    """A file that a visitor brought: what Streamlit's uploader gives, or a file that is open for reading."""

    name: str
    size: int

    def getvalue(self) -> bytes:
        """Return its bytes."""


@dataclasses.dataclass(frozen=True)
class SourceTable:
    """Rows of cells by split.

    Attributes:
        columns: their names.
        splits: the rows of each split; of what is not divided, all under WHOLE.
        understood: as what it was read, a sentence.
        source: where it came from, as `DataFolder.source`.
        is_lines: whether a row is a line of a text, which means something in its order only.
        class_names: of a column of numbers, what each stands for, from 0.
        licence, origin: as far as the source states them.
        notes: what was done to read it; remarks: what could not be read. A sentence each.
    """

    columns: tuple[str, ...]
    splits: Mapping[str, Sequence[Cells]]
    understood: str
    source: JsonObject
    is_lines: bool = False
    class_names: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    licence: str = UNSTATED
    origin: str = UNSTATED
    notes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def is_divided(self) -> bool:
        """Whether it came with splits of its own."""
        return len(self.splits) > 1

    def position(self, column: str) -> int:
        """Return the position of a column.

        Raises:
            InputError: there is none of that name.
        """
        if column not in self.columns:
            there = ", ".join(f"“{name[:40]}”" for name in self.columns[:12])
            raise InputError(f"There is no column “{column[:40]}”: the columns are {there}.")
        return self.columns.index(column)

    def cells(self, column: str, count: int | None = None) -> list[Cell]:
        """Return the cells of a column over all splits, at most the first `count` of them."""
        place = self.position(column)
        found: list[Cell] = []
        for rows in self.splits.values():
            left = None if count is None else count - len(found)
            found += [row[place] for row in rows[:left]]
        return found

    def first_rows(self, count: int) -> list[tuple[str, ...]]:
        """Return the first rows as text."""
        rows = [row for part in self.splits.values() for row in part[:count]]
        return [tuple(map(spell, row)) for row in rows[:count]]


def read_upload(file: Upload, *, is_lines: bool = False) -> SourceTable:
    """Return what stands in a file, whose size is looked at before it is read.

    Raises:
        InputError: it is too large, or as `engine.files.read_file`.
    """
    name, most = f"The file {file.name}", limits().mebibytes
    if file.size > most * _MIB:
        raise InputError(f"{name} has {file.size / _MIB:,.1f} MiB; at most {most:,} MiB are read: bring a part of it.")
    found = read_file(
        file.getvalue(), name, is_lines=is_lines, max_bytes=most * _MIB, max_lines=LINES_OF_A_ROW * limits().rows
    )
    return from_file(found, {"kind": "upload", "name": file.name}, name)


def read_paste(text: str, *, is_lines: bool = False) -> SourceTable:
    """Return what stands in a text that was typed or pasted; otherwise as `read_upload`."""
    most = limits().characters
    if len(text) > most:
        raise InputError(f"The text has {len(text):,} characters; at most {most:,} are read: bring it as a file.")
    return from_file(
        read_text(text, is_lines=is_lines, max_lines=LINES_OF_A_ROW * limits().rows), {"kind": "paste"}, "The text"
    )


def from_file(found: TextFile, source: JsonObject, name: str = "The file") -> SourceTable:
    """Return what a file was read as, cut to what may be kept; `name` begins the sentences about it.

    Raises:
        InputError: there is no text in it.
    """
    rows: Sequence[Cells]
    columns = found.columns
    remarks: tuple[str, ...] = ()
    if isinstance(found, Lines):
        columns, rows = (LINE,), [(line,) for line in found.lines]
    elif isinstance(found, TokenFile):
        rows = _sentences(found)
    else:
        rows = [_filled(found.cells(row, found.column), len(columns)) for row in found.rows if row.cells]
        remarks = found.texts().remarks
    if not any(any(map(spell, row)) for row in rows):
        raise InputError(f"{name} has nothing in it.")
    rows, cut = cut_to_limits(rows)
    return SourceTable(
        columns,
        {WHOLE: rows},
        found.understood(),
        source,
        is_lines=isinstance(found, Lines),
        notes=(*found.notes, *cut),
        remarks=remarks,
    )


def cut_to_limits(rows: Sequence[Cells]) -> tuple[Sequence[Cells], tuple[str, ...]]:
    """Return the first rows that may be kept, and a sentence that says so where some are left out."""
    allowed = limits()
    kept, characters = 0, 0
    for row in rows[: allowed.rows]:
        characters += sum(len(cell) if isinstance(cell, str) else sum(map(len, cell)) for cell in row)
        if characters > allowed.characters:
            break
        kept += 1
    if kept == len(rows):
        return rows, ()
    said = f"{counted(allowed.rows, 'row')} and {counted(allowed.characters, 'character')}"
    return rows[:kept], (f"The first {kept:,} of {counted(len(rows), 'row')} are used: at most {said} are kept here.",)


def _sentences(found: TokenFile) -> list[Cells]:
    """Return a row for each sentence: in each column its words, or what stands beside them."""
    width, begin, sentences = len(found.columns), 0, []
    for end in found.ends:
        rows = [_filled(found.cells(row, found.column), width) for row in found.rows[begin:end]]
        told = [tuple(spell(cell).strip() for cell in row) for row in rows if spell(row[found.column]).strip()]
        sentences.append(tuple(zip(*told, strict=True)))
        begin = end
    return [sentence for sentence in sentences if sentence]


def _filled(cells: Cells, width: int) -> Cells:
    return (*cells[:width], *[""] * (width - len(cells)))
