"""A sweep: every run of a comparison, on the workers of a Dask cluster, into one table of results that outlives a
killed process.

First the learning rates are chosen by short trials on validation sequences, then the runs follow. What is finished is
not repeated (see `engine.experiments.sweeps.tables`), and a run's numbers are a function of its spec alone, whoever
does it and when. Rows of four kinds share the table (column `kind`): "summary", one per run; "curve", one per
measurement; "tuning", one per trial; "timing", what a step costs. Cells that a kind does not have are empty.
"""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from engine.atomic import check_folder
from engine.cluster import CONNECTION_LOST
from engine.config import JsonObject
from engine.errors import ConfigError, JobError, RunsFailedError
from engine.experiments.base import NOT_CHOSEN, Comparison, RunSpec, Tuned
from engine.experiments.costs.pace import (
    Condition,
    Pace,
    condition_of,
    cost_table,
    get_ready,
    in_words,
    makespan,
    pace_work,
)
from engine.experiments.costs.timing import timing_rows
from engine.experiments.recipes import COMPARISONS
from engine.experiments.runs.results import GROUP, RESULTS, RUN
from engine.experiments.runs.run import RunRows, code, run_condition, settings_text, where_from
from engine.experiments.sweeps.tables import Key, Rows, SweepTable, key_of, open_table
from engine.experiments.sweeps.workers import Work, Workers, open_workers
from engine.training import Evaluated

TIMING = "timing"  # the word in --only for what a step costs
SECONDS_BETWEEN_TABLES = 60.0
LONG_SECONDS = 3600.0
RATE_RULE = (
    "the rate at which one run of half the updates, with a seed that no result is made from, solves its task first; if "
    "none does, the one at which it reaches the lowest validation loss"
)


@dataclasses.dataclass(frozen=True)
class SweepPlanned:
    """What is to be done and at most costs, before anything is run.

    Attributes:
        costs: see `engine.experiments.costs.pace.cost_table`.
        processor_seconds, seconds: of what is missing, at most; in all, and by the clock with these workers.
    """

    runs: int
    done: int
    trials: int
    costs: pd.DataFrame
    processor_seconds: float
    seconds: float
    progress: float
    message: str


@dataclasses.dataclass(frozen=True)
class RunStarted:
    """A run begins; `number` of `total`. Trials of learning rates are runs with fewer updates and are counted too."""

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
    """A run is over and its rows are on disk."""

    spec: RunSpec
    summary: JsonObject
    progress: float
    message: str


@dataclasses.dataclass(frozen=True)
class RunFailed:
    """A run could not be made; the others go on."""

    spec: RunSpec
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


SweepEvent = SweepPlanned | RunStarted | RunProgress | RunFinished | RunFailed | SweepFinished


def compare(
    recipe_name: str,
    output: Path | str | None = None,
    only: str = "",
    workers: int | None = None,
    is_dry_run: bool = False,
) -> Iterator[SweepEvent]:
    """Run what is missing of a comparison and yield events, each with `progress` in 0..1 and a one-line `message`.

    Args:
        recipe_name: a name in COMPARISONS.
        output: folder of the table, data/results by default.
        only: comma list of tasks, architectures, lengths, seeds ("seed=0"), ways of being equal ("hidden_size") or
            "timing"; runs that match one word of each sort are run.
        workers: local processes, None for one per core, 0 for this process; see `open_workers` for a cluster elsewhere.
        is_dry_run: only say what it would cost.

    Raises:
        ConfigError: unknown recipe, or a word in `only` that matches nothing.
        JobError: the cluster cannot be reached, another sweep writes the same table, or runs failed; what is finished
            is kept.
    """
    code()
    comparison = COMPARISONS.get(recipe_name)
    words, with_timing = _words(only)
    specs = [] if only and not words else _select(comparison.specs(), words)
    check_folder(Path(output or RESULTS), "The table")
    with open_table(Path(output or RESULTS) / f"{recipe_name}.parquet") as table:
        sweep = _Sweep(comparison, table, specs, with_timing)
        if sweep.is_done and not is_dry_run:
            yield sweep.finish(is_whole=not only)
            return
        with open_workers(workers, get_ready) as crew:
            yield from sweep.plan(crew)
            if not is_dry_run:
                yield from sweep.run(crew)
                yield sweep.finish(is_whole=not only)


