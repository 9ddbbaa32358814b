"""A sweep: every run of a comparison, one after the other, into one Parquet file that grows run by run.

The file is written anew after each run and swapped in, so a sweep that is stopped loses at most the run it was in, and the
same command goes on where it stopped. Rows of three kinds share the file (column `kind`): "summary", one per run; "curve", one
per measurement on held-out sequences; "timing", one per architecture and length. Cells a kind does not have are empty.
"""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from engine.errors import ConfigError
from engine.experiments.base import Comparison, RunSpec
from engine.experiments.recipes import COMPARISONS
from engine.experiments.results import RESULTS, as_whole_numbers, read_table
from engine.experiments.runs import RunRows, code, run_cell
from engine.experiments.timing import timing_rows
from engine.training import Evaluated

KEY = ("task", "architecture", "length", "seed")

@dataclasses.dataclass(frozen=True)
class RunStarted:
    """A run begins; `number` of `total`."""

    spec: RunSpec
    number: int
    total: int
    progress: float
    message: str


@dataclasses.dataclass(frozen=True)
class RunProgress:
    """A run was measured on held-out sequences."""

    spec: RunSpec
    step: int
    metrics: dict[str, float]
    progress: float
    message: str


@dataclasses.dataclass(frozen=True)
class RunFinished:
    """A run is over and its rows are in the file."""

    spec: RunSpec
    summary: dict[str, Any]
    progress: float
    message: str


@dataclasses.dataclass(frozen=True)
class SweepFinished:
    """Every run asked for is in the file at `path`."""

    path: Path
    runs: int
    elapsed_seconds: float
    progress: float
    message: str


SweepEvent = RunStarted | RunProgress | RunFinished | SweepFinished


def compare(recipe_name: str, output: Path | str | None = None, only: str = "") -> Iterator[SweepEvent]:
    """Run what is missing of a comparison and yield events, each with `progress` in 0..1 and a one-line `message`.

    Args:
        recipe_name: a name in COMPARISONS.
        output: folder of the table, data/results by default.
        only: comma list of tasks, architectures, lengths or seeds ("seed=0"); runs that match one word of each sort are run.

    Raises:
        ConfigError: unknown recipe, or a word in `only` that matches nothing.
        DataError: the table that is there is damaged.
    """
    code()
    comparison = COMPARISONS.get(recipe_name)
    specs = select_specs(comparison, only)
    path = Path(output or RESULTS) / f"{recipe_name}.parquet"
    rows = read_table(path).to_dict("records") if path.exists() else []
    started = time.perf_counter()
    done = {tuple(row[name] for name in KEY) for row in rows if row["kind"] == "summary"}
    todo = [spec for spec in specs if tuple(getattr(spec, name) for name in KEY) not in done]
    if not any(row["kind"] == "timing" for row in rows):
        rows += [{"kind": "timing", **row} for row in timing_rows(comparison)]
        _write(rows, path)
    for index, spec in enumerate(todo):
        yield RunStarted(spec, index + 1, len(todo), index / len(todo), f"run {index + 1} of {len(todo)}: {spec.title}")
        for event in run_cell(spec):
            if isinstance(event, Evaluated):
                yield _progress(spec, event, index, len(todo))
            elif isinstance(event, RunRows):
                rows.append({"kind": "summary", **event.summary})
                rows += [{"kind": "curve", **row} for row in event.curve]
                _write(rows, path)
                words = f"{spec.title}: {event.summary['reason'].replace('_', ' ')} at step {event.summary['step']}"
                yield RunFinished(spec, event.summary, (index + 1) / len(todo), words)
    seconds = time.perf_counter() - started
    words = f"{len(todo)} runs in {seconds:.0f} s, {len(specs) - len(todo)} were there already; the table is {path}"
    yield SweepFinished(path, len(todo), seconds, 1.0, words)


def select_specs(comparison: Comparison, only: str) -> list[RunSpec]:
    """Return the runs of `comparison` that match `only`; see `compare`."""
    specs = comparison.specs()
    for name, wanted in _wanted(specs, only).items():
        specs = [spec for spec in specs if str(getattr(spec, name)) in wanted]
    return specs


def _wanted(specs: list[RunSpec], only: str) -> dict[str, set[str]]:
    wanted: dict[str, set[str]] = {}
    offered = {name: {str(getattr(spec, name)) for spec in specs} for name in KEY}
    for word in filter(None, (word.strip() for word in only.split(","))):
        name, is_named, value = word.rpartition("=")
        names = [name] if is_named else ["task", "architecture", "length"]
        home = next((name for name in names if value in offered.get(name, ())), None)
        if home is None:
            choices = ", ".join(sorted(offered["task"] | offered["architecture"]) + sorted(offered["length"], key=int))
            raise ConfigError(f"--only {word} matches no run; choose among: {choices}, seed=N.")
        wanted.setdefault(home, set()).add(value)
    return wanted


def _progress(spec: RunSpec, event: Evaluated, index: int, total: int) -> RunProgress:
    share = (index + event.step / spec.max_steps) / total
    words = f"run {index + 1} of {total}: {spec.title}, step {event.step}, loss {event.metrics['loss']:.4f}"
    return RunProgress(spec, event.step, event.metrics, share, words)


def _write(rows: list[dict[str, Any]], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}.draft")
    as_whole_numbers(pd.DataFrame(rows)).to_parquet(draft, index=False, compression="zstd")
    os.replace(draft, path)


__all__ = ["RunFinished", "RunProgress", "RunStarted", "SweepEvent", "SweepFinished", "compare"]
