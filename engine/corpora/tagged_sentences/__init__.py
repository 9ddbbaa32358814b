"""Tagged sentences: (the words of each sentence, the tag of each word)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.corpora.base import Content, register_content
from engine.errors import DataError
from engine.registry import discover

if TYPE_CHECKING:
    from datasets import Dataset


def _read(rows: Dataset, name: str) -> tuple[list[list[str]], list[list[str]]]:
    words, tags = (list(map(list, rows[column])) for column in ("tokens", "ner_tags"))
    for number, (row, marks) in enumerate(zip(words, tags, strict=True)):
        if len(row) != len(marks):
            raise DataError(f"Sentence {number} of {name} has {len(row)} words but {len(marks)} tags.")
    return words, tags


TAGGED_SENTENCES: Content[tuple[list[list[str]], list[list[str]]]] = register_content(
    Content("tagged_sentences", "tagged sentences", _read)
)

discover(__name__)  # its data sets, one file each