def select_specs(comparison: Comparison, only: str) -> list[RunSpec]:
    """Return the runs of `comparison` that match `only`; see `compare`."""
    return _select(comparison.specs(), _words(only)[0])


def chosen_rates(trials: Sequence[RunSpec], rows_of: Callable[[Key], Rows]) -> dict[Tuned, float]:
    """Return the learning rates of those whose trials are all there; see RATE_RULE."""
    rows: dict[Tuned, list[JsonObject]] = {}
    missing = set()
    for spec in trials:
        found = rows_of(trial_key(spec))
        rows.setdefault((spec.task, spec.architecture, spec.length), []).extend(found)
        missing |= set() if found else {(spec.task, spec.architecture, spec.length)}

    def merit(row: JsonObject) -> tuple[float, float]:
        return row["step"] if row.get("reason") == "solved" else math.inf, row.get("validation_loss", math.inf)

    return {tuned: float(min(own, key=merit)["learning_rate"]) for tuned, own in rows.items() if tuned not in missing}


class _Sweep:
    """One call of `compare`: what is to be done, and the doing."""

    def __init__(self, comparison: Comparison, table: SweepTable, specs: list[RunSpec], with_timing: bool) -> None:
        self.comparison, self.table, self.specs = comparison, table, specs
        wanted = {comparison.tuned_at(spec) for spec in specs}
        self.all_trials = comparison.trials()
        self.trials = [
            spec
            for spec in self.all_trials
            if (spec.task, spec.architecture, spec.length) in wanted
            and table.settings(trial_key(spec)) != settings_text(spec)
        ]
        table.drop({trial_key(spec) for spec in self.trials})
        self.todo = self._missing()
        self.with_timing = with_timing and bool(comparison.timing_lengths) and not table.rows((TIMING,))
        self.begun_runs = self.finished_runs = self.total = 0
        self.done_seconds, self.total_seconds = 0.0, 1.0
        self.started = self.last_table = time.perf_counter()
        self.failures: list[str] = []
        self.paces: dict[Condition, Pace] = {}

    @property
    def is_done(self) -> bool:
        """Whether the table holds everything that was asked for."""
        return not (self.todo or self.trials or self.with_timing)

    def _missing(self) -> list[RunSpec]:
        """Return the runs that are not in the table with the settings they have now, rates filled in as far as they are
        chosen."""
        rates = chosen_rates(self.all_trials, self.table.rows)
        wanted = {run_key(spec) for spec in self.specs}
        specs = [spec for spec in self.comparison.specs(rates) if run_key(spec) in wanted]
        return [spec for spec in specs if self.table.settings(run_key(spec)) != settings_text(spec)]

    # What it costs

    def plan(self, crew: Workers) -> Iterator[SweepPlanned]:
        """Measure the pace of every cell that something is missing of, and say what that comes to."""
        cells = {condition_of(spec): spec for spec in [*self.todo, *self.trials]}
        groups: dict[tuple[str, str], list[RunSpec]] = {}
        for spec in cells.values():
            groups.setdefault((spec.task, spec.architecture), []).append(spec)
        pieces = list(groups.values())
        for number, kind, value in outcomes(crew, [(pace_work, (piece,)) for piece in pieces]):
            if kind == "failed":
                raise JobError(f"{pieces[number][0].title} cannot be run: {value}")
            self.paces |= {condition_of(spec): pace for spec, pace in zip(pieces[number], value, strict=True)}
        costs = cost_table(self.specs, self.todo, self.trials, self.paces)
        seconds = [self._seconds(spec) for spec in [*self.trials, *self.todo]]
        by_clock = makespan(seconds, crew.slots)
        done = len(self.specs) - len(self.todo)
        words = (
            f"{len(self.specs)} runs, {done} done already; {len(self.trials)} trials of learning rates to do; at most "
            f"{in_words(sum(seconds))} of processor time, {in_words(by_clock)} {crew.where}"
        )
        yield SweepPlanned(len(self.specs), done, len(self.trials), costs, sum(seconds), by_clock, 0.0, words)

    def _seconds(self, spec: RunSpec) -> float:
        return self.paces[condition_of(spec)].seconds(spec)

    # The doing

    def run(self, crew: Workers) -> Iterator[SweepEvent]:
        """Do what is missing; whatever happens, the table is put together at the end."""
        self.started = self.last_table = time.perf_counter()
        self.total = len(self.trials) + len(self.todo)
        self.total_seconds = sum(map(self._seconds, [*self.trials, *self.todo])) or 1.0
        try:
            if self.with_timing:
                self._measure_times(crew)
            yield from self._make(crew, trial_work, trial_key, self.trials)
            yield from self._make(crew, run_work, run_key, self._runs_with_rates())
        finally:
            self.table.write()
        if self.failures:
            raise RunsFailedError(
                f"{len(self.failures)} of {self.total} runs failed. {self.failures[0]} {self._how_to_go_on()}"
            )

    def _measure_times(self, crew: Workers) -> None:
        """Measure what a step costs, with no run beside it."""
        for _, kind, value in outcomes(crew, [(timing_work, (self.comparison,))]):
            if kind == "failed":
                raise JobError(f"What a step costs could not be measured: {value}")
            self.table.add((TIMING,), value)

    def _make(
        self, crew: Workers, work: Work, key: Callable[[RunSpec], Key], specs: Sequence[RunSpec]
    ) -> Iterator[SweepEvent]:
        """Make runs, or trials, and yield what happens to them."""
        begun: dict[int, float] = {}  # the seconds that are done of what is running

        def share() -> float:
            return min(1.0, (self.done_seconds + sum(begun.values())) / self.total_seconds)

        for index, kind, value in _in_turns(crew, [(work, (spec,)) for spec in specs]):
            spec = specs[index]
            if kind == "started":
                self.begun_runs += 1
                begun[index] = 0.0
                words = f"run {self.begun_runs} of {self.total}: {spec.title}"
                yield RunStarted(spec, self.begun_runs, self.total, share(), words)
                continue
            if kind == "progress":
                begun[index] = self._seconds(spec) * value["step"] / spec.max_steps
                words = f"{spec.title}, step {value['step']}, loss {value['metrics']['loss']:.4f}"
                yield RunProgress(spec, value["step"], value["metrics"], share(), words)
                continue
            del begun[index]
            self.done_seconds += self._seconds(spec)
            if kind == "failed":
                self.failures.append(f"{spec.title}: {value}")
                yield RunFailed(spec, share(), self.failures[-1])
                if value.startswith(CONNECTION_LOST):
                    raise RunsFailedError(f"{CONNECTION_LOST} {self._how_to_go_on()}")
                continue
            self.table.add(key(spec), value)
            self.finished_runs += work is run_work
            if time.perf_counter() - self.last_table > SECONDS_BETWEEN_TABLES:
                self.table.write()
                self.last_table = time.perf_counter()
            yield RunFinished(spec, value[0], share(), _ended(spec, value[0], is_trial=work is trial_work))

    def _runs_with_rates(self) -> list[RunSpec]:
        """Return the runs to do, now that the trials are over; those whose trials failed wait for the next time."""
        return [spec for spec in self._missing() if spec.learning_rate != NOT_CHOSEN]

    def _how_to_go_on(self) -> str:
        return f"What is finished is kept; go on with: python -m engine compare --recipe {self.comparison.name}"

    def finish(self, is_whole: bool) -> SweepFinished:
        """Put the table together, without rows that are none of this recipe's any more if the whole of it was asked
        for."""
        if is_whole:
            own = (
                {run_key(spec) for spec in self.comparison.specs()}
                | {trial_key(spec) for spec in self.all_trials}
                | {(TIMING,)}
            )
            self.table.drop(set(self.table.keys()) - own)
        self.table.finish()
        seconds = time.perf_counter() - self.started
        there = len(self.specs) - self.finished_runs
        words = (
            f"{self.finished_runs} runs in {in_words(seconds)}, {there} were there already; the table is "
            f"{self.table.path}"
        )
        if self.table.set_aside:
            words += f". {self.table.set_aside}"
        return SweepFinished(self.table.path, self.finished_runs, seconds, 1.0, words)


