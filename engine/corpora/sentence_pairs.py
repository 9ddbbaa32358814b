"""Sentence pairs: (the English sentences, the French ones)."""

from __future__ import annotations

from engine.corpora.base import Content, Corpus

SENTENCE_PAIRS: Content[tuple[list[str], list[str]]] = Content(
    "sentence pairs", lambda rows, name: (list(rows["en"]), list(rows["fr"]))
)


def read_sides(corpus: Corpus, source_language: str, split: str = "train") -> tuple[list[str], list[str]]:
    """Return the sentences in the language that is read and those in the other.

    Raises:
        DataError: the corpus holds no pairs.
    """
    english, french = corpus.read(SENTENCE_PAIRS, split)
    return (english, french) if source_language == "en" else (french, english)
