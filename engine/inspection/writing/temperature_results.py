"""The curve over temperature as it was measured for the shipped models: one table, each row with commit, seed and
hardware."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from engine.decoding.limits import SamplingSettings
from engine.inspection.stored.model_files import weights_in
from engine.inspection.stored.tables import RESULTS, read_stored_table, replace_rows, rows_so_far, with_these_weights
from engine.inspection.writing.temperatures import measure_curve
from engine.models.folder import LoadedModel

TABLE = RESULTS / "temperatures.parquet"
COMMAND = "python -m engine temperatures --model {model}"
PROMPT = "ROMEO:\n"
SEEDS = 10
SETTINGS = SamplingSettings(max_new_tokens=1000, seed=0)
COLUMNS = tuple("model weights temperature seed entropy repetition known_words novelty is_loop commit hardware".split())


def measure_model(loaded: LoadedModel, table: Path) -> Iterator[float]:
    """Measure the curve of a model and put its rows into `table` in place of older ones; yield the share done (0 to 1).

    Raises:
        DataError: the table that is there is damaged.
    """
    rows_so_far(table, COLUMNS)  # found out before anything is written
    for event in measure_curve(loaded, PROMPT, SETTINGS, seeds=SEEDS):
        if isinstance(event, float):
            yield event
            continue
        name, architecture = loaded.info.name, loaded.info.architecture
        facts = {"model": name, "architecture": architecture, "weights": weights_in(loaded.info.path)}
        replace_rows(table, event.assign(**facts, prompt=PROMPT), COLUMNS)


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
    return with_these_weights(read_table(TABLE), loaded.info.name, loaded.info.path)