# Pieces of work; see `engine.experiments.sweeps.workers`


def run_work(spec: RunSpec) -> Generator[JsonObject, None, Rows]:
    """Make one run and return its rows."""
    rows = yield from _watch(spec)
    return [{"kind": "summary", **rows.summary}, *({"kind": "curve", **row} for row in rows.curve)]


def trial_work(spec: RunSpec) -> Generator[JsonObject, None, Rows]:
    """Make one short run with one learning rate and return the row that says how it did on validation sequences."""
    rows = yield from _watch(spec)
    names = "task architecture length equal seed hidden_size parameters step max_steps learning_rate".split()
    names += "solved_step reason elapsed_seconds settings".split()
    losses = [row["validation_loss"] for row in rows.curve]
    lowest = min(losses) if losses and rows.summary["reason"] != "diverged" else math.inf
    return [
        {"kind": "tuning", **{name: rows.summary[name] for name in names}, "validation_loss": lowest, **where_from()}
    ]


def timing_work(comparison: Comparison) -> Generator[JsonObject, None, Rows]:
    """Measure what a step costs and return the rows."""
    yield {}
    return [{"kind": "timing", **row} for row in timing_rows(comparison)]


def _watch(spec: RunSpec) -> Generator[JsonObject, None, RunRows]:
    for event in run_condition(spec):
        if isinstance(event, Evaluated):
            yield {"step": event.step, "metrics": event.metrics}
        elif isinstance(event, RunRows):
            return event
    raise JobError(f"{spec.title} ended without a result.")


