"""The test sets sentence by sentence, as `python -m engine evaluate --sentences` measured them: read, sorted, put into
words."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from engine.corpora import load_corpus
from engine.corpora.sentence_pairs import read_sides
from engine.errors import DataError
from engine.inspection.stored.tables import RESULTS, read_stored_table, with_these_weights

TABLE = RESULTS / "translation_test_set.parquet"
COMMAND = "python -m engine evaluate --model {model} --sentences data/results/translation_test_set.parquet"
COLUMNS = tuple(
    "model weights corpus title index source_hash source_words references output_words chrf bleu ter forced_nats "
    "reference_pieces corpus_bleu corpus_chrf corpus_ter bleu_signature chrf_signature ter_signature beam_size "
    "hardware commit date".split()
)
MOST_CHRF = 100.0  # where chrF ends
ORDERS = {
    "worst": "worst first",
    "best": "best first",
    "longest": "longest first",
    "shortest": "shortest first",
    "unlikely": "least expected reference first",
    "apart": "where two networks disagree most",
}


def read_table(table: Path) -> pd.DataFrame:
    """Return the whole table, one row per model, test set and sentence.

    Raises:
        DataError: it is not there, is damaged, or lacks columns.
    """
    absent = f"The test sets have not been measured sentence by sentence here; run: {COMMAND.format(model='NAME')}."
    return read_stored_table(table, COLUMNS, absent)


def stored_sentences(name: str, folder: str, table: str = "") -> pd.DataFrame:
    """Return the rows of the model `name` that were measured with exactly the weights in `folder`; none where it has
    others.

    The model itself is not loaded.

    Raises:
        DataError: the table is not there, is damaged, or lacks columns.
    """
    return with_these_weights(read_table(Path(table or TABLE)), name, folder)


def source_hash(source: str) -> str:
    """Return the first 8 digits of a sentence's SHA-256, by which it is known again without being kept."""
    return hashlib.sha256(source.encode()).hexdigest()[:8]


def corpus_scores(sentences: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return one row per model and test set: sentences, BLEU, chrF, TER and mean forced loss, with sacreBLEU's
    signatures."""
    rows = []
    for model, frame in sentences.items():
        for title, part in frame.groupby("title", sort=True):
            first = part.iloc[0]
            rows.append(
                {
                    "model": model,
                    "test_set": title,
                    "sentences": len(part),
                    "bleu": first["corpus_bleu"],
                    "chrf": first["corpus_chrf"],
                    "ter": first["corpus_ter"],
                    "nats_per_piece": round(part["forced_nats"].sum() / part["reference_pieces"].sum(), 4),
                    **{name: first[name] for name in ("bleu_signature", "chrf_signature", "ter_signature")},
                }
            )
    return pd.DataFrame(rows)


def order_sentences(own: pd.DataFrame, other: pd.DataFrame | None, order: str) -> pd.DataFrame:
    """Return a model's rows of one test set sorted by `order`, with the other model's chrF and the difference where
    there is one.

    Raises:
        DataError: `order` needs a second model, or the two were measured on different sentences.
    """
    frame = own
    if other is not None:
        beside = other.set_index("index")[["source_hash", "chrf"]]
        frame = own.join(beside, on="index", suffixes=("", "_other"))
        if frame["chrf_other"].isna().any() or (frame["source_hash"] != frame["source_hash_other"]).any():
            raise DataError(
                "The two networks were measured on different sentences, so that they cannot be compared one by one."
            )
        frame = frame.assign(difference=(frame["chrf"] - frame["chrf_other"]).round(2))
    elif order == "apart":
        raise DataError("Disagreement needs a second network that was measured on the same test set.")
    columns, ascending = {
        "worst": (frame["chrf"], True),
        "best": (frame["chrf"], False),
        "longest": (frame["source_words"], False),
        "shortest": (frame["source_words"], True),
        "unlikely": (frame["forced_nats"] / frame["reference_pieces"], False),
        "apart": (frame["difference"].abs() if other is not None else None, False),
    }[order]
    return frame.loc[columns.sort_values(ascending=ascending, kind="stable").index].reset_index(drop=True)


def list_sentence(frame: pd.DataFrame, labels: Sequence[str]) -> str:
    """Return in one sentence how the sentence scores lie, and how often which of two models is ahead."""
    low, middle, high = (frame["chrf"].quantile(share) for share in (0.1, 0.5, 0.9))
    perfect = int((frame["chrf"] >= MOST_CHRF).sum())
    best = f"{perfect:,} reach {MOST_CHRF:.0f}, a person's very words" if perfect else f"one in ten above {high:.0f}"
    said = f"{len(frame):,} sentences: half score above chrF {middle:.0f}, one in ten below {low:.0f}, {best}."
    if "difference" in frame:
        ahead, behind = int((frame["difference"] > 0).sum()), int((frame["difference"] < 0).sum())
        said += (
            f" “{labels[0]}” is ahead on {ahead:,}, “{labels[1]}” on {behind:,}; on "
            f"{len(frame) - ahead - behind:,} they score the same."
        )
    return said


def shown_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows for a reader, without texts: sentences numbered from 1, as the page and the chart name them."""
    table = frame.drop(columns=["source", "reference", "source_hash"])
    table.insert(0, "sentence", table.pop("index") + 1)
    return table


def read_texts(corpus_name: str, source_language: str) -> pd.DataFrame:
    """Return the test split as far as it can be read here: index, source, reference (the first one), source_hash.

    Raises:
        DataError: no copy of the corpus can be read.
    """
    corpus = load_corpus(corpus_name)
    if corpus.spec.name != corpus_name:  # the built-in sample stood in: other sentences than those that were measured
        raise DataError(f"The texts of this test set are not here and cannot be fetched: {corpus.source.sentence}")
    sources, references = read_sides(corpus, source_language, "test")
    hashes = [source_hash(source) for source in sources]
    return pd.DataFrame(
        {"index": range(len(sources)), "source": sources, "reference": references, "source_hash": hashes}
    )


def with_texts(frame: pd.DataFrame, texts: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with source and reference, empty where the corpus that was read has another sentence there."""
    known = texts.set_index("index")
    found = frame.join(known[["source", "reference", "source_hash"]], on="index", suffixes=("", "_here"))
    is_same = found["source_hash"] == found["source_hash_here"]
    return found.assign(
        source=found["source"].where(is_same, ""), reference=found["reference"].where(is_same, "")
    ).drop(columns="source_hash_here")
