"""How good classifiers are on unseen texts, from stored predictions: accuracy, calibration, confusion, thresholds,
slices, errors.

A prediction is the probability of the label 1, "positive". Nothing here needs a model or a corpus; texts are joined
where they can be read.

Papers: Guo et al. (2017), arXiv 1706.04599, sections 2 and 3 (reliability diagram, here for the probability
of "positive"; expected calibration error, for that of the label that is given); McNemar (1947), Note on the sampling
error of the difference between correlated proportions (exact, as a sign test).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from engine.aggregation import wilson
from engine.corpora.labelled_texts import LABELLED_TEXTS
from engine.errors import DataError
from engine.inspection.stored.tables import RESULTS, read_stored_table
from engine.wording import percent

TABLE = RESULTS / "sentiment_predictions.parquet"
COMMAND = "python -m engine evaluate --model {model} --predictions data/results/sentiment_predictions.parquet"
COLUMNS = ("model", "corpus", "split", "row", "label", "probability", "words", "unknown_words", "has_negation")
BINS = 10
MOST_SLICES = 5
DIFFERENT = 0.05  # a difference that chance would bring less often than this is taken to be one
ORDERS = {
    "surest": "the surest errors first",
    "closest": "the closest calls first",
    "longest": "the longest texts first",
    "shortest": "the shortest texts first",
}
CORPUS_UNREACHED = "The texts of {title} cannot be reached: no local copy in UNROLLED_DATA and no network to the Hub."
KINDS = {
    "all": "all errors",
    "false_positive": "negative taken for positive",
    "false_negative": "positive taken for negative",
}


@dataclass(frozen=True)
class ClassificationQuality:
    """Everything that is drawn of one classifier on one corpus, but for the threshold.

    Attributes:
        predictions: by row. calibration: as the function of that name returns it. thresholds: the curve over all
            thresholds.
        slices: a table for each of `slice_names()`.
    """

    predictions: pd.DataFrame
    calibration: pd.DataFrame
    thresholds: pd.DataFrame
    slices: dict[str, pd.DataFrame]


def measure_quality(table: str, model: str, corpus: str) -> ClassificationQuality:
    """Return the quality of a stored model on one corpus.

    Raises:
        DataError: it was not measured there, or the table cannot be read.
    """
    frame = of_model(read_predictions(table), model, corpus)
    return ClassificationQuality(
        frame, calibration(frame), threshold_curve(frame), {by: slices(frame, by) for by in slice_names()}
    )


def measure_scores(table: str) -> pd.DataFrame:
    """Return `scores` of a stored table.

    Raises:
        DataError: the table cannot be read.
    """
    return scores(read_predictions(table))


def compare_stored(table: str, first: str, second: str, corpus: str) -> dict[str, float]:
    """Return `compare` of two stored models on one corpus.

    Raises:
        DataError: one was not measured there, or the table cannot be read.
    """
    predictions = read_predictions(table)
    return compare(of_model(predictions, first, corpus), of_model(predictions, second, corpus))


def describe_origin(table: str, models: tuple[str, ...], corpus: str) -> dict[str, str]:
    """Return what the predictions of some models on one corpus were made of ("title"), and when, by what and where
    ("measured").

    Raises:
        DataError: the table cannot be read.
    """
    rows = read_predictions(table)
    rows = rows[rows["model"].isin(models) & (rows["corpus"] == corpus)]

    def all_of(column: str) -> str:
        return ", ".join(sorted({str(value) for value in rows[column]})) if column in rows else ""

    measured = f"{all_of('date')}, commit {all_of('commit')}, on {all_of('hardware')}" if all_of("date") else ""
    return {"title": all_of("title") or corpus, "measured": measured}


def read_texts(corpus: str, split: str) -> tuple[list[str], list[int], str]:
    """Return the texts and labels of a corpus' split, and the sentence on which copy was read.

    Raises:
        DataError: the corpus itself cannot be reached; its built-in sample does not count.
    """
    from engine.corpora import load_corpus

    found = load_corpus(corpus)
    if found.source.kind == "sample":
        raise DataError(f"{CORPUS_UNREACHED.format(title=found.source.stands_for or found.spec.title)}")
    texts, labels = found.read(LABELLED_TEXTS, split)
    return texts, labels, found.source.sentence


def text_of(row: int, label: int, words: int, texts: tuple[list[str], list[int], str] | None) -> str:
    """Return the text of a prediction, "" where it is not there or another one stands in its row.

    Args:
        words: how many the prediction counted; another copy of the corpus may have other rows.
    """
    from engine.corpora.labelled_texts.imdb_small import without_breaks
    from engine.text.treebank import split_words

    if texts is None or row >= len(texts[0]):
        return ""
    text = without_breaks(texts[0][row])
    return text if texts[1][row] == label and len(split_words(text)) == words else ""


def read_predictions(table: str = "") -> pd.DataFrame:
    """Return the stored predictions, one row per model and text.

    Raises:
        DataError: they are not there, are damaged, or lack columns.
    """
    absent = f"The classifiers have not been measured text by text here; run: {COMMAND.format(model='NAME')}."
    return read_stored_table(Path(table or TABLE), COLUMNS, absent)


def of_model(predictions: pd.DataFrame, model: str, corpus: str) -> pd.DataFrame:
    """Return a model's predictions on one corpus, by row.

    Raises:
        DataError: there are none.
    """
    found = predictions[(predictions["model"] == model) & (predictions["corpus"] == corpus)]
    if found.empty:
        raise DataError(
            f"The classifier {model} has not been measured on {corpus}; run: {COMMAND.format(model=model)}."
        )
    return found.sort_values("row").reset_index(drop=True)


def is_right(frame: pd.DataFrame, threshold: float = 0.5) -> pd.Series:
    """Return for each prediction whether it is right; at the threshold or above it is "positive"."""
    return (frame["probability"] >= threshold) == (frame["label"] == 1)


def scores(predictions: pd.DataFrame) -> pd.DataFrame:
    """Return one row per corpus and model: texts, accuracy with its 95 % interval, loss in nats, calibration error,
    share of "positive", weights."""
    rows = []
    for (corpus, model), frame in predictions.groupby(["corpus", "model"], sort=True):
        right, positive = is_right(frame), frame["probability"].to_numpy(float)
        low, high = wilson(int(right.sum()), len(frame))
        own = np.where(frame["label"] == 1, positive, 1 - positive)
        rows.append(
            {
                "corpus": corpus,
                "model": model,
                "texts": len(frame),
                "accuracy": float(right.mean()),
                "accuracy_low": low,
                "accuracy_high": high,
                "nats": float(-np.log(np.clip(own, 1e-7, 1)).mean()),
                "calibration_error": calibration_error(np.maximum(positive, 1 - positive), right.to_numpy()),
                "positive_share": float((frame["label"] == 1).mean()),
                "weights": str(frame["weights"].iloc[0]) if "weights" in frame else "",
            }
        )
    return pd.DataFrame(rows)


def confusion(frame: pd.DataFrame, threshold: float = 0.5) -> np.ndarray:
    """Return how many texts of each label (rows: negative, positive) were given each label (columns): (2, 2)."""
    given = (frame["probability"] >= threshold).to_numpy()
    return np.bincount(2 * frame["label"].to_numpy() + given, minlength=4).reshape(2, 2)


def measures(table: np.ndarray) -> dict[str, float]:
    """Return accuracy, and precision, recall and F1 of "positive", of a confusion table (2, 2); nan where nothing was
    said to be it."""
    (_, false_positive), (false_negative, true_positive) = table.tolist()
    given, held = true_positive + false_positive, true_positive + false_negative
    return {
        "accuracy": float(np.trace(table) / table.sum()),
        "precision": true_positive / given if given else math.nan,
        "recall": true_positive / held if held else math.nan,
        "f1": 2 * true_positive / (given + held) if given + held else math.nan,
    }


def threshold_curve(frame: pd.DataFrame) -> pd.DataFrame:
    """Return accuracy, precision, recall and F1 at every threshold from 0.01 to 0.99."""
    rows = [{"threshold": step / 100} | measures(confusion(frame, step / 100)) for step in range(1, 100)]
    return pd.DataFrame(rows)


def calibration(frame: pd.DataFrame, bins: int = BINS) -> pd.DataFrame:
    """Return one row per bin of predicted probability that holds a text: bounds, texts, mean probability, share that is
    positive, its interval."""
    position = np.minimum((frame["probability"].to_numpy() * bins).astype(int), bins - 1)
    rows = []
    for number in range(bins):
        part = frame[position == number]
        if len(part):
            positive = int((part["label"] == 1).sum())
            low, high = wilson(positive, len(part))
            rows.append(
                {
                    "from": number / bins,
                    "to": (number + 1) / bins,
                    "texts": len(part),
                    "mean_probability": float(part["probability"].mean()),
                    "positive_share": positive / len(part),
                    "share_low": low,
                    "share_high": high,
                }
            )
    return pd.DataFrame(rows)


def calibration_error(sure: np.ndarray, right: np.ndarray, bins: int = BINS) -> float:
    """Return how far the share of right answers lies from how sure a classifier is of them, averaged over the texts by
    bin.

    Args:
        sure: the probability of the label that was given to each text, (N,).
        right: whether it was right, (N,).
    """
    position = np.minimum((sure * bins).astype(int), bins - 1)
    gaps = np.bincount(position, weights=right.astype(float) - sure, minlength=bins)
    return float(np.abs(gaps).sum() / len(sure))


def slices(frame: pd.DataFrame, by: str) -> pd.DataFrame:
    """Return one row per slice of the texts: its name, texts, accuracy and its 95 % interval.

    Args:
        by: "length" (about equally many texts in each), "negation", or "unknown" (words the classifier did not know).
    """
    right = is_right(frame)
    rows = []
    for name, members in _slices(frame, by):
        hits, count = int(right[members].sum()), int(members.sum())
        if count:
            low, high = wilson(hits, count)
            rows.append(
                {"slice": name, "texts": count, "accuracy": hits / count, "accuracy_low": low, "accuracy_high": high}
            )
    return pd.DataFrame(rows)


def slice_names() -> dict[str, str]:
    """Return by what texts can be parted, and how the page says it."""
    return {"length": "length", "negation": "negation", "unknown": "unknown words"}


def slice_sentence(table: pd.DataFrame) -> str:
    """Return where a classifier does best and worst among slices, and whether chance may be why."""
    if len(table) < 2:
        return "There is only one such group among these texts."
    best, worst = table.loc[table["accuracy"].idxmax()], table.loc[table["accuracy"].idxmin()]
    apart = worst["accuracy_high"] < best["accuracy_low"]
    said = (
        f"It is right most often with {best['slice']} ({percent(best['accuracy'])}) and least often with "
        f"{worst['slice']} ({percent(worst['accuracy'])})"
    )
    return said + (
        "; that is more than chance would bring."
        if apart
        else "; their intervals overlap, so chance may be the reason."
    )


def compare(first: pd.DataFrame, second: pd.DataFrame) -> dict[str, float]:
    """Return how two classifiers fare on the same texts: both accuracies, texts only one of them has right, and the
    chance of such a gap.

    `p_value` is the chance of so uneven a division of the texts that one alone has right, if neither were better.
    """
    merged = (
        first[["row"]].assign(right=is_right(first)).merge(second[["row"]].assign(other=is_right(second)), on="row")
    )
    only_first = int((merged["right"] & ~merged["other"]).sum())
    only_second = int((~merged["right"] & merged["other"]).sum())
    return {
        "texts": len(merged),
        "first": float(merged["right"].mean()),
        "second": float(merged["other"].mean()),
        "only_first": only_first,
        "only_second": only_second,
        "p_value": sign_test(only_first, only_second),
    }


def sign_test(first: int, second: int) -> float:
    """Return the chance, with a fair coin, of a division at least as uneven as `first` to `second`."""
    count = first + second
    if not count:
        return 1.0
    tail = sum(math.comb(count, hits) for hits in range(min(first, second) + 1)) / 2**count
    return min(1.0, 2 * tail)


def order_sentence(reader: str, blind: str, compared: Mapping[str, float], texts: str) -> str:
    """Return what the gap between a network that reads in order and the order-blind one means, in words.

    Args:
        reader, blind: what the page calls the two.
        compared: as `compare` returns it, the reader first.
        texts: what they were measured on, as in "sentences of film reviews".
    """
    first, second = 100 * compared["first"], 100 * compared["second"]
    said = f"On {texts}, {reader} is right in {first:.1f} % and {blind}, which sees no order, in {second:.1f} %"
    alone = f"{compared['only_first']:,} texts only the former has right, {compared['only_second']:,} only the latter"
    if compared["p_value"] >= DIFFERENT:
        return (
            f"{said} ({alone}). A gap like that comes by chance about {_in_ten(compared['p_value'])}, so on these "
            "texts the order of the words cannot be shown to help: which words occur says nearly all."
        )
    if first > second:
        return f"{said} ({alone}). That is more than chance: here reading the words in order pays."
    return (
        f"{said} ({alone}). That is more than chance: here the network that reads in order is the worse one, for "
        "all its work."
    )


def order_errors(frame: pd.DataFrame, kind: str = "all", order: str = "surest", threshold: float = 0.5) -> pd.DataFrame:
    """Return the texts a classifier got wrong, sorted; `margin` is how far the probability lies beyond the threshold.

    Raises:
        DataError: `kind` or `order` is not among KINDS and ORDERS.
    """
    if kind not in KINDS or order not in ORDERS:
        raise DataError(f"Errors are listed by {', '.join(KINDS)} and sorted by {', '.join(ORDERS)}.")
    wrong = frame[~is_right(frame, threshold)].assign(margin=lambda part: (part["probability"] - threshold).abs())
    if kind != "all":
        wrong = wrong[wrong["label"] == (0 if kind == "false_positive" else 1)]
    column, rising = {
        "surest": ("margin", False),
        "closest": ("margin", True),
        "longest": ("words", False),
        "shortest": ("words", True),
    }[order]
    return wrong.sort_values([column, "row"], ascending=[rising, True]).reset_index(drop=True)


def error_table(errors: pd.DataFrame) -> pd.DataFrame:
    """Return errors as they are shown: the number of the text, counted from 1 as everywhere a reader sees it, and
    facts."""
    facts = ["label", "probability", "words", "unknown_words", "has_negation"]
    return errors[facts].assign(text=errors["row"] + 1)[["text", *facts]]


def _slices(frame: pd.DataFrame, by: str) -> list[tuple[str, pd.Series]]:
    if by == "negation":
        return [("a negation in the text", frame["has_negation"]), ("no negation", ~frame["has_negation"])]
    if by == "unknown":
        unknown = frame["unknown_words"]
        return [
            ("no unknown word", unknown == 0),
            ("one unknown word", unknown == 1),
            ("two or more unknown words", unknown >= 2),
        ]
    words = frame["words"]
    edges = np.unique(np.quantile(words, np.linspace(0, 1, MOST_SLICES + 1)).round().astype(int))
    found = []
    for position, low in enumerate(edges[:-1]):
        is_last = position == len(edges) - 2
        high = int(edges[position + 1]) - (not is_last)
        found.append((f"{low:,} to {high:,} words" if high > low else f"{low:,} words", words.between(low, high)))
    return found or [(f"{words.iloc[0]:,} words", words == words.iloc[0])]


def _in_ten(chance: float) -> str:
    return (
        f"{max(1, round(10 * chance))} in 10 times"
        if chance >= 0.095
        else f"{max(1, round(100 * chance))} in 100 times"
    )
