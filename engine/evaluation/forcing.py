"""What a translator learnt from how it was taught: BLEU, chrF, forced and free loss on the test split, beside its
learning curve.

Forced loss: nats per piece of the reference while the decoder reads the reference. Free loss: the same while it reads
the piece it found likeliest itself, without end, as `Translator.forward_sampled` does at a ratio of 0.

Papers: Bengio et al. (2015), arXiv 1506.03099 (scheduled sampling); Huszar (2015), arXiv 1511.05101 (why it can hurt).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pandas as pd
import sacrebleu
import torch

from engine.corpora import load_corpus
from engine.errors import ModelError
from engine.evaluation.base import corpora_of
from engine.evaluation.translation import (
    BEAM_SIZE,
    corpus_score,
    forced_loss,
    mean_loss,
    read_test_set,
    taught_batches,
    translate_all,
)
from engine.inspection.stored.tables import replace_rows, rows_so_far
from engine.inspection.translation.regimes import COLUMNS, CURVE, FINAL
from engine.models.folder import LoadedModel
from engine.provenance import commit, hardware


def measure_regime(loaded: LoadedModel) -> pd.DataFrame:
    """Return one row of kind "final", measured on the test split, and one of kind "curve" per evaluation during the
    training.

    Raises:
        ModelError: its config.json says nothing of its training, or has no learning curve with the free loss.
        DataError: the corpus cannot be read.
    """
    label, training = loaded.info.label, loaded.info.config.get("training") or {}
    seed = training.get("settings", {}).get("seed")
    evaluations = training.get("evaluations") or []
    if (
        not label
        or not isinstance(seed, int)
        or not evaluations
        or any("free_nats_per_token" not in point for point in evaluations)
    ):
        raise ModelError(
            f"The config.json of {loaded.info.name} lacks a label, a seed or a learning curve with the free loss; "
            "train it from one of the recipes of the group “forcing”."
        )
    corpus = load_corpus(corpora_of(loaded)[0])
    sources, references = read_test_set(corpus)
    first = [row[0] for row in references]
    bleu, chrf = sacrebleu.BLEU(), sacrebleu.CHRF()
    row: dict[str, float | int | str] = {"kind": FINAL, "step": int(training["steps"])}
    for name, beam_size in (("greedy", 1), ("beam", BEAM_SIZE)):
        outputs = translate_all(loaded, sources, beam_size)
        row |= {f"bleu_{name}": corpus_score(bleu, outputs, references)}
        row |= {f"chrf_{name}": corpus_score(chrf, outputs, references)}
    row |= {
        "forced_loss": round(forced_loss(loaded, sources, first), 4),
        "free_loss": round(free_loss(loaded, sources, first), 4),
        "sentences": len(sources),
        "beam_size": BEAM_SIZE,
        "test_set": f"{corpus.spec.title} test",
        "signature": str(bleu.get_signature()),
        "chrf_signature": str(chrf.get_signature()),
        "hardware": hardware(),
        "commit": commit(),
        "date": date.today().isoformat(),
    }
    curve = [
        {
            "kind": CURVE,
            "step": point["step"],
            "forced_loss": point["nats_per_token"],
            "free_loss": point["free_nats_per_token"],
        }
        | {"elapsed_seconds": point.get("elapsed_seconds"), "test_set": f"{corpus.spec.title} validation"}
        | {"hardware": training.get("hardware"), "commit": training.get("commit"), "date": training.get("date")}
        for point in evaluations
    ]
    said = {"label": label, "seed": seed, "recipe": training.get("recipe", ""), "model": loaded.info.name}
    return pd.DataFrame([said | point for point in (row, *curve)])


def add_regime(loaded: LoadedModel, table: Path) -> None:
    """Measure a model and put its rows into a Parquet table in place of those of the same label and seed.

    Raises:
        DataError: the table is there but cannot be read; found out before anything is translated.
        ModelError: as `measure_regime`.
    """
    rows_so_far(table, COLUMNS)
    replace_rows(table, measure_regime(loaded), COLUMNS, ("label", "seed"), ("label", "seed", "kind", "step"))


@torch.inference_mode()
def free_loss(loaded: LoadedModel, sources: Sequence[str], references: Sequence[str]) -> float:
    """Return the mean nats per piece of the references, end mark counted, while the decoder reads its own likeliest
    pieces."""
    taught = taught_batches(loaded, sources, references, by_length=True)
    return mean_loss((loaded.model.forward_sampled(*batch[:3], 0.0), batch.labels) for batch in taught)
