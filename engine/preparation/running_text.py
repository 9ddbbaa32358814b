"""Running text of a table: every row's text, in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from engine.corpora.base import Corpus
from engine.corpora.running_text import RUNNING_TEXT
from engine.errors import InputError
from engine.files.text_file import find_text_column, spell
from engine.preparation.shapes import SAMPLE_ROWS, SHAPES, ColumnMapping, ColumnRole, Count, Cutter, Made, Shape
from engine.preparation.source_table import SourceTable
from engine.wording import counted

LONGEST_LINE = 2_000  # characters


def _characters(texts: Sequence[str]) -> tuple[Count, None]:
    return lambda rows: Counter("\n".join(rows)), None


def _cut(line: str) -> list[str]:
    """Return a line in parts that are not too long, cut at blanks where there are any."""
    parts = []
    while len(line) > LONGEST_LINE:
        place = line.rfind(" ", 1, LONGEST_LINE)
        place = LONGEST_LINE if place < 0 else place
        parts.append(line[:place])
        line = line[place:].lstrip(" ")
    return [*parts, line]


class RunningTextShape(Shape):
    """Text that a network learns to go on with."""

    content = RUNNING_TEXT
    title = "Running text"
    meaning = "a network learns to write on, character by character"
    roles = (ColumnRole("text", "Text", "The texts follow one another as they stand, each on a line of its own."),)
    order = 4
    cutter = Cutter("Characters", "character", _characters)
    least_compared = 20  # "ROMEO:" comes again in any play
    unit = "characters"
    joint = "\n"

    def guess(self, table: SourceTable) -> dict[str, str] | None:
        return self.fallback(table)

    def fallback(self, table: SourceTable) -> dict[str, str]:
        rows = [row for part in table.splits.values() for row in part[:SAMPLE_ROWS]]
        return {"text": table.columns[find_text_column(table.columns, rows[:SAMPLE_ROWS]) or 0]}

    def make(self, table: SourceTable, mapping: ColumnMapping) -> Made:
        place = table.position(mapping.columns["text"])
        texts = {name: [spell(row[place]) for row in rows] for name, rows in table.splits.items()}
        if not any(text.strip() for rows in texts.values() for text in rows):
            raise InputError(f"The column “{mapping.columns['text']}” has no text in it.")
        # A row may hold a whole story: lines are what is divided, counted and shown.
        lines = {name: [line for row in rows for line in row.split("\n")] for name, rows in texts.items()}
        made = {name: {"text": [part for line in own for part in _cut(line)]} for name, own in lines.items()}
        count = sum(len(line) > LONGEST_LINE for own in lines.values() for line in own)
        long = f"{counted(count, 'line')} longer than {LONGEST_LINE:,} characters"
        said = f"{long} cut at a blank: a text is divided by lines."
        return Made(made, remarks=(said,) if count else ())

    def texts(self, found: str, columns: Sequence[str]) -> dict[str, list[str]]:
        return {"text": found.split("\n")}

    def count_rows(self, corpus: Corpus, split: str) -> int:
        return corpus.read(self.content, split).count("\n") + 1  # the table holds a few long pieces

    def length(self, text: str) -> int:
        return len(text)


SHAPES.register("running_text")(RunningTextShape())
