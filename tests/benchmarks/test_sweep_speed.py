"""A sweep on two local worker processes beside the same sweep on one, in the same minute on the same machine.

Only the runs are timed: a worker is started once, however long the sweep. A run is a single thread's work, so that what
could be lost is what the workers wait for each other and for the process that hands out the work.
"""

from __future__ import annotations

import os

import pandas as pd
import pytest

from engine.experiments import COMPARISONS, compare
from engine.experiments.base import Comparison, TaskPlan
from tests.benchmarks.pace import gain_of_two_processes
from tests.benchmarks.visitor import describe_machine

SHARE = 0.7  # of what two processes of plain Python gain at the same minute
RUNS = 6
SWEEP = Comparison(
    name="even",
    title="Runs that all take about as long",
    parameters=10_000,
    seeds=tuple(range(RUNS)),
    plans=(TaskPlan("copying", (20,), 180, learning_rates={"lstm": 1e-3}, evaluate_every=180),),
    held_out=100,
    validation=50,
    architectures=("lstm",),
)

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.whole_machine,
    pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="needs two cores"),
]


def test_two_workers_finish_sooner_than_one(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("DASK_SCHEDULER_ADDRESS", raising=False)
    monkeypatch.setitem(COMPARISONS._entries, "even", SWEEP)
    monkeypatch.setitem(COMPARISONS._meta, "even", {})
    seconds, losses, possible = {}, {}, [gain_of_two_processes()]
    for workers in (1, 2):
        last = list(compare("even", tmp_path / str(workers), workers=workers))[-1]
        assert last.runs == RUNS
        seconds[workers] = last.elapsed_seconds
        losses[workers] = pd.read_parquet(last.path)["loss"].tolist()
    assert losses[1] == losses[2]
    possible.append(gain_of_two_processes())
    ratio = seconds[1] / seconds[2]
    with capsys.disabled():
        print(
            f"\n{RUNS} runs: {seconds[1]:.1f} s with one worker, {seconds[2]:.1f} s with two, {ratio:.2f} times "
            f"(plain Python: {possible[0]:.2f} and {possible[1]:.2f}); "
            f"{describe_machine()}"
        )
    assert ratio >= SHARE * min(2.0, *possible)
