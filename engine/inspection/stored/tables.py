"""Measured tables that ship as Parquet: read with one clear sentence for whatever is wrong with the file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from engine.errors import DataError


def read_stored_table(path: Path, columns: Sequence[str], absent: str) -> pd.DataFrame:
    """Return the whole table; `absent` is the sentence for a file that is not there.

    Raises:
        DataError: it is not there, is damaged, or lacks columns.
    """
    if not path.is_file():
        raise DataError(absent)
    try:
        frame = pd.read_parquet(path)
    except (OSError, ValueError) as error:  # pyarrow's errors are ValueErrors
        raise DataError(f"The table {path.name} is damaged and cannot be read.") from error
    missing = [name for name in columns if name not in frame]
    if missing:
        raise DataError(f"The table {path.name} lacks the columns {', '.join(missing)}.")
    return frame
