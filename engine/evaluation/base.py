"""One evaluation per task; the numbers it returns become the metrics block of config.json and of the card."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pandas as pd

from engine.config import JsonObject
from engine.errors import DataError, ModelError
from engine.inspection.stored.tables import read_stored_table
from engine.models.card import write_card
from engine.models.folder import LoadedModel, write_facts
from engine.provenance import commit, hardware
from engine.task_family import TASK_FAMILIES


def corpora_of(loaded: LoadedModel) -> list[str]:
    """Return the names of the corpora a model learnt from, the one that is measured first.

    Raises:
        ModelError: its config.json names none.
    """
    names = loaded.info.config.get("corpora")
    if not isinstance(names, list) or not names:
        raise ModelError(f"The config.json of {loaded.info.name} names no corpora to measure it on.")
    return names


def evaluate_model(loaded: LoadedModel, write: bool = True) -> JsonObject:
    """Return the measured metrics of a model and, with `write`, put them into its config.json and card.

    Raises:
        DataError: a test corpus cannot be read.
        ModelError: what it computes is no number, so that nothing is written.
    """
    metrics = TASK_FAMILIES.get(loaded.info.task).evaluate(loaded)
    for name, value in metrics.items():
        if isinstance(value, float) and not math.isfinite(value):
            raise ModelError(f"The model '{loaded.info.name}' computes no numbers: {name} is {value}.")
    metrics |= {"measured_on": date.today().isoformat(), "hardware": hardware(), "commit": commit()}
    if write:
        config = loaded.info.config | {"metrics": metrics}
        write_facts(loaded.info.path, config, write_card(loaded.info.name, config))
    return metrics


def replace_rows(table: Path, model: str, rows: pd.DataFrame, columns: Sequence[str]) -> None:
    """Put a model's rows into a stored table in place of its older ones, with today's date, the commit and the machine.

    Raises:
        DataError: the table that is there is damaged or lacks `columns`, or it cannot be written.
    """
    others = [read_stored_table(table, columns, "")] if table.exists() else []
    others = [frame[frame["model"] != model] for frame in others]
    measured = rows.assign(hardware=hardware(), commit=commit(), date=date.today().isoformat())
    draft = table.with_suffix(f".{os.getpid()}.draft")
    try:
        table.parent.mkdir(parents=True, exist_ok=True)
        whole = pd.concat([*others, measured], ignore_index=True)
        whole.sort_values("model", kind="stable", ignore_index=True).to_parquet(draft, index=False, compression="zstd")
        os.replace(draft, table)
    except OSError as error:
        raise DataError(f"The table {table} cannot be written: {error.strerror}.") from error