# Any: what a piece tells and returns is its own.
def _in_turns(crew: Workers, pieces: Sequence[tuple[Work, tuple[object, ...]]]) -> Iterator[tuple[int, str, Any]]:
    """Yield (piece, "started" | "progress" | "finished" | "failed", value), every slot busy as long as there are
    pieces.

    No more is handed out than is being done, so that stopping leaves nothing behind in anybody's queue.
    """
    waiting = iter(enumerate(pieces))
    running = 0
    while True:
        while running < crew.slots and (piece := next(waiting, None)) is not None:
            number, (work, arguments) = piece
            crew.start(number, work, *arguments)
            running += 1
            yield number, "started", None
        if not running:
            return
        told = crew.next()
        if told.kind == "progress":
            if told.value:
                yield told.number, "progress", told.value
            continue
        running -= 1
        yield told.number, told.kind, told.value


# Any: as above.
def outcomes(crew: Workers, pieces: Sequence[tuple[Work, tuple[object, ...]]]) -> Iterator[tuple[int, str, Any]]:
    """Yield how each piece ended; see `_in_turns`."""
    return (told for told in _in_turns(crew, pieces) if told[1] in ("finished", "failed"))


def run_key(spec: RunSpec) -> Key:
    """Return the key of a run's rows."""
    return key_of({"kind": "summary", **dataclasses.asdict(spec)})


def trial_key(spec: RunSpec) -> Key:
    """Return the key of a trial's row."""
    return key_of({"kind": "tuning", **dataclasses.asdict(spec)})


def _ended(spec: RunSpec, row: JsonObject, is_trial: bool) -> str:
    what = f"trial of learning rate {spec.learning_rate:g}, " if is_trial else ""
    return f"{what}{spec.title}: {row['reason'].replace('_', ' ')} at step {row['step']}"


def _words(only: str) -> tuple[list[str], bool]:
    """Return the words that pick runs, and whether what a step costs is asked for."""
    words = [word for word in (word.strip() for word in only.split(",")) if word]
    return [word for word in words if word != TIMING], not words or TIMING in words


def _select(specs: list[RunSpec], words: list[str]) -> list[RunSpec]:
    for name, wanted in _wanted(specs, words).items():
        specs = [spec for spec in specs if str(getattr(spec, name)) in wanted]
    return specs


def _wanted(specs: list[RunSpec], words: list[str]) -> dict[str, set[str]]:
    wanted: dict[str, set[str]] = {}
    offered = {name: {str(getattr(spec, name)) for spec in specs} for name in RUN}
    for word in words:
        name, is_named, value = word.rpartition("=")
        names = [name] if is_named else GROUP
        home = next((name for name in names if value in offered.get(name, ())), None)
        if home is None:
            named = offered["task"] | offered["architecture"] | offered["equal"]
            choices = ", ".join(sorted(named) + sorted(offered["length"], key=int))
            raise ConfigError(f"--only {word} matches no run; choose among: {choices}, {TIMING}, seed=N.")
        wanted.setdefault(home, set()).add(value)
    return wanted
