"""Whether explanations agree with deletion on many sentences: rank correlation and luck, one row per sentence and
method.

No text of a corpus goes into the table, only row numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from engine.config import JsonObject
from engine.corpora import load_corpus
from engine.evaluation.base import corpora_of, facts_of
from engine.evaluation.classification import evaluated_split, readable_rows
from engine.inspection.classification.attributions import COLUMNS, MAX_WORDS, MIN_WORDS, explain
from engine.inspection.stored.tables import replace_rows
from engine.models.folder import LoadedModel


def add_agreement(loaded: LoadedModel, table: Path) -> Iterator[float]:
    """Measure a classifier's explanations and put its rows into `table` in place of older ones; yield the share that is
    done.

    Raises:
        DataError: the corpus cannot be read, or the table that is there is damaged.
    """
    rows: list[JsonObject] = []
    for share, found in measure_agreement(loaded):
        rows += found
        yield share
    replace_rows(table, pd.DataFrame(rows), COLUMNS)


def measure_agreement(loaded: LoadedModel) -> Iterator[tuple[float, list[JsonObject]]]:
    """Yield for each test text of MIN_WORDS to MAX_WORDS words the share that is done and a row per method.

    Raises:
        DataError: the corpus cannot be read.
    """
    corpus = load_corpus(corpora_of(loaded)[0])
    split = evaluated_split(corpus)
    positions, texts, _ = readable_rows(corpus, split)
    facts = facts_of(loaded, corpus.spec.name, corpus, split)
    for number, (row, words) in enumerate(zip(positions, texts, strict=True), start=1):
        if not MIN_WORDS <= len(words) <= MAX_WORDS:
            continue
        agreement = explain(loaded, tuple(words)).agreement
        read = facts | {"row": row, "words": len(words)}
        yield (
            number / len(texts),
            [
                read | {"method": name, "correlation": one.correlation, "share_beaten": one.share_beaten}
                for name, one in agreement.items()
            ],
        )
