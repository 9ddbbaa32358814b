"""Taggers: precision, recall and F1 of whole entities by seqeval, in all and by type, beside each word's most frequent
tag.

Paper: Tjong Kim Sang and De Meulder (2003), Introduction to the CoNLL-2003 shared task, section 3.1: an entity counts
only with its exact words and its type. Nakayama (2018), seqeval, counts the same way.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pandas as pd

from engine.config import JsonObject
from engine.corpora import CORPORA, Corpus, load_corpus
from engine.corpora.tagged_sentences import TAGGED_SENTENCES
from engine.errors import ModelError
from engine.evaluation.base import corpora_of, facts_of
from engine.inspection.stored.sentence_scores import source_hash
from engine.inspection.stored.tables import replace_rows, rows_so_far
from engine.inspection.tagging import examples
from engine.inspection.tagging.entity_types import as_known
from engine.inspection.tagging.errors import COLUMNS
from engine.inspection.tagging.predictions import MAX_WORDS, best_tags
from engine.inspection.tagging.quality import ABLATION_COLUMNS
from engine.models.folder import LoadedModel, list_models, load_model
from engine.text.bio import OUTSIDE, illegal_positions

SPLIT = "test"


def evaluate_tagger(loaded: LoadedModel) -> JsonObject:
    """Return span figures in percent on the test split of its corpus, and those of the most frequent tag of every
    word."""
    from seqeval.metrics import accuracy_score

    corpus = load_corpus(corpora_of(loaded)[0])
    words, gold = sentences(corpus, SPLIT)
    predicted = best_tags(loaded, words)
    baseline = most_frequent_tags(*corpus.read(TAGGED_SENTENCES))
    frequent = span_scores(gold, [[baseline.get(word, OUTSIDE) for word in row] for row in words])
    return span_scores(gold, predicted) | {
        "token_accuracy": round(100 * accuracy_score(gold, predicted), 2),
        "illegal_sequences": sum(bool(illegal_positions(row)) for row in predicted),
        "baseline_f1": frequent["f1"],
        "baseline_by_type": {kind: row["f1"] for kind, row in frequent["by_type"].items()},
        "entities": sum(tag.startswith("B-") for row in gold for tag in row),
        "test_set": f"{corpus.spec.title} {SPLIT} ({len(words):,} sentences)",
        "source": corpus.source.kind,
    }


def span_scores(gold: Sequence[Sequence[str]], predicted: Sequence[Sequence[str]]) -> JsonObject:
    """Return seqeval's micro-averaged "precision", "recall" and "f1" in percent, and the same "by_type" with the number
    of entities."""
    from seqeval.metrics import classification_report

    report = classification_report([*map(list, gold)], [*map(list, predicted)], output_dict=True, zero_division=0)

    def in_percent(row: JsonObject) -> dict[str, float]:
        return {
            name: round(100 * float(row[key]), 2)
            for name, key in (("precision", "precision"), ("recall", "recall"), ("f1", "f1-score"))
        }

    types = {kind: row for kind, row in report.items() if not kind.endswith(" avg")}
    by_type = {kind: in_percent(row) | {"entities": int(row["support"])} for kind, row in types.items()}
    return in_percent(report["micro avg"]) | {"by_type": by_type}


def most_frequent_tags(rows: Iterable[Sequence[str]], tags: Iterable[Sequence[str]]) -> dict[str, str]:
    """Return for every word of the training sentences the tag it bears most often there; of equal ones the first in the
    alphabet."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for words, marks in zip(rows, tags, strict=True):
        for word, tag in zip(words, marks, strict=True):
            counts[word][tag] += 1
    return {word: min(found, key=lambda tag: (-found[tag], tag)) for word, found in counts.items()}


def sentences(corpus: Corpus, split: str) -> tuple[list[list[str]], list[list[str]]]:
    """Return the words and tags of a split's sentences that can be tagged: empty and endless ones are left out."""
    rows = zip(*corpus.read(TAGGED_SENTENCES, split), strict=True)
    kept = [(words, tags) for words, tags in rows if 0 < len(words) <= MAX_WORDS]
    return [words for words, _ in kept], [tags for _, tags in kept]


def predictions(loaded: LoadedModel) -> pd.DataFrame:
    """Return one row per test sentence, no word: as `tag_split`, with the facts of the model."""
    name = corpora_of(loaded)[0]
    corpus = load_corpus(name)
    rows, gold = corpus.read(TAGGED_SENTENCES, SPLIT)
    return tag_split(loaded, rows, gold).assign(**facts_of(loaded, name, corpus, SPLIT), split=SPLIT)


