"""The table of a sweep while it grows: what is finished is on disk at once, whatever happens next.

Every finished run, trial of a learning rate and timing leaves one small Parquet file in the folder `<recipe>.parts`,
written beside its place and swapped in. The table `<recipe>.parquet` is put together from them (and from what it held
before) from time to time and at the end, when the parts are taken away. Killed at any moment, a sweep therefore loses
only what was running.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pandas as pd

from engine.atomic import replaced_file
from engine.config import JsonObject
from engine.errors import DataError, JobError
from engine.experiments.runs.results import MEASURED, RUN, SCHEMA, read_table, with_types

Key = tuple[str, ...]
Rows = list[JsonObject]

KINDS = {"summary": 0, "curve": 1, "tuning": 2, "timing": 3}
ORDER = "kind task length architecture equal seed learning_rate step mode position hidden_size".split()
ENDED = ["validation_loss", "elapsed_seconds", "is_solved", "solved_step", "learning_rate"]
FIRST_COLUMNS = ["schema", "kind", *RUN, *MEASURED, *ENDED]  # always there, even where every cell is empty


class SweepTable:
    """The rows of one recipe, by what they belong to; open it with `open_table`."""

    def __init__(self, path: Path) -> None:
        self.path, self.parts = path, path.with_suffix(".parts")
        self.set_aside = ""
        self._rows: dict[Key, Rows] = {}
        if path.exists():
            try:
                self._take_in(read_table(path))
            except DataError as error:
                aside = path.with_suffix(".parquet.old")
                os.replace(path, aside)
                self.set_aside = f"{error} It was set aside as {aside.name}."
        for part in sorted(self.parts.glob("*.parquet")):
            try:
                self._take_in(read_table(part))
            except DataError:  # cut off with the machine: run again
                part.unlink()

    def settings(self, key: Key) -> str | None:
        """Return the settings that the rows of `key` were made with, None where there are none."""
        rows = self._rows.get(key)
        return None if rows is None else str(rows[0].get("settings", ""))

    def rows(self, key: Key) -> Rows:
        """Return the rows of `key`."""
        return self._rows.get(key, [])

    def keys(self) -> list[Key]:
        """Return what there are rows of."""
        return list(self._rows)

    def add(self, key: Key, rows: Rows) -> None:
        """Keep the rows of a finished piece of work, on disk before this returns."""
        self._rows[key] = rows = [_without_gaps({"schema": SCHEMA} | row) for row in rows]
        self.parts.mkdir(parents=True, exist_ok=True)
        _write(_frame(rows), self.parts / f"{'-'.join(key)}.parquet")

    def drop(self, keys: set[Key]) -> None:
        """Leave rows out of the table from now on."""
        for key in keys:
            self._rows.pop(key, None)

    def write(self) -> None:
        """Put the table together."""
        if self._rows:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            _write(_frame([row for rows in self._rows.values() for row in rows]), self.path)

    def finish(self) -> None:
        """Put the table together and take the parts away."""
        self.write()
        shutil.rmtree(self.parts, ignore_errors=True)

    def _take_in(self, frame: pd.DataFrame) -> None:
        taken: dict[Key, Rows] = {}
        for record in frame.to_dict("records"):
            row = _without_gaps(record)
            taken.setdefault(key_of(row), []).append(row)
        self._rows |= taken


@contextlib.contextmanager
def open_table(path: Path) -> Iterator[SweepTable]:
    """Yield the table at `path` for one sweep at a time.

    Raises:
        JobError: another process is writing it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = path.with_suffix(".lock")
    with lock.open("w") as file:
        if not _lock(file):
            raise JobError(f"Another sweep is writing {path.name} right now; wait for it to end, or stop it.")
        try:
            yield SweepTable(path)
        finally:
            lock.unlink(missing_ok=True)


def key_of(row: JsonObject) -> Key:
    """Return what a row belongs to: a run, a trial of a learning rate, or the timings."""
    if row["kind"] == "timing":
        return ("timing",)
    run = (str(row["task"]), str(row["architecture"]), str(row["length"]), str(row["equal"]))
    return ("trial", *run, f"{row['learning_rate']:g}") if row["kind"] == "tuning" else ("run", *run, str(row["seed"]))


def _frame(rows: Rows) -> pd.DataFrame:
    """Return rows as a table whose order and columns do not depend on the order in which they were made."""
    frame = pd.DataFrame(rows)
    names = [*FIRST_COLUMNS, *sorted(set(frame.columns) - set(FIRST_COLUMNS))]
    frame = with_types(frame.reindex(columns=names))
    order = [name for name in ORDER if name in frame]
    return frame.sort_values(order, key=_rank, kind="stable", ignore_index=True)


def _rank(column: pd.Series) -> pd.Series:
    return column.map(KINDS) if column.name == "kind" else column


def _without_gaps(row: JsonObject) -> JsonObject:
    return {name: value for name, value in row.items() if not pd.isna(value)}


def _write(frame: pd.DataFrame, path: Path) -> None:
    with replaced_file(path) as draft:
        frame.to_parquet(draft, index=False, compression="zstd")


def _lock(file: IO[str]) -> bool:
    """Return whether this process may write; the system gives the right back when the process ends, however it ends."""
    try:
        import fcntl
    except ImportError:  # not a Unix: trust the person
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
