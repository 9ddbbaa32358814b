"""The stored table of how far forecasters and baselines are off over the rolling origins of the test part."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from engine.inspection.stored.tables import RESULTS, read_stored_table

TABLE = RESULTS / "forecasts.parquet"
MEASURES = ("mse_scaled", "mae_scaled", "mse", "mae", "mase", "smape", "pinball", "coverage")
COLUMNS = ("model", "weights", "corpus", "title", "method", "which", "origins", "horizon", *MEASURES)


def read_quality(table: str = str(TABLE)) -> pd.DataFrame:
    """Return the stored table.

    Raises:
        DataError: it is not there, is damaged, or lacks columns.
    """
    absent = "How far forecasts are off has not been measured here; run: python -m engine evaluate --model MODEL "
    return read_stored_table(Path(table), COLUMNS, f"{absent}--forecasts {TABLE.name}.")
