"""Classifiers: share of right labels, loss and calibration on texts that decided nothing in training.

Papers: Naeini, Cooper and Hauskrecht (2015), Obtaining well calibrated probabilities using Bayesian binning; Guo et al.
(2017), arXiv 1706.04599, section 2 (expected calibration error: ten bins of equal width over the probability of the
label that is given).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from engine.config import JsonObject
from engine.corpora import CORPORA, Corpus, load_corpus
from engine.corpora.labelled_texts import LABELLED_TEXTS
from engine.corpora.labelled_texts.imdb_small import without_breaks
from engine.evaluation.base import corpora_of, facts_of
from engine.inspection.classification import examples
from engine.inspection.classification.predictions import MAX_WORDS, is_readable, probabilities_by_direction
from engine.inspection.classification.quality import COLUMNS, calibration_error
from engine.inspection.stored.tables import replace_rows, rows_so_far
from engine.models.folder import LoadedModel
from engine.text.treebank import split_words

NEGATIONS = frozenset("not n't no never neither nor nothing none nobody nowhere hardly barely without cannot".split())


def evaluate_classifier(loaded: LoadedModel) -> JsonObject:
    """Return accuracy and F1 in percent, nats per label and calibration error on the held-out split of the classifier's
    corpus."""
    from sklearn.metrics import f1_score

    corpus = load_corpus(corpora_of(loaded)[0])
    split = evaluated_split(corpus)
    _, rows, labels = readable_rows(corpus, split)
    found = probabilities_by_direction(loaded, [row[:MAX_WORDS] for row in rows])
    both = found.pop("both")
    right = np.array([both[i, label] for i, label in enumerate(labels)])
    metrics: JsonObject = {
        "accuracy": accuracy(both, labels),
        "macro_f1": round(100 * float(f1_score(labels, both.argmax(1), labels=np.unique(labels), average="macro")), 2),
        "negative_log_likelihood": round(float(-np.log(np.maximum(right, 1e-12)).mean()), 4),
        "calibration_error": round(calibration_error(both.max(1), both.argmax(1) == labels), 4),
        "majority_accuracy": round(100 * float(np.bincount(labels).max()) / len(labels), 2),
    }
    if len(found) > 1:
        metrics |= {f"{name}_accuracy": accuracy(probabilities, labels) for name, probabilities in found.items()}
    cut = sum(len(row) > MAX_WORDS for row in rows)
    note = f", {cut} of them cut after {MAX_WORDS:,} words" if cut else ""
    return metrics | {
        "test_set": f"{corpus.spec.title} {split} ({len(rows):,} texts{note})",
        "source": corpus.source.kind,
    }


def evaluated_split(corpus: Corpus) -> str:
    """Return the split figures are given on: the test split, or the validation split where that is all the corpus
    has."""
    return "test" if "test" in corpus.splits else "validation"


def readable_rows(corpus: Corpus, split: str) -> tuple[list[int], list[list[str]], np.ndarray]:
    """Return the places, words and labels of the texts of a split that have a word in them."""
    texts, labels = corpus.read(LABELLED_TEXTS, split)
    rows = [split_words(without_breaks(text)) for text in texts]
    positions = [position for position, row in enumerate(rows) if is_readable(row)]
    return (
        positions,
        [rows[position] for position in positions],
        np.array([labels[position] for position in positions], dtype=np.int64),
    )


def accuracy(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Return the percentage of rows (N, L) whose likeliest label is right."""
    return round(100 * float((probabilities.argmax(1) == labels).mean()), 2)


def predictions(loaded: LoadedModel) -> pd.DataFrame:
    """Return one row per text of the held-out split, no text: as `judge_split`, with the facts of the model."""
    name = corpora_of(loaded)[0]
    corpus = load_corpus(name)
    split = evaluated_split(corpus)
    return judge_split(loaded, corpus, split).assign(**facts_of(loaded, name, corpus, split), split=split)


def judge_sample(loaded: LoadedModel, corpus_name: str) -> tuple[str, pd.DataFrame]:
    """Return the title of the built-in sample that stands in for a corpus, and `judge_split` of its held-out split with
    each `text`."""
    sample = load_corpus(CORPORA.get(corpus_name).sample or corpus_name)
    split = evaluated_split(sample)
    texts, _ = sample.read(LABELLED_TEXTS, split)
    frame = judge_split(loaded, sample, split)
    return sample.spec.title, frame.assign(text=[texts[row] for row in frame["row"]])


def add_examples(loaded: LoadedModel, table: Path) -> Iterator[float]:
    """Measure what the page's tools show of every built-in sentence, and put the rows into `table` in place of older
    ones; yield the share that is done.

    Raises:
        DataError: the table that is there is damaged or cannot be written.
    """
    rows_so_far(table, examples.COLUMNS)
    sample = load_corpus(CORPORA.get(corpora_of(loaded)[0]).sample)
    split = evaluated_split(sample)
    given = [*examples.OWN.items(), *zip(*sample.read(LABELLED_TEXTS, split), strict=True)]
    facts, rows = facts_of(loaded, sample.spec.name, sample, split), []
    for number, (text, label) in enumerate(given, start=1):
        effects = examples.measure_effects(loaded, tuple(split_words(text)), label)
        rows.append(facts | {"text": text} | effects)
        yield number / len(given)
    replace_rows(table, pd.DataFrame(rows), examples.COLUMNS)


def judge_split(loaded: LoadedModel, corpus: Corpus, split: str) -> pd.DataFrame:
    """Return one row per text of a split: its place, label, probability of label 1, and facts on its words."""
    positions, rows, labels = readable_rows(corpus, split)
    probabilities = probabilities_by_direction(loaded, [row[:MAX_WORDS] for row in rows], directions=False)["both"]
    return pd.DataFrame(
        {
            "row": positions,
            "label": labels,
            "probability": probabilities[:, 1].astype(float).round(5),
            "words": [len(row) for row in rows],
            "unknown_words": [len(loaded.tokenizer.unknown_words(row)) for row in rows],
            "has_negation": [not NEGATIONS.isdisjoint(row) for row in rows],
        }
    )


def add_predictions(loaded: LoadedModel, table: Path) -> None:
    """Classify the held-out split and put the rows into `table` in place of this model's older ones; no text of the
    corpus goes in.

    Raises:
        DataError: the corpus cannot be read, or the table that is there is damaged or cannot be written.
    """
    rows_so_far(table, COLUMNS)
    replace_rows(table, predictions(loaded), COLUMNS, order=("corpus", "model", "row"))
