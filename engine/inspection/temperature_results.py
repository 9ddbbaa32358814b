"""The curve over temperature as it was measured for the shipped models: one table, each row with commit, seed and
hardware."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd

from engine.config import JsonObject
from engine.decoding.limits import SamplingSettings
from engine.inspection.model_files import list_files
from engine.inspection.stored_table import read_stored_table
from engine.inspection.temperatures import measure_curve
from engine.models.folder import LoadedModel
from engine.provenance import commit, hardware

TABLE = Path(__file__).resolve().parents[2] / "data" / "results" / "temperatures.parquet"
COMMAND = "python -m engine temperatures --model {model}"
PROMPT = "ROMEO:\n"
SEEDS = 10
SETTINGS = SamplingSettings(max_new_tokens=1000, seed=0)
COLUMNS = (
    "model",
    "weights",
    "temperature",
    "seed",
    "entropy",
    "repetition",
    "known_words",
    "novelty",
    "is_loop",
    "commit",
    "hardware",
)


def measure_model(loaded: LoadedModel, table: Path) -> Iterator[float]:
    """Measure the curve of a model and put its rows into `table` in place of older ones; yield the share done (0 to 1).

    Raises:
        DataError: the table that is there is damaged.
    """
    others = read_table(table) if table.exists() else pd.DataFrame()
    for event in measure_curve(loaded, PROMPT, SETTINGS, seeds=SEEDS):
        if isinstance(event, float):
            yield event
            continue
        facts = {"model": loaded.info.name, "architecture": loaded.info.architecture, "weights": weights_of(loaded)}
        origin = {"prompt": PROMPT, "commit": commit(), "hardware": hardware(), "date": date.today().isoformat()}
        rows = event.assign(**facts, **origin)
        if len(others):
            others = others[others["model"] != loaded.info.name]
        table.parent.mkdir(parents=True, exist_ok=True)
        draft = table.with_suffix(f".{os.getpid()}.draft")
        pd.concat([others, rows], ignore_index=True).to_parquet(draft, index=False, compression="zstd")
        os.replace(draft, table)


def read_table(table: Path) -> pd.DataFrame:
    """Return the whole table, one row per model, temperature and seed.

    Raises:
        DataError: it is not there, is damaged, or lacks columns.
    """
    absent = f"The curve over temperature has not been measured here; run: {COMMAND.format(model='NAME')}."
    return read_stored_table(table, COLUMNS, absent)


def stored_curve(loaded: LoadedModel) -> pd.DataFrame:
    """Return the rows that were measured with exactly these weights; none where the model was not measured or has
    changed."""
    if not TABLE.is_file():
        return pd.DataFrame()
    frame = read_table(TABLE)
    return frame[(frame["model"] == loaded.info.name) & (frame["weights"] == weights_of(loaded))].reset_index(drop=True)


def weights_of(loaded: LoadedModel) -> str:
    """Return the first 12 digits of the SHA-256 of a model's weights."""
    files: JsonObject = {row["file"]: row["sha256"] for row in list_files(str(loaded.info.path)).to_pylist()}
    return files.get("model.safetensors", "")[:12]
