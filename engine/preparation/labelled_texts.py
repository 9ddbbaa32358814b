"""Labelled texts of a table: a text and a label in each row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from engine.corpora.labelled_texts import LABELLED_TEXTS
from engine.errors import InputError
from engine.files.text_file import Cell, find_text_column, mean_words, spell
from engine.preparation.shapes import (
    SAMPLE_ROWS,
    SHAPES,
    ColumnMapping,
    ColumnRole,
    Count,
    Cutter,
    Made,
    Shape,
    called,
    count_by_words,
    say_left_out,
    text_columns,
)
from engine.preparation.source_table import SourceTable

LABEL_COLUMNS = tuple(
    "label labels class classes category categories sentiment polarity emotion intent topic language rating stars "
    "target y score type".split()
)
MAX_LABELS = 100
MAX_GUESSED = 30  # different values of a column that is not called as labels are
LONGEST_LABEL = 60  # characters


def _treebank(texts: Sequence[str]) -> tuple[Count, None]:
    from engine.text.treebank import split_words

    return count_by_words(lambda words: [split_words(word) for word in words]), None


class LabelledTextsShape(Shape):
    """Texts of which each has one of a few labels."""

    content = LABELLED_TEXTS
    title = "Labelled texts"
    meaning = "a network learns to choose the label of a text"
    roles = (
        ColumnRole("text", "Text", "What is read."),
        ColumnRole("label", "Label", f"What is to be told of it: one of 2 to {MAX_LABELS} values."),
    )
    order = 3
    cutter = Cutter("Words, contractions cut", "word", _treebank, vocab_size=11_000)
    counts = "label"

    def guess(self, table: SourceTable) -> dict[str, str] | None:
        label = called(table, LABEL_COLUMNS)
        if label is None or not _could_be_labels(table.cells(label), MAX_LABELS):
            words = {column: mean_words(table.cells(column, SAMPLE_ROWS)) for column in table.columns}
            fits = [
                column
                for column in table.columns
                if words[column] <= 2 and _could_be_labels(table.cells(column), MAX_GUESSED)
            ]
            label = min(fits, key=lambda column: len(set(table.cells(column))), default=None)
        text = self._text(table, label) if label else None
        return {"text": text, "label": label} if text and label else None

    def fallback(self, table: SourceTable) -> dict[str, str]:
        label = called(table, LABEL_COLUMNS) or table.columns[-1]
        return {"text": self._text(table, label) or table.columns[0], "label": label}

    def make(self, table: SourceTable, mapping: ColumnMapping) -> Made:
        text, label = (table.position(mapping.columns[role]) for role in ("text", "label"))
        column = mapping.columns["label"]
        names = table.class_names.get(column, ())
        rows = {
            name: [(spell(row[text]).strip(), _named(spell(row[label]).strip(), names)) for row in part]
            for name, part in table.splits.items()
        }
        whole = {name: [row for row in part if all(row)] for name, part in rows.items()}
        labels = _in_order({label for part in whole.values() for _, label in part}, names)
        if len(labels) < 2:
            said = f"one value only, “{labels[0][:LONGEST_LABEL]}”" if labels else "no value beside a text"
            raise InputError(
                f"The column “{column}” has {said}: a classifier needs rows with at least two different labels."
            )
        if len(labels) > MAX_LABELS:
            raise InputError(
                f"The column “{column}” has {len(labels):,} different values; at most {MAX_LABELS} labels can be told "
                "apart here: choose the column with the labels."
            )
        number = {label: place for place, label in enumerate(labels)}
        left_out = sum(map(len, rows.values())) - sum(map(len, whole.values()))
        return Made(
            {
                name: {"text": [text for text, _ in part], "label": [number[label] for _, label in part]}
                for name, part in whole.items()
            },
            labels=labels,
            remarks=say_left_out(left_out, "without a text or a label"),
        )

    def texts(self, found: tuple[list[str], list[int]], columns: Sequence[str]) -> dict[str, list[str]]:
        return {"text": found[0]}

    def groups(self, found: tuple[list[str], list[int]], labels: Sequence[str]) -> Counter[str]:
        return Counter({labels[number]: count for number, count in Counter(found[1]).items()})

    def examples(
        self, found: tuple[list[str], list[int]], columns: Sequence[str], labels: Sequence[str]
    ) -> dict[str, list[str]]:
        return {"text": found[0], "label": [labels[number] for number in found[1]]}

    def _text(self, table: SourceTable, label: str) -> str | None:
        others = text_columns(table, [label])
        rows = [row for part in table.splits.values() for row in part[:SAMPLE_ROWS]][:SAMPLE_ROWS]
        place = find_text_column(table.columns, rows)
        named = None if place is None else table.columns[place]
        return named if named in others else next(iter(others), None)


def _could_be_labels(cells: Sequence[Cell], most: int) -> bool:
    values = Counter(spell(cell).strip() for cell in cells)
    del values[""]
    total = sum(values.values())
    return 2 <= len(values) <= most and total >= 2 * len(values) and max(map(len, values)) <= LONGEST_LABEL


def _named(value: str, names: Sequence[str]) -> str:
    is_number = value.isdecimal() and int(value) < len(names)
    return names[int(value)] if is_number else "" if names and value == "-1" else value  # -1: not told


def _in_order(labels: set[str], names: Sequence[str]) -> tuple[str, ...]:
    """Return labels as the source numbers them, numbers by size, words by the alphabet."""
    if labels <= set(names):
        return tuple(name for name in names if name in labels)
    try:
        return tuple(sorted(labels, key=float))
    except ValueError:
        return tuple(sorted(labels))


SHAPES.register("labelled_texts")(LabelledTextsShape())
