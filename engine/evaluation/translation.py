"""Translators: BLEU, chrF and TER by sacreBLEU (signatures kept), in all and by source length; forced loss.

Papers: Papineni et al. (2002) (BLEU); Popovic (2015) (chrF); Snover et al. (2006) (TER); Post (2018), arXiv 1804.08771
    (sacreBLEU).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import sacrebleu
import torch

from engine.config import JsonObject
from engine.console import show_progress
from engine.corpora import Corpus, load_corpus
from engine.corpora.sentence_pairs import SENTENCE_PAIRS
from engine.decoding.text import encode_sources, translate_lines
from engine.errors import DataError
from engine.evaluation.base import corpora_of
from engine.models.base import pad
from engine.models.folder import LoadedModel
from engine.provenance import commit, hardware

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
        columns = reference_columns(references)
        prefix = "" if index == 0 else f"{name}_"
        metrics[f"{prefix}bleu"] = round(bleu.corpus_score(outputs, columns).score, 2)
        metrics[f"{prefix}chrf"] = round(chrf.corpus_score(outputs, columns).score, 2)
        metrics[f"{prefix}ter"] = round(ter.corpus_score(outputs, columns).score, 2)
        metrics[f"{prefix}test_set"] = f"{corpus.spec.title} test ({len(sources):,} sentences)"
        metrics[f"{prefix}source"] = corpus.source.kind
        metrics[f"{prefix}signature"] = str(bleu.get_signature())
        metrics[f"{prefix}chrf_signature"], metrics[f"{prefix}ter_signature"] = (
            str(chrf.get_signature()),
            str(ter.get_signature()),
        )
        if index == 0:
            greedy = translate_all(loaded, sources, 1)
            metrics["bleu_greedy"] = round(bleu.corpus_score(greedy, columns).score, 2)
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
            columns = reference_columns([references[i] for i in chosen])
            score = bleu.corpus_score([outputs[i] for i in chosen], columns).score
            mean_length = sum(lengths[i] for i in chosen) / len(chosen)
            rows.append((f"{low}-{high}", low, high, len(chosen), mean_length, round(score, 2)))
    names = ["bucket", "shortest", "longest", "sentences", "mean_words", "bleu"]
    frame = pd.DataFrame(rows, columns=names)
    frame.insert(0, "model", loaded.info.name)
    frame["test_set"], frame["signature"] = f"{corpus.spec.title} test", str(bleu.get_signature())
    return frame.assign(beam_size=BEAM_SIZE)


def read_test_set(corpus: Corpus, source_language: str = "en") -> tuple[list[str], list[list[str]]]:
    """Return the test split's sources in one language and, for each, all its references in the other."""
    split = corpus.splits["test"]
    english, french = corpus.read(SENTENCE_PAIRS, "test")
    if source_language == "fr":
        return french, [[sentence] for sentence in english]
    if "references" in split.column_names:
        return english, [list(row) for row in split["references"]]
    return english, [[sentence] for sentence in french]


def reference_columns(references: list[list[str]]) -> list[list[str | Any]]:  # its own annotations forget None
    """Return references as sacreBLEU wants them: one list per reference number, None where a sentence has fewer."""
    most = max(len(row) for row in references)
    return [[row[i] if i < len(row) else None for row in references] for i in range(most)]


def translate_all(loaded: LoadedModel, sources: list[str], beam_size: int) -> list[str]:
    """Return the translations of all sources in order."""
    translated = translate_lines(loaded, sources, beam_size=beam_size)
    found = dict(show_progress(translated, len(sources), f"translating, beam {beam_size}"))
    return [found[i] for i in range(len(sources))]


@torch.inference_mode()
def forced_loss(loaded: LoadedModel, sources: list[str], references: list[str]) -> float:
    """Return the mean nats per target piece (end mark counted) when the decoder reads the references."""
    tokenizer, total, pieces = loaded.tokenizer, 0.0, 0
    for start in range(0, len(sources), 64):
        source_ids, lengths = encode_sources(loaded, sources[start : start + 64])
        targets = tokenizer.encode_batch(references[start : start + 64])
        inputs = pad([[tokenizer.bos_id, *row] for row in targets], tokenizer.pad_id)
        labels = pad([[*row, tokenizer.eos_id] for row in targets], -100)
        logits, _ = loaded.model(source_ids, lengths, inputs)
        total += float(torch.nn.functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), reduction="sum"))
        pieces += int((labels != -100).sum())
    return total / pieces


def add_bleu_by_length(loaded: LoadedModel, table: Path) -> None:
    """Write this model's BLEU by source length into a Parquet table, replacing its earlier rows.

    Raises:
        DataError: the table is there but cannot be read; found out before anything is translated.
    """
    try:
        before = [pd.read_parquet(table)] if table.is_file() else []
    except (OSError, ValueError) as error:
        raise DataError(f"{table} is not a Parquet table.") from error
    rows = bleu_by_length(loaded).assign(hardware=hardware(), commit=commit(), date=date.today().isoformat())
    others = [frame[frame["model"] != loaded.info.name] for frame in before]
    table.parent.mkdir(parents=True, exist_ok=True)
    pd.concat([*others, rows], ignore_index=True).sort_values(["model", "shortest"]).to_parquet(table, index=False)
