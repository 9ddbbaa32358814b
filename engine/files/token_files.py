"""Token files: one word a line, its tags in further columns, an empty line after each sentence, as in CoNLL-2003,
CoNLL-U and BIO files. The library conllu reads CoNLL-U alone, and one bad line in it refuses the whole file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from engine.errors import InputError
from engine.files.text_file import Cell, Row, TextFile, Texts, merge_cells, say_lines, spell
from engine.files.token_shapes import DOCUMENT, INSERTED, NUMBER, RANGE, TokenShape, find_shape
from engine.wording import counted

ENDINGS = (".conll", ".conllu", ".bio", ".iob", ".iob2")
"""They decide only where the content leaves it open: of one word a line, or of several columns without a tag."""

_TEXT = re.compile(r"#\s*text\s*=\s*(.*)")


@dataclass(frozen=True)
class TokenFile(TextFile):
    """Sentences cut into words.

    Attributes:
        ends: of each sentence, how many of `rows` stand up to its end.
        spoken: of each sentence its text, "" where the file does not say it.
        ends_in_tags: whether the last column holds tags, so that what is too much in a line belongs to the word.
    """

    ends: tuple[int, ...] = ()
    spoken: tuple[str, ...] = ()
    ends_in_tags: bool = False

    def texts(self, column: int | None = None) -> Texts:
        chosen, width = self.column if column is None else column, len(self.columns)
        lines, sentences, numbers, begin = [], [], [], 0
        missing: list[int] = []
        wide: list[int] = []
        uneven: list[int] = []
        for end, spoken in zip(self.ends, self.spoken, strict=True):
            words = []
            for row in self.rows[begin:end]:
                cells = self.cells(row, chosen)
                word = spell(cells[chosen]).strip() if chosen < len(cells) else ""
                words += [word] * bool(word)
                if not word:
                    missing.append(row.line)
                elif len(row.cells) != width:
                    (wide if len(cells) == width else uneven).append(row.line)
            lines.append((spoken if chosen == self.column else "") or " ".join(words))
            sentences.append(tuple(words))
            numbers.append(self.rows[begin].line)
            begin = end
        remarks = say_lines(missing, "no word; left out")
        remarks += say_lines(wide, "more columns than the other lines; what is too much was read as part of the word")
        name = self.columns[chosen]
        remarks += say_lines(uneven, f"more or fewer columns than the other lines; the word was taken from “{name}”")
        return Texts(lines, tuple(sentences), tuple(numbers), tuple(remarks), not missing)

    def cells(self, row: Row, column: int) -> tuple[Cell, ...]:
        """Return the cells of a row; before tags at its end, a word may have blanks in it."""
        return merge_cells(row, column, len(self.columns), " ") if self.ends_in_tags else row.cells

    def understood(self, column: int | None = None) -> str:
        name = self.columns[self.column if column is None else column]
        sentences = counted(len(self.ends), "sentence")
        return f"Read as {self.format}: {sentences} in {counted(len(self.rows), 'row')}, the words from “{name}”."


def read_tokens(lines: Sequence[str], name: str) -> TokenFile | None:
    """Return the sentences of a token file, None where the lines are none; `name` ends with the file's own name.

    Raises:
        InputError: it is called as token files are and has no token.
    """
    is_called = name.lower().removesuffix(".gz").endswith(ENDINGS)
    if is_called and not any(line.strip() and not line.startswith("#") for line in lines):
        raise InputError(
            f"{name} has no token in it: put one word on each line, and an empty line after each sentence."
        )
    shape = find_shape(lines, is_called)
    return _Reading(shape).read(lines) if shape else None


class _Reading:
    """A token file while it is read, sentence by sentence."""

    def __init__(self, shape: TokenShape) -> None:
        self.shape = shape
        self.rows: list[Row] = []
        self.ends: list[int] = []
        self.spoken: list[str] = []
        self.text, self.pieces = "", _Pieces()
        self.called = ""  # what the column of sentences last said

    def read(self, lines: Sequence[str]) -> TokenFile:
        """Return the file."""
        shape, has_head = self.shape, bool(self.shape.head)
        for number, line in enumerate(lines, start=1):
            if not line.strip() or line.startswith(DOCUMENT):
                self._end_sentence()
            elif shape.is_comment(line):
                said = _TEXT.fullmatch(line)
                self.text = said[1].strip() if said else self.text
            elif has_head:
                has_head = False
            else:
                self._add(Row(number, tuple(shape.split(line))))
        self._end_sentence()
        found = tuple(self.rows), shape.word, (), tuple(self.ends), tuple(self.spoken), shape.width - 1 in shape.tags
        return TokenFile(shape.format, shape.columns, *found)

    def _add(self, row: Row) -> None:
        cells = [spell(cell) for cell in row.cells]
        if self.shape.sentence is not None and self.shape.sentence < len(cells):
            called = cells[self.shape.sentence].strip()
            if called not in ("", self.called):
                self._end_sentence()
                self.called = called
        if self.shape.is_conllu:
            self.pieces.add(cells)
        if not (self.shape.counting == 0 and (RANGE.fullmatch(cells[0]) or INSERTED.fullmatch(cells[0]))):
            self.rows.append(row)

    def _end_sentence(self) -> None:
        if len(self.rows) > (self.ends[-1] if self.ends else 0):
            self.ends.append(len(self.rows))
            self.spoken.append(self.text or self.pieces.text)
        self.text, self.pieces = "", _Pieces()


class _Pieces:
    """A sentence of CoNLL-U as it is spoken: ranges instead of their words, blanks where they stand."""

    def __init__(self) -> None:
        self._text, self._until = "", 0

    def add(self, cells: Sequence[str]) -> None:
        """Add a row."""
        together = RANGE.fullmatch(cells[0])
        number = NUMBER.fullmatch(cells[0])
        if len(cells) < 2 or (number and int(cells[0]) <= self._until) or not (together or number):
            return
        self._until = int(together[2]) if together else self._until
        self._text += cells[1] + ("" if "SpaceAfter=No" in cells[-1].split("|") else " ")

    @property
    def text(self) -> str:
        """The sentence."""
        return self._text.strip()
