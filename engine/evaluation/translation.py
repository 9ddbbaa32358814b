"""Translators: BLEU, chrF and TER by sacreBLEU (signatures kept), in all and by source length; forced loss.

Papers: Papineni et al. (2002) (BLEU); Popovic (2015) (chrF); Snover et al. (2006) (TER); Post (2018), arXiv 1804.08771
    (sacreBLEU).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import sacrebleu
import torch
from sacrebleu.metrics.base import Metric
from torch import Tensor
from torch.nn import functional

from engine.config import JsonObject
from engine.console import show_progress
from engine.corpora import Corpus, load_corpus
from engine.corpora.sentence_pairs import read_sides
from engine.decoding.text import BATCH_SENTENCES, FLOAT32, encode_sources, translate_lines
from engine.evaluation.base import corpora_of
from engine.inspection.stored.tables import replace_rows, rows_so_far
from engine.inspection.translation.length_gap import COLUMNS
from engine.models.base import batches_by_length, pad
from engine.models.folder import LoadedModel

BEAM_SIZE = 5
LENGTH_BUCKETS = ((1, 7), (8, 10), (11, 13), (14, 17), (18, 60))


def evaluate_translator(loaded: LoadedModel) -> JsonObject:
    """Return BLEU (cased, tokenised by 13a), chrF and TER on the test split of each training corpus, with a beam of
    5."""
    metrics: JsonObject = {"beam_size": BEAM_SIZE}
    for index, name in enumerate(corpora_of(loaded)):
        corpus = load_corpus(name)
        sources, references = read_test_set(corpus, loaded.info.source_language)
        outputs = translate_all(loaded, sources, BEAM_SIZE)
        bleu, chrf, ter = sacrebleu.BLEU(), sacrebleu.CHRF(), sacrebleu.TER()
        measured = {"bleu": bleu, "chrf": chrf, "ter": ter}
        found: JsonObject = {key: corpus_score(metric, outputs, references) for key, metric in measured.items()}
        found |= {"test_set": f"{corpus.spec.title} test ({len(sources):,} sentences)", "source": corpus.source.kind}
        signed = {"signature": bleu, "chrf_signature": chrf, "ter_signature": ter}
        found |= {key: str(metric.get_signature()) for key, metric in signed.items()}
        metrics |= {key if index == 0 else f"{name}_{key}": value for key, value in found.items()}
        if index == 0:
            metrics["bleu_greedy"] = corpus_score(bleu, translate_all(loaded, sources, 1), references)
            metrics["nats_per_token"] = round(forced_loss(loaded, sources, [row[0] for row in references]), 4)
    return metrics


def bleu_by_length(loaded: LoadedModel) -> pd.DataFrame:
    """Return BLEU by number of source words on the first corpus' test split, one row per bucket."""
    corpus = load_corpus(corpora_of(loaded)[0])
    sources, references = read_test_set(corpus, loaded.info.source_language)
    outputs = translate_all(loaded, sources, BEAM_SIZE)
    lengths = [len(source.split()) for source in sources]
    bleu, rows = sacrebleu.BLEU(), []
    for low, high in LENGTH_BUCKETS:
        chosen = [i for i, length in enumerate(lengths) if low <= length <= high]
        if chosen:
            score = corpus_score(bleu, [outputs[i] for i in chosen], [references[i] for i in chosen])
            mean_length = sum(lengths[i] for i in chosen) / len(chosen)
            rows.append((f"{low}-{high}", low, high, len(chosen), mean_length, score))
    names = ["bucket", "shortest", "longest", "sentences", "mean_words", "bleu"]
    frame = pd.DataFrame(rows, columns=names)
    frame.insert(0, "model", loaded.info.name)
    frame["test_set"], frame["signature"] = f"{corpus.spec.title} test", str(bleu.get_signature())
    return frame.assign(beam_size=BEAM_SIZE)


def read_test_set(corpus: Corpus, source_language: str = "en") -> tuple[list[str], list[list[str]]]:
    """Return the test split's sources in one language and, for each, all its references in the other."""
    sources, targets = read_sides(corpus, source_language, "test")
    if source_language == "en" and "references" in corpus.splits["test"].column_names:
        return sources, [list(row) for row in corpus.splits["test"]["references"]]
    return sources, [[sentence] for sentence in targets]


def corpus_score(metric: Metric, outputs: Sequence[str], references: Sequence[Sequence[str]]) -> float:
    """Return what one of sacreBLEU's metrics says of outputs beside all references of each."""
    return round(metric.corpus_score(outputs, reference_columns(references)).score, 2)


def reference_columns(references: Sequence[Sequence[str]]) -> list[list[str | Any]]:  # its own annotations forget None
    """Return references as sacreBLEU wants them: one list per reference number, None where a sentence has fewer."""
    return [list(column) for column in itertools.zip_longest(*references)]


def translate_all(loaded: LoadedModel, sources: list[str], beam_size: int) -> list[str]:
    """Return the translations of all sources in order."""
    translated = translate_lines(loaded, sources, beam_size=beam_size, precision=FLOAT32)
    found = dict(show_progress(translated, len(sources), f"translating, beam {beam_size}"))
    return [found[i] for i in range(len(sources))]


class TaughtBatch(NamedTuple):
    """Some sentences as a decoder reads them that is told the references: what it reads is shifted by the beginning
    mark, `labels` end in the end mark and are -100 where a reference is over."""

    source_ids: Tensor
    lengths: Tensor
    inputs: Tensor
    labels: Tensor


def taught_batches(
    loaded: LoadedModel, sources: Sequence[str], references: Sequence[str], by_length: bool = False
) -> Iterator[TaughtBatch]:
    """Yield the sentences batch by batch, in their order or with references of like length together."""
    tokenizer, order = loaded.tokenizer, [len(text) * by_length for text in references]
    for chosen in batches_by_length(order, BATCH_SENTENCES):
        targets = tokenizer.encode_batch([references[i] for i in chosen])
        inputs = pad([[tokenizer.bos_id, *row] for row in targets], tokenizer.pad_id)
        labels = pad([[*row, tokenizer.eos_id] for row in targets], -100)
        yield TaughtBatch(*encode_sources(loaded, [sources[i] for i in chosen]), inputs, labels)


def mean_loss(batches: Iterable[tuple[Tensor, Tensor]]) -> float:
    """Return the mean nats per label of batches of logits (B, T, V) and labels (B, T)."""
    total, pieces = 0.0, 0
    for logits, labels in batches:
        total += float(functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), reduction="sum"))
        pieces += int((labels != -100).sum())
    return total / pieces


@torch.inference_mode()
def forced_loss(loaded: LoadedModel, sources: list[str], references: list[str]) -> float:
    """Return the mean nats per target piece (end mark counted) when the decoder reads the references."""
    taught = taught_batches(loaded, sources, references)
    return mean_loss((loaded.model(*batch[:3])[0], batch.labels) for batch in taught)


def add_bleu_by_length(loaded: LoadedModel, table: Path) -> None:
    """Write this model's BLEU by source length into a Parquet table, replacing its earlier rows.

    Raises:
        DataError: the table is there but cannot be read; found out before anything is translated.
    """
    rows_so_far(table, COLUMNS)
    replace_rows(table, bleu_by_length(loaded), COLUMNS, order=("model", "shortest"))
