"""Measured tables that ship as Parquet: read with one clear sentence for whatever is wrong with the file, and added
to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pandas as pd

from engine.atomic import replaced_file
from engine.errors import DataError
from engine.inspection.stored.model_files import weights_in
from engine.provenance import commit, hardware

RESULTS = Path(__file__).resolve().parents[3] / "data" / "results"


def read_stored_table(path: Path, columns: Sequence[str], absent: str) -> pd.DataFrame:
    """Return the whole table; `absent` is the sentence for a file that is not there.

    Raises:
        DataError: it is not there, is damaged, or lacks columns.
    """
    if not path.is_file():
        raise DataError(absent)
    try:
        frame = pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)
    except (OSError, ValueError) as error:  # pyarrow's errors are ValueErrors
        raise DataError(f"The table {path.name} is damaged and cannot be read.") from error
    missing = [name for name in columns if name not in frame]
    if missing:
        raise DataError(f"The table {path.name} lacks the columns {', '.join(missing)}.")
    return frame


def with_these_weights(frame: pd.DataFrame, name: str, folder: str | Path) -> pd.DataFrame:
    """Return the rows of the model `name` that were measured with exactly the weights in `folder`."""
    return frame[(frame["model"] == name) & (frame["weights"] == weights_in(folder))].reset_index(drop=True)


def stored_effects(name: str, folder: str, table: str, columns: Sequence[str], command: str) -> pd.DataFrame:
    """Return the effects on every built-in sentence, measured with exactly the weights in `folder`; none where it was
    not.

    Args:
        name: of the model.
        command: measures it; "{model}" in it stands for the model's name.

    Raises:
        DataError: the table is not there, is damaged, or lacks columns.
    """
    absent = f"How typical the examples are has not been measured here; run: {command.format(model=name)}."
    return with_these_weights(read_stored_table(Path(table), columns, absent), name, folder)


def rows_so_far(table: Path, columns: Sequence[str]) -> pd.DataFrame:
    """Return the rows of a table that is to be added to; none where it is not there yet.

    Raises:
        DataError: it is damaged or lacks columns.
    """
    return read_stored_table(table, columns, "") if table.exists() else pd.DataFrame()


def replace_rows(
    table: Path,
    rows: pd.DataFrame,
    columns: Sequence[str],
    keys: Sequence[str] = ("model",),
    order: Sequence[str] = ("model",),
) -> None:
    """Put measured rows into a stored table in place of the older ones with the same `keys`, sorted by `order`.

    Where rows do not say themselves when, by what and on which machine they were measured, it was now and here.

    Raises:
        DataError: the table that is there is damaged or lacks `columns`, or it cannot be written.
    """
    others = rows_so_far(table, columns)
    if len(others):
        others = others[~others.set_index([*keys]).index.isin(rows.set_index([*keys]).index)]
    origin = {"hardware": hardware(), "commit": commit(), "date": date.today().isoformat()}
    rows = rows.assign(**{name: value for name, value in origin.items() if name not in rows})
    whole = pd.concat([*([others] if len(others) else []), rows]).sort_values(
        [*order], kind="stable", ignore_index=True
    )
    try:
        table.parent.mkdir(parents=True, exist_ok=True)
        with replaced_file(table) as draft:
            whole.to_parquet(draft, index=False, compression="zstd")
    except OSError as error:
        raise DataError(f"The table {table} cannot be written: {error.strerror}.") from error