def tag_sample(loaded: LoadedModel, corpus_name: str) -> tuple[str, pd.DataFrame, list[list[str]]]:
    """Return the title of the built-in sample that stands in for a corpus, `tag_split` of its test split, and the words
    of that split; kinds of entities are those that the tagger knows."""
    sample = load_corpus(CORPORA.get(corpus_name).sample or corpus_name)
    rows, gold = sample.read(TAGGED_SENTENCES, SPLIT)
    frame = tag_split(loaded, rows, [as_known(tags, loaded.model.labels) for tags in gold])
    return sample.spec.title, frame, rows


def add_examples(loaded: LoadedModel, table: Path) -> Iterator[float]:
    """Measure what the page's tools show of every built-in sentence, beside all other installed taggers, and put the
    rows into `table` in place of older ones; yield the share that is done.

    Raises:
        DataError: the table that is there is damaged or cannot be written.
    """
    rows_so_far(table, examples.COLUMNS)
    sample = load_corpus(CORPORA.get(corpora_of(loaded)[0]).sample)
    known = [info for info in list_models() if info.task == loaded.info.task and not info.error]
    others = [load_model(info.name) for info in known if info.name != loaded.info.name]
    given = list(zip(*sample.read(TAGGED_SENTENCES, SPLIT), strict=True))
    facts, rows = facts_of(loaded, sample.spec.name, sample, SPLIT), []
    for number, (words, gold) in enumerate(given, start=1):
        right = as_known(gold, loaded.model.labels)
        rows.append(facts | examples.measure_effects(loaded, others, tuple(words), right))
        yield number / len(given)
    replace_rows(table, pd.DataFrame(rows), examples.COLUMNS)


def tag_split(loaded: LoadedModel, rows: Sequence[list[str]], gold: Sequence[Sequence[str]]) -> pd.DataFrame:
    """Return one row per sentence: its place, right and found tags as numbers into "labels", how many words, a hash of
    them."""
    positions = [position for position, words in enumerate(rows) if 0 < len(words) <= MAX_WORDS]
    found = best_tags(loaded, [rows[position] for position in positions])
    labels = list(loaded.model.labels)
    labels += sorted({tag for position in positions for tag in gold[position]} - set(labels))
    number = {label: position for position, label in enumerate(labels)}
    return pd.DataFrame(
        {
            "row": positions,
            "source_hash": [source_hash(" ".join(rows[position])) for position in positions],
            "words": [len(rows[position]) for position in positions],
            "gold": [[number[tag] for tag in gold[position]] for position in positions],
            "predicted": [[number[tag] for tag in tags] for tags in found],
            "labels": " ".join(labels),
        }
    )


def add_predictions(loaded: LoadedModel, table: Path) -> None:
    """Tag the test split and put the rows into `table` in place of this model's older ones; no word of the corpus goes
    in.

    Raises:
        DataError: the corpus cannot be read, or the table that is there is damaged.
    """
    rows_so_far(table, COLUMNS)
    replace_rows(table, predictions(loaded), COLUMNS, order=("model", "row"))


def add_ablation(loaded: LoadedModel, table: Path) -> None:
    """Measure a tagger on validation and test sentences and put one row into `table` in place of that of its recipe and
    seed.

    Raises:
        DataError: the corpus cannot be read, or the table that is there is damaged.
        ModelError: its config.json says nothing of its training.
    """
    rows_so_far(table, ABLATION_COLUMNS)
    config = loaded.info.config
    training = config.get("training") or {}
    if not isinstance(training.get("settings", {}).get("seed"), int) or "recipe" not in training:
        raise ModelError(
            f"The config.json of {loaded.info.name} does not say with which recipe and seed it was trained."
        )
    corpus = load_corpus(corpora_of(loaded)[0])
    row: JsonObject = {"recipe": training["recipe"], "corpus": corpora_of(loaded)[0]}
    row["seed"] = training["settings"]["seed"]
    row |= {name: config[name] for name in ("crf", "bidirectional", "hidden_size", "parameters")}
    for split, prefix in ((SPLIT, ""), ("validation", "validation_")):
        words, gold = sentences(corpus, split)
        tags = best_tags(loaded, words)
        row |= {f"{prefix}{name}": value for name, value in span_scores(gold, tags).items() if name != "by_type"}
        row[f"{prefix}illegal_sequences"] = sum(bool(illegal_positions(found)) for found in tags)
    row |= {"sentences": len(sentences(corpus, SPLIT)[0]), "test_set": f"{corpus.spec.title} {SPLIT}"}
    row |= {name: training[name] for name in ("steps", "minutes", "hardware", "commit", "date")}
    replace_rows(table, pd.DataFrame([row]), ABLATION_COLUMNS, ("recipe", "seed"), order=("corpus", "recipe", "seed"))
