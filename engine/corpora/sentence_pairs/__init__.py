"""Sentence pairs: (the English sentences, the French ones), or those of two other languages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.corpora.base import Content, Corpus, register_content
from engine.registry import discover

if TYPE_CHECKING:
    from datasets import Dataset

ENGLISH_FRENCH = ("en", "fr")


def sides_of(columns: Sequence[str]) -> tuple[str, str]:
    """Return the columns of the two languages: English and French where both are there, else the first two."""
    first, second, *_ = ENGLISH_FRENCH if set(ENGLISH_FRENCH) <= set(columns) else columns
    return first, second


def _read(rows: Dataset, name: str) -> tuple[list[str], list[str]]:
    first, second = sides_of(rows.column_names)
    return list(rows[first]), list(rows[second])


SENTENCE_PAIRS: Content[tuple[list[str], list[str]]] = register_content(
    Content("sentence_pairs", "sentence pairs", _read)
)


def read_sides(corpus: Corpus, source_language: str, split: str = "train") -> tuple[list[str], list[str]]:
    """Return the sentences in the language that is read and those in the other.

    Raises:
        DataError: the corpus holds no pairs.
    """
    first, second = corpus.read(SENTENCE_PAIRS, split)
    is_first = source_language == sides_of(corpus.splits[split].column_names)[0]
    return (first, second) if is_first else (second, first)


discover(__name__)  # its data sets, one file each
