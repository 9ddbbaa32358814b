"""How runs learnt: medians and ranges over the seeds, every seed, and any two runs laid over each other. Pandas only,
no torch.

A run that has stopped, because it had solved its task, keeps its last loss: that is what its network is worth
from then on.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd

from engine.errors import ConfigError, DataError
from engine.experiments.findings.aggregates import OVER_SEEDS, in_order
from engine.experiments.runs.results import rows_with
from engine.plotting.theme import architecture_label

AXES = {"updates": "step", "sequences": "sequences", "seconds": "seconds"}


@dataclasses.dataclass(frozen=True)
class RunName:
    """Which run of a task and length is meant."""

    architecture: str
    seed: int

    def __str__(self) -> str:
        return f"{self.architecture}-{self.seed}"

    @property
    def label(self) -> str:
        """How the run is called on a page."""
        return f"{architecture_label(self.architecture)}, seed {self.seed}"


@dataclasses.dataclass(frozen=True)
class RunPair:
    """Two runs at equal numbers of updates.

    Attributes:
        table: `step`, `loss_one`, `loss_other`, `difference` (other minus one), `seconds_one`, `seconds_other`.
        thresholds: by run, updates and processor seconds until the loss first lay at or below the threshold; infinite
            if it never did.
        threshold: the loss that counts.
    """

    names: tuple[RunName, RunName]
    table: pd.DataFrame
    thresholds: tuple[tuple[float, float], tuple[float, float]]
    threshold: float

    @property
    def sentence(self) -> str:
        """Which was lower for how long, and who reached the threshold first."""
        difference = self.table["difference"]
        one, other = (name.label for name in self.names)
        total = len(difference)
        lower = (
            f"B ({other}) has the lower loss at {int((difference < 0).sum())} of {total} measurements, A ({one}) "
            f"at {int((difference > 0).sum())}."
        )
        words = [f"{letter} {_reached(*reached)}" for letter, reached in zip("AB", self.thresholds, strict=True)]
        return f"{lower} A loss of {self.threshold:.3g}: {'; '.join(words)}."


def run_names(frame: pd.DataFrame, equal: str, task: str, length: int) -> tuple[RunName, ...]:
    """Return the runs of a task and length, in the order of legends, then by seed."""
    rows = _rows(frame, equal, task, length)[["architecture", "seed"]].drop_duplicates()
    rows = in_order(rows.sort_values("seed"))
    return tuple(RunName(row.architecture, int(row.seed)) for row in rows.itertuples())


def read_run(text: str) -> RunName:
    """Return the run that `str(run)` stands for.

    Raises:
        ConfigError: it is no such name.
    """
    architecture, _, seed = text.rpartition("-")
    if not architecture or not seed.isdecimal():
        raise ConfigError(f"A run is named by its architecture and seed, such as lstm-0, not '{text[:40]}'.")
    return RunName(architecture, int(seed))


def seed_curves(frame: pd.DataFrame, equal: str, task: str, length: int) -> pd.DataFrame:
    """Return every measurement: `architecture`, `seed`, `step`, `sequences`, `seconds` (processor time of training),
    `loss`, `accuracy`."""
    rows = _rows(frame, equal, task, length)
    size = _of_runs(frame, equal, task, length, "batch_size")
    columns = {name: rows[name].astype(float) for name in ("step", "loss", "accuracy")}
    table = pd.DataFrame({"architecture": rows["architecture"], "seed": rows["seed"].astype(int), **columns})
    table["sequences"], table["seconds"] = table["step"] * size, rows["elapsed_seconds"].astype(float)
    return in_order(table.sort_values(["seed", "step"]))


def median_curves(frame: pd.DataFrame, equal: str, task: str, length: int) -> pd.DataFrame:
    """Return `architecture`, `step`, `sequences`, `seconds`, and median, smallest and largest loss and accuracy over
    the seeds.

    `running` counts the seeds that were still learning. Seconds are the updates times the architecture's median time
    per update, as seeds that have stopped take no more of it.
    """
    rows = seed_curves(frame, equal, task, length)
    size = _of_runs(frame, equal, task, length, "batch_size")
    parts = []
    for architecture, own in rows.groupby("architecture", sort=False):
        ends = own.sort_values("step").groupby("seed").last()
        pace = float((ends["seconds"] / ends["step"]).median())
        table = pd.DataFrame({"architecture": architecture, "step": np.sort(own["step"].unique())})
        table["sequences"], table["seconds"] = table["step"] * size, table["step"] * pace
        for metric in ("loss", "accuracy"):
            by_seed = own.pivot_table(index="step", columns="seed", values=metric)
            table["running"] = by_seed.notna().sum(axis=1).to_numpy()
            carried = by_seed.ffill()
            for name in OVER_SEEDS.functions:
                table[f"{metric}_{name}"] = carried.agg(name, axis=1).to_numpy()
        parts.append(table)
    return pd.concat(parts, ignore_index=True)


def compare_runs(
    frame: pd.DataFrame, equal: str, task: str, length: int, one: str, other: str, threshold_percent: float
) -> RunPair:
    """Return two runs, named as by `str(RunName)`, at every number of updates at which one of them was measured.

    Args:
        threshold_percent: the loss whose time is taken, in per cent of the loss of guessing.

    Raises:
        ConfigError: a name is no run's.
        DataError: a run is not in the table.
    """
    names = read_run(one), read_run(other)
    rows = seed_curves(frame, equal, task, length)
    runs = [rows_with(rows, **dataclasses.asdict(name)).set_index("step") for name in names]
    for name, run in zip(names, runs, strict=True):
        if run.empty:
            there = ", ".join(str(known) for known in run_names(frame, equal, task, length))
            raise DataError(f"The results hold no run {name} of {task} at length {length}; choose one of: {there}.")
    threshold = threshold_percent / 100 * _of_runs(frame, equal, task, length, "baseline")
    steps = np.union1d(runs[0].index, runs[1].index)
    steps = steps[steps >= max(run.index.min() for run in runs)]
    table = pd.DataFrame({"step": steps})
    for which, run in zip(("one", "other"), runs, strict=True):
        table[f"loss_{which}"] = np.interp(steps, run.index, run["loss"])
        pace = run["seconds"].iloc[-1] / run.index[-1]
        after = run["seconds"].iloc[-1] + (steps - run.index[-1]) * pace
        table[f"seconds_{which}"] = np.where(steps <= run.index[-1], np.interp(steps, run.index, run["seconds"]), after)
    table["difference"] = table["loss_other"] - table["loss_one"]
    return RunPair(names, table, (_first_below(runs[0], threshold), _first_below(runs[1], threshold)), threshold)


def _first_below(run: pd.DataFrame, threshold: float) -> tuple[float, float]:
    """Return updates and seconds at the first measurement at or below the threshold."""
    below = run[run["loss"] <= threshold]
    return (math.inf, math.inf) if below.empty else (float(below.index[0]), float(below["seconds"].iloc[0]))


def _reached(updates: float, seconds: float) -> str:
    return (
        "never gets there"
        if math.isinf(updates)
        else f"gets there after {updates:,.0f} updates, {seconds:.3g} s of processor time"
    )


def _rows(frame: pd.DataFrame, equal: str, task: str, length: int) -> pd.DataFrame:
    rows = rows_with(frame, kind="curve", equal=equal, task=task, length=length)
    if rows.empty:
        raise DataError(f"The results hold no curves for {task} at length {length}.")
    return rows


def _of_runs(frame: pd.DataFrame, equal: str, task: str, length: int, name: str) -> float:
    """Return the number `name` that all runs of a task and length share."""
    return float(rows_with(frame, kind="summary", equal=equal, task=task, length=length)[name].iloc[0])
