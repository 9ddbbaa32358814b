"""How often the order of words matters: accuracy on test texts as they stand and shuffled, and the decisions a shuffle
changes.

No text of a corpus goes into the table.

Paper: Pham, Bui, Mai and Nguyen (2021), arXiv 2012.15180, for accuracy on shuffled sentences.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from engine.corpora import load_corpus
from engine.evaluation.base import corpora_of, facts_of
from engine.evaluation.classification import evaluated_split, readable_rows
from engine.inspection.classification.predictions import MAX_WORDS, probabilities_of_words
from engine.inspection.classification.word_order import COLUMNS, shuffle_words
from engine.inspection.stored.tables import replace_rows
from engine.models.folder import LoadedModel

SEEDS = (1, 2, 3, 4, 5)


def add_word_order(loaded: LoadedModel, table: Path) -> None:
    """Measure a classifier on its test texts in their own order and in others, and put its rows into `table` in place
    of older ones.

    Raises:
        DataError: the corpus cannot be read, or the table that is there is damaged.
    """
    replace_rows(table, measure_word_order(loaded), COLUMNS)


def measure_word_order(loaded: LoadedModel) -> pd.DataFrame:
    """Return one row per seed: accuracy as the texts stand and shuffled, and the share of decisions that a shuffle
    changes.

    Raises:
        DataError: the corpus cannot be read.
    """
    corpus = load_corpus(corpora_of(loaded)[0])
    split = evaluated_split(corpus)
    _, texts, right = readable_rows(corpus, split)
    rows = [row[:MAX_WORDS] for row in texts]
    intact = probabilities_of_words(loaded, rows).argmax(axis=1)
    found = []
    for seed in SEEDS:
        # Each text gets a seed of its own: texts of the same length would all be shuffled alike.
        shuffled = probabilities_of_words(
            loaded, [shuffle_words(row, seed * len(rows) + position) for position, row in enumerate(rows)]
        ).argmax(axis=1)
        found.append(
            {
                "split": split,
                "seed": seed,
                "sentences": len(rows),
                "accuracy": float((intact == right).mean()),
                "accuracy_shuffled": float((shuffled == right).mean()),
                "decisions_changed": float((shuffled != intact).mean()),
            }
        )
    return pd.DataFrame(found).assign(**facts_of(loaded, corpus.spec.name, corpus, split))
