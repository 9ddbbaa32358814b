"""BLEU by source length, as `python -m engine evaluate --by-length` measured it: read and put into words."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from engine.inspection.stored.tables import RESULTS, read_stored_table

TABLE = RESULTS / "translation_by_length.parquet"
COLUMNS = ("model", "bucket", "shortest", "sentences", "bleu")
COMMAND = "python -m engine evaluate --model {model} --by-length data/results/translation_by_length.parquet"


def load_bleu_by_length(table: Path | str = TABLE) -> pd.DataFrame:
    """Return the measured table, one row per model and bucket of source lengths, shortest first.

    Raises:
        DataError: it has not been measured, is damaged, or lacks columns.
    """
    absent = f"BLEU by sentence length has not been measured here; run: {COMMAND.format(model='NAME')}"
    frame = read_stored_table(Path(table), COLUMNS, absent)
    return frame.sort_values(["model", "shortest"], ignore_index=True)


def gap_table(frame: pd.DataFrame, better: str, other: str) -> pd.DataFrame:
    """Return one row per bucket: sentences, BLEU of both models and their difference `gap`."""
    wide = frame.pivot_table(index=["shortest", "bucket", "sentences"], columns="model", values="bleu").reset_index()
    wide["gap"] = (wide[better] - wide[other]).round(2)
    return wide.drop(columns="shortest").rename_axis(columns=None)


def gap_sentence(frame: pd.DataFrame, better: str, other: str) -> str:
    """Return in one sentence what attention is worth on the shortest and on the longest sentences."""
    table = gap_table(frame, better, other)
    short, long = table.iloc[0], table.iloc[-1]
    return f"On sentences of {_compare(long, better, other)}; on those of {_compare(short, better, other)}."


def _compare(row: pd.Series, better: str, other: str) -> str:
    apart = f"{abs(row.gap):.1f} apart" + ("" if row.gap >= 0 else " the other way round")
    return f"{row.bucket} words BLEU is {row[better]:.1f} with attention and {row[other]:.1f} without, {apart}"
