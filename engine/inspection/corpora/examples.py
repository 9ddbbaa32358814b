"""The first examples of a corpus, or the first that contain what is searched for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from engine.corpora import Corpus, load_corpus
from engine.preparation import SHAPES

MOST = 50


@dataclass(frozen=True)
class Examples:
    """Rows of a split.

    Attributes:
        table: `row`, counted from 1, and what each row holds.
        found: how many rows of the split contain what was searched for; total: how many it has.
    """

    table: pd.DataFrame
    found: int
    total: int


def corpus_examples(name: str | Path, split: str = "train", query: str = "", count: int = MOST) -> Examples:
    """Return examples of a corpus of the catalogue by its name, or of a folder of data by its path."""
    return find_examples(load_corpus(name), split, query, count)


def find_examples(corpus: Corpus, split: str = "train", query: str = "", count: int = MOST) -> Examples:
    """Return the first `count` rows of a split that contain `query`, in whatever case."""
    shape = SHAPES.get(corpus.spec.content.name)
    rows = corpus.splits[split]
    columns = shape.examples(corpus.read(corpus.spec.content, split), rows.column_names, corpus.spec.labels)
    total = len(next(iter(columns.values())))
    wanted = query.casefold().strip()
    places = list(range(total))
    if wanted:
        places = [
            place for place in places if any(wanted in str(cells[place]).casefold() for cells in columns.values())
        ]
    shown = list(places[:count])
    table = pd.DataFrame({"row": [place + 1 for place in shown]})
    for name, cells in columns.items():
        table[name] = [cells[place] for place in shown]
    return Examples(table, len(places), total)
