"""The stored tables whose rows decide, each with the command that measures it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from engine.claims import rows
from engine.experiments.findings.aggregates import NEEDED
from engine.experiments.runs import results
from engine.inspection.stored.tables import read_stored_table
from engine.registry import Registry


@dataclass(frozen=True)
class Evidence:
    """A stored table.

    Attributes:
        title: what was measured, in a few words.
        columns: those that claims read.
        command: makes it, or adds a model's rows to it.
        is_comparison: whether it is one of `engine compare`.
        kind: how its file's name ends.
    """

    name: str
    title: str
    command: str
    columns: tuple[str, ...]
    is_comparison: bool = False
    kind: str = "parquet"

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.name}.{self.kind}"

    def read(self, folder: Path) -> pd.DataFrame:
        """Return its rows.

        Raises:
            DataError: it is not there, is damaged, or lacks columns.
        """
        if self.is_comparison:
            return rows.tests(results.load_results(self.name, folder))
        path = folder / self.file
        absent = f"The table {path.name} is not there, so nothing is measured; make it with: {self.command}."
        return read_stored_table(path, self.columns, absent)


EVIDENCE: Registry[Evidence] = Registry("stored table")
_EVALUATE = "python -m engine evaluate --model MODEL"
for _table in (
    Evidence("shipped", "The comparison", "python -m engine compare --recipe shipped", tuple(NEEDED), True),
    Evidence(
        "adding_600",
        "The adding problem over 600 steps",
        "python -m engine compare --recipe adding_600",
        tuple(NEEDED),
        True,
    ),
    Evidence(
        "word_order",
        "Shuffled test sets",
        f"{_EVALUATE} --dry-run --word-order data/results/word_order.parquet",
        ("model", "title", "accuracy", "accuracy_shuffled", "decisions_changed"),
    ),
    Evidence(
        "entity_ablation",
        "Taggers with and without a CRF and a second direction",
        "python -m engine evaluate --model FOLDER --ablation data/results/entity_ablation.parquet",
        ("corpus", "crf", "bidirectional", "f1"),
    ),
    Evidence(
        "temperatures",
        "Texts written at twelve temperatures",
        "python -m engine temperatures --model MODEL",
        ("model", "architecture", "temperature", "repetition"),
    ),
    Evidence(
        "teacher_forcing",
        "Translators trained with and without teacher forcing",
        f"{_EVALUATE} --regimes data/results/teacher_forcing.parquet",
        ("label", "kind", "forced_loss", "free_loss", "bleu_beam"),
    ),
    Evidence(
        "clipping_thresholds",
        "Training with and without a ceiling on the gradient",
        "python -m engine.experiments.gradients.clipping_search",
        ("threshold", "seed", "loss", "loss_without"),
        kind="csv",
    ),
    Evidence(
        "translation_test_set",
        "Test sets, sentence by sentence",
        f"{_EVALUATE} --sentences data/results/translation_test_set.parquet",
        ("model", "title", "index", "source_words", "chrf"),
    ),
):
    EVIDENCE.register(_table.name)(_table)
