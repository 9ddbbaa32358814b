"""What a sweep will cost, before it starts: a few updates of every task x architecture x length are measured, the rest
is counted.

The statement is an upper bound: a run that solves its task stops, and which will is what the sweep is to find out.
"""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Generator, Sequence

import pandas as pd
import torch

from engine.config import JsonObject
from engine.experiments.base import RunSpec
from engine.experiments.runs.run import build_network
from engine.experiments.runs.task_learning import TaskLearning
from engine.tasks import TASKS
from engine.training.denormals import flushed_denormals

MEASURED_UPDATES = 2
SAMPLE = 25  # sequences measured of the held-out ones, the rest is counted
TYPICAL_RATE = 1e-3
Condition = tuple[str, str, int, str]


@dataclasses.dataclass(frozen=True)
class Pace:
    """Processor seconds of one update and of one measurement on held-out and validation sequences."""

    update: float
    measurement: float

    def seconds(self, spec: RunSpec) -> float:
        """Return the processor seconds of a run that uses up its budget."""
        return spec.max_steps * self.update + math.ceil(spec.max_steps / spec.evaluate_every) * self.measurement


def condition_of(spec: RunSpec) -> Condition:
    """Return what decides the pace of a run."""
    return spec.task, spec.architecture, spec.length, spec.equal


def pace_work(specs: Sequence[RunSpec]) -> Generator[JsonObject, None, list[Pace]]:
    """Measure the pace of each spec; see `engine.experiments.sweeps.workers` for what work is."""
    paces = []
    for spec in specs:
        paces.append(_measure(spec))
        yield {}
    return paces


def get_ready() -> None:
    """Make one tiny update: the first one of a process imports parts of torch, for seconds."""
    _measure(RunSpec(length=1, hidden_size=1, batch_size=1, held_out=1, validation=1))


def _measure(spec: RunSpec) -> Pace:
    torch.set_num_threads(1)
    task = TASKS.get(spec.task)(spec.length)
    network = build_network(spec, task)
    learning = TaskLearning(task, dataclasses.replace(spec, held_out=SAMPLE, validation=1))
    optimizer = torch.optim.AdamW(network.parameters(), lr=TYPICAL_RATE, fused=True)
    updates = []
    for position in range(1 + MEASURED_UPDATES):  # the first one warms up
        started = time.thread_time()
        with flushed_denormals():
            loss, _ = learning.loss(network, learning.batch(position), None)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        updates.append(time.thread_time() - started)
    network.eval()
    started = time.thread_time()
    with torch.no_grad():
        learning.evaluate(network)
    share = (spec.held_out + spec.validation) / (SAMPLE + 1)
    return Pace(min(updates[1:]), (time.thread_time() - started) * share)


def cost_table(
    runs: Sequence[RunSpec], todo: Sequence[RunSpec], trials: Sequence[RunSpec], paces: dict[Condition, Pace]
) -> pd.DataFrame:
    """Return per task: runs, done, trials to do, processor hours at most for what is missing, minutes of its longest
    run, its data."""
    rows = []
    for task in dict.fromkeys(spec.task for spec in runs):
        own, missing = ([spec for spec in specs if spec.task == task] for specs in (runs, todo))
        tried = [spec for spec in trials if spec.task == task]
        seconds = [paces[condition_of(spec)].seconds(spec) for spec in [*missing, *tried]]
        rows.append(
            {
                "task": task,
                "runs": len(own),
                "done": len(own) - len(missing),
                "trials": len(tried),
                "hours": sum(seconds) / 3600,
                "longest_minutes": max((seconds[position] for position in range(len(missing))), default=0.0) / 60,
                "data": TASKS.get(task)(own[0].length).source_sentence,
            }
        )
    return pd.DataFrame(rows, columns=["task", "runs", "done", "trials", "hours", "longest_minutes", "data"])


def makespan(seconds: Sequence[float], slots: int) -> float:
    """Return how long pieces of work take on so many workers if each takes the next piece when it is free."""
    free = [0.0] * max(1, slots)
    for piece in seconds:
        first = min(range(len(free)), key=free.__getitem__)
        free[first] += piece
    return max(free)


def in_words(seconds: float) -> str:
    """Return a time as people say it."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:.1f} hours"
