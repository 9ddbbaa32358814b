"""Sentence pairs of a table: a sentence and its translation in each row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.corpora.sentence_pairs import SENTENCE_PAIRS
from engine.errors import InputError
from engine.files.text_file import LEAST_WORDS, mean_words, spell
from engine.preparation.languages import code_of
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
from engine.text.languages import CODES

NAMES = (
    ("source", "target"),
    ("src", "tgt"),
    ("src", "trg"),
    ("sentence1", "sentence2"),
    ("input", "output"),
    ("question", "answer"),
)
LEAST_CORRELATION = 0.6  # between the lengths of sentences and those of their translations
LEAST_ROWS = 5
UNKNOWN = ("source", "target")  # what the columns are called where the languages are not known


def _subwords(texts: Sequence[str]) -> tuple[Count, frozenset[str]]:
    from engine.text import TOKENIZERS

    backend = TOKENIZERS.get("bpe").train(texts, 6000).backend

    def cut(words: list[str]) -> list[list[str]]:
        return [one.tokens for one in backend.encode_batch(words, add_special_tokens=False)]

    return count_by_words(cut), frozenset(backend.get_vocab()) - {"<unk>"}


class SentencePairsShape(Shape):
    """Sentences and what each is in another language."""

    content = SENTENCE_PAIRS
    title = "Sentence pairs"
    meaning = "a network learns to translate the source into the target"
    roles = (
        ColumnRole("source", "Source", "What is read."),
        ColumnRole("target", "Target", "What is to be written."),
    )
    order = 2
    cutter = Cutter("Byte-pair encoding", "subword token", _subwords, characters=300_000)

    def guess(self, table: SourceTable) -> dict[str, str] | None:
        texts = text_columns(table)
        coded = [column for column in texts if column.lower().rpartition(".")[2] in CODES.values()]
        if len(coded) >= 2:
            first, second = sorted(coded[:2], key=table.columns.index)
            return {"source": first, "target": second}
        for names in NAMES:
            found = [called(table, [name], texts) for name in names]
            if texts and all(found):
                return {"source": str(found[0]), "target": str(found[1])}
        named = [column for column in texts if code_of(column)]  # "English", "French"
        if len(named) == 2 or (len(texts) == len(table.columns) == 2 and _go_together(table, texts)):
            first, second = sorted(named if len(named) == 2 else texts, key=table.columns.index)
            return {"source": first, "target": second}
        return None

    def fallback(self, table: SourceTable) -> dict[str, str]:
        texts = text_columns(table) or list(table.columns)
        return {"source": texts[0], "target": texts[min(1, len(texts) - 1)]}

    def make(self, table: SourceTable, mapping: ColumnMapping) -> Made:
        source, target = (table.position(mapping.columns[role]) for role in ("source", "target"))
        if source == target:
            raise InputError("Source and target are the same column: choose two different ones.")
        rows = {
            name: [(spell(row[source]).strip(), spell(row[target]).strip()) for row in part]
            for name, part in table.splits.items()
        }
        whole = {name: [row for row in part if all(row)] for name, part in rows.items()}
        if not any(whole.values()):
            raise InputError("No row has both a source and a target sentence.")
        languages = mapping.languages or self.languages(table, mapping)
        left_out = sum(map(len, rows.values())) - sum(map(len, whole.values()))
        return Made(
            {
                name: {side: [row[place] for row in part] for place, side in enumerate(languages)}
                for name, part in whole.items()
            },
            languages=languages,
            remarks=say_left_out(left_out, "without a sentence on one of both sides"),
        )

    def languages(self, table: SourceTable, mapping: ColumnMapping) -> tuple[str, str]:
        """Return the codes of both languages: from the columns' names, else from what is in them; UNKNOWN where they
        cannot be told apart."""
        found = []
        for role in UNKNOWN:
            column = mapping.columns[role]
            found.append(code_of(column, [spell(cell) for cell in table.cells(column, SAMPLE_ROWS)]))
        first, second = found
        return (first, second) if first and second and first != second else UNKNOWN

    def texts(self, found: tuple[list[str], list[str]], columns: Sequence[str]) -> dict[str, list[str]]:
        return dict(zip(columns, found, strict=False))


def _go_together(table: SourceTable, columns: Sequence[str]) -> bool:
    """Return whether two columns of several words are as long as one another row by row, as sentences and their
    translations are."""
    if any(mean_words(table.cells(column, SAMPLE_ROWS)) < LEAST_WORDS for column in columns):
        return False
    first, second = (np.array([len(spell(cell)) for cell in table.cells(column, SAMPLE_ROWS)]) for column in columns)
    if len(first) < LEAST_ROWS or first.std() == 0 or second.std() == 0:
        return False
    return float(np.corrcoef(first, second)[0, 1]) >= LEAST_CORRELATION


SHAPES.register("sentence_pairs")(SentencePairsShape())
