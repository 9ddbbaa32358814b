"""Finished comparisons as data frames: found, checked, read, and where they come from. Pandas only, no torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine.config import JsonObject
from engine.errors import DataError
from engine.plotting.theme import architecture_rank

if TYPE_CHECKING:
    import pandas as pd

RESULTS = Path(__file__).resolve().parents[3] / "data" / "results"
SCHEMA = 2  # 1 had no equal hidden sizes, no trials of learning rates, and elapsed time by the clock on the wall
GROUP = ["task", "architecture", "length", "equal"]
RUN = [*GROUP, "seed"]
MEASURED = ["step", "loss", "accuracy"]
SIZES = ["parameters", "formula_parameters", "layer_parameters"]
COLUMNS = ["schema", "kind", *RUN, *MEASURED, "elapsed_seconds", "commit", "hardware", "torch", "date"]
WHOLE_NUMBERS = (
    "schema length seed hidden_size step updates max_steps solved_step batch_size memory_bytes position cores"
)


def rows_with(frame: pd.DataFrame, architectures: Sequence[str] = (), **values: object) -> pd.DataFrame:
    """Return the rows whose columns have these values, of some architectures or, where none is named, of all."""
    for name, value in values.items():
        frame = frame[frame[name] == value]
    return frame[frame["architecture"].isin(architectures)] if architectures else frame


def list_results(folder: Path | str = RESULTS) -> list[str]:
    """Return the names of the comparisons whose table lies in `folder`; other tables there are passed over."""
    return [path.stem for path in sorted(Path(folder).glob("*.parquet")) if not _fault(path)]


def load_results(recipe: str = "shipped", folder: Path | str = RESULTS) -> pd.DataFrame:
    """Return the table of a comparison: rows of kind "summary", "curve", "tuning" and "timing" (see
    `engine.experiments.sweeps.sweep`).

    Raises:
        DataError: there is no such table, it is damaged, it lacks columns, or another version of the code wrote it.
    """
    path = Path(folder) / f"{recipe}.parquet"
    if not path.is_file():
        there = ", ".join(list_results(folder)) or "none"
        raise DataError(
            f"There are no results called '{recipe}' (there: {there}); run: python -m engine compare --recipe {recipe}."
        )
    return read_table(path)


def read_table(path: Path) -> pd.DataFrame:
    """Return the table at `path`, architectures in their usual order; raises as `load_results`."""
    fault = _fault(path)
    if fault:
        raise DataError(fault)
    import pandas as pd  # loaded for tables alone: where they lie is asked without
    import pyarrow

    try:
        frame = with_types(pd.read_parquet(path))
    except (OSError, ValueError, TypeError, pyarrow.ArrowException) as error:
        raise DataError(_damaged(path)) from error
    return frame.sort_values("architecture", key=_rank, kind="stable", ignore_index=True)


def with_types(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table with counts as whole numbers and answers as booleans; nullable, as not every row has every
    column."""
    kinds = dict.fromkeys([*WHOLE_NUMBERS.split(), *SIZES], "Int64") | {"is_solved": "boolean"}
    return frame.astype({name: kind for name, kind in kinds.items() if name in frame})


def receipt(frame: pd.DataFrame, recipe: str = "shipped") -> JsonObject:
    """Return where the numbers come from: commit, machine, versions, dates, seeds, and the command that repeats
    them."""
    rows = rows_with(frame, kind="summary")

    def all_of(column: str) -> str:
        return ", ".join(sorted({str(value) for value in rows[column]}))

    return {name: all_of(name) for name in ("commit", "hardware", "cores", "torch")} | {
        "date": rows["date"].max(),
        "seeds": all_of("seed"),
        "runs": len(rows),
        "elapsed_seconds": float(rows["elapsed_seconds"].sum()),
        "command": f"python -m engine compare --recipe {recipe}",
    }


def _fault(path: Path) -> str:
    """Return in one sentence why the file at `path` is no table of this version's results, "" if it is one."""
    import pandas as pd
    import pyarrow.parquet

    try:
        names = set(pyarrow.parquet.read_schema(path).names)
        schemas = set(pd.read_parquet(path, columns=["schema"])["schema"]) if "schema" in names else {1}
    except (OSError, ValueError, pyarrow.ArrowException):
        return _damaged(path)
    if schemas != {SCHEMA} and names.issuperset(GROUP[:3]):
        found = ", ".join(sorted(str(schema) for schema in schemas)) or "none"
        return f"The table {path.name} has schema {found}, and this version reads schema {SCHEMA}; {_make_anew(path)}."
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        return (
            f"The table {path.name} is not one of results: it lacks the columns {', '.join(missing)}; "
            f"{_make_anew(path)}."
        )
    return ""


def _damaged(path: Path) -> str:
    return (
        f"The table {path.name} is not one of results: it cannot be read as Parquet, so it is damaged; "
        f"{_make_anew(path)}."
    )


def _make_anew(path: Path) -> str:
    return f"make it anew with: python -m engine compare --recipe {path.stem}"


def _rank(column: pd.Series) -> pd.Series:
    return column.map(architecture_rank)
