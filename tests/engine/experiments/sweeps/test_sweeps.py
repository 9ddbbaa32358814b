"""Sweeps: whoever does the work and however often it is cut off, the rows are the same, and nothing is done twice."""

from __future__ import annotations

import dataclasses
import functools
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from engine.command_line import main
from engine.errors import ConfigError, DataError, JobError
from engine.experiments import COMPARISONS, check_cells, compare
from engine.experiments.base import TRIAL_SEED, Comparison, RunSpec, TaskPlan  # noqa: F401 - read by RECIPE
from engine.experiments.costs.pace import Pace, condition_of, cost_table, makespan
from engine.experiments.runs.results import load_results
from engine.experiments.sweeps.checks import Range
from engine.experiments.sweeps.sweep import (
    RunFailed,
    RunFinished,
    RunProgress,
    RunStarted,
    SweepFinished,
    SweepPlanned,
    chosen_rates,
    select_specs,
    trial_key,
)
from engine.experiments.sweeps.tables import open_table
from engine.experiments.sweeps.workers import Told, open_workers

ROOT = Path(__file__).resolve().parents[4]
RECIPE = """
Comparison(
    name="tiny", title="Tiny", parameters=400, hidden_size=4, seeds=(0, 1), grid=(1e-3, 1e-2),
    same_size_architectures=("rnn", "lstm"), batch_size=2, held_out=10, validation=5,
    plans=(TaskPlan("delayed_recall", (1, 2), 4, evaluate_every=2, same_size_lengths=(2,)),),
)
"""
TINY: Comparison = eval(RECIPE, {"Comparison": Comparison, "TaskPlan": TaskPlan})  # for another process as well
TRIALS, RUNS = 2 * 3 * 2, 2 * (2 * 3 + 2)
IN_TIME = [
    "seconds_per_step",
    "elapsed_seconds",
    "date",
    "commit",
]  # a colleague may commit between two sweeps of this test


@pytest.fixture(autouse=True)
def tiny(monkeypatch):
    monkeypatch.delenv("DASK_SCHEDULER_ADDRESS", raising=False)
    monkeypatch.setitem(COMPARISONS._entries, "tiny", TINY)
    monkeypatch.setitem(COMPARISONS._meta, "tiny", {})
    return TINY


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The events of a sweep that nothing disturbed, and its table."""
    folder = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(COMPARISONS._entries, "tiny", TINY)
        patch.setitem(COMPARISONS._meta, "tiny", {})
        return list(compare("tiny", folder, workers=0)), folder


def rows_of(folder):
    return pd.read_parquet(folder / "tiny.parquet").drop(columns=IN_TIME)


def test_a_sweep_writes_one_table_and_does_not_repeat_what_is_there(whole, tmp_path):
    events, folder = whole
    assert isinstance(events[0], SweepPlanned)
    assert (events[0].runs, events[0].done, events[0].trials) == (RUNS, 0, TRIALS)
    assert isinstance(events[-1], SweepFinished)
    assert events[-1].runs == RUNS
    progress = [event.progress for event in events]
    assert progress == sorted(progress)
    assert (progress[0], progress[-1]) == (0, 1)
    assert all(event.message and "\n" not in event.message for event in events)
    frame = load_results("tiny", folder)
    assert frame["kind"].value_counts().to_dict() == {"curve": 2 * RUNS, "summary": RUNS, "tuning": TRIALS}
    summaries = frame[frame["kind"] == "summary"]
    assert not summaries.duplicated(["task", "architecture", "length", "equal", "seed"]).any()
    assert set(summaries[summaries["equal"] == "hidden_size"]["hidden_size"]) == {4}
    assert TRIAL_SEED not in set(summaries["seed"])
    assert sorted(path.name for path in folder.iterdir()) == ["tiny.parquet"]
    before = (folder / "tiny.parquet").read_bytes()
    again = list(compare("tiny", folder, workers=0))
    assert [(type(event), event.runs) for event in again] == [(SweepFinished, 0)]
    pd.testing.assert_frame_equal(pd.read_parquet(folder / "tiny.parquet"), frame_in_bytes(before, tmp_path))


def frame_in_bytes(data, folder):
    (folder / "before.parquet").write_bytes(data)
    return pd.read_parquet(folder / "before.parquet")


def test_the_learning_rate_is_the_one_that_did_best_on_validation_sequences(whole):
    frame = load_results("tiny", whole[1])
    trials, runs = frame[frame["kind"] == "tuning"], frame[frame["kind"] == "summary"]
    assert set(trials["seed"]) == {TRIAL_SEED}
    assert set(trials["learning_rate"]) == {1e-3, 1e-2}
    for (name, length), own in trials.groupby(["architecture", "length"]):
        assert not (own["reason"] == "solved").any()
        best = own.sort_values("validation_loss")["learning_rate"].iloc[0]
        assert set(runs[(runs["architecture"] == name) & (runs["length"] == length)]["learning_rate"]) == {best}


def test_the_choice_waits_for_every_rate_and_passes_over_trials_that_diverged():
    specs = TINY.trials()[:2]
    slow = {"learning_rate": 1e-3, "validation_loss": 0.5, "step": 2, "reason": "max_steps"}
    fast = {"learning_rate": 1e-2, "step": 2, "reason": "diverged"}
    rows = {trial_key(specs[0]): [slow], trial_key(specs[1]): [fast]}
    assert chosen_rates(specs, lambda key: rows.get(key, [])) == {("delayed_recall", "rnn", 1): 1e-3}
    rows[trial_key(specs[1])] = [fast | {"validation_loss": 0.4, "reason": "max_steps"}]
    assert chosen_rates(specs, lambda key: rows.get(key, [])) == {("delayed_recall", "rnn", 1): 1e-2}
    rows[trial_key(specs[0])] = [slow | {"reason": "solved"}]  # who solves the task comes before who has the lower loss
    assert chosen_rates(specs, lambda key: rows.get(key, [])) == {("delayed_recall", "rnn", 1): 1e-3}
    del rows[trial_key(specs[0])]
    assert chosen_rates(specs, lambda key: rows.get(key, [])) == {}


KILLED = f"""
import sys
from engine.experiments import COMPARISONS, compare
from engine.experiments.base import Comparison, TaskPlan

COMPARISONS.register("tiny")({RECIPE.strip()})
for event in compare("tiny", sys.argv[1], workers=0):
    print(type(event).__name__, flush=True)
    sys.stdin.readline()
"""


def test_a_sweep_that_is_killed_goes_on_and_ends_with_the_same_rows(whole, tmp_path):
    sweep = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    finished, in_a_run = 0, False
    while finished < TRIALS + RUNS // 2 or not in_a_run:  # half way, in the middle of a run
        name = sweep.stdout.readline().strip()
        assert name, "the sweep ended"
        finished += name == RunFinished.__name__
        in_a_run = name == RunProgress.__name__
        sweep.stdin.write("\n")
        sweep.stdin.flush()
    sweep.kill()
    sweep.communicate()
    left = len(list((tmp_path / "tiny.parts").glob("*.parquet")))
    assert finished <= left <= finished + 1  # it may have ended one more before it died
    (tmp_path / "tiny.parts" / "run-half-written.parquet").write_bytes(b"PAR1 cut off with the machine")
    events = list(compare("tiny", tmp_path, workers=0))
    assert sum(isinstance(event, RunStarted) for event in events) == TRIALS + RUNS - left
    assert events[-1].runs == TRIALS + RUNS - left
    pd.testing.assert_frame_equal(rows_of(tmp_path), rows_of(whole[1]))


def test_the_rows_do_not_depend_on_who_does_the_work(whole, tmp_path, monkeypatch):
    from distributed import LocalCluster

    options = {
        "n_workers": 1,
        "threads_per_worker": 1,
        "processes": False,
        "dashboard_address": "127.0.0.1:0",
        "protocol": "tcp",
    }
    with LocalCluster(
        host="127.0.0.1", scheduler_kwargs={"dashboard": False}, worker_dashboard_address=None, **options
    ) as cluster:
        monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", cluster.scheduler_address)
        events = list(compare("tiny", tmp_path))
        assert cluster.scheduler_address in events[0].message
        assert cluster.status.name == "running"  # somebody else's: left as it is
        with open_workers() as crew:
            results, kept = [], []
            for value in (1, 2):
                crew.start(0, say, value)
                kept = [*kept, *crew._futures.values()]  # whoever keeps a future keeps its result in the cluster
                results.append(crew.next())
            assert results == [Told(0, "finished", 1), Told(0, "finished", 2)]
    pd.testing.assert_frame_equal(rows_of(tmp_path), rows_of(whole[1]))


def test_local_workers_keep_their_memory_unless_told_otherwise(monkeypatch):
    monkeypatch.delenv("DASK_SCHEDULER_ADDRESS", raising=False)
    for told, expected in (("", str(2**30)), ("4096", "4096")):
        monkeypatch.setenv("MALLOC_TRIM_THRESHOLD_", told) if told else monkeypatch.delenv(
            "MALLOC_TRIM_THRESHOLD_", raising=False
        )
        with open_workers(1) as crew:
            crew.start(0, variable, "MALLOC_TRIM_THRESHOLD_")
            assert crew.next() == Told(0, "finished", expected)


def variable(name):
    """Work that reads an environment variable."""
    yield from ()
    return os.environ.get(name)


def say(value):
    """Work that is done at once."""
    yield from ()
    return value


def test_an_unreachable_scheduler_is_said_in_one_line(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", "tcp://127.0.0.1:1")
    assert main(["compare", "--recipe", "tiny", "--output", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert said == "error: The cluster at tcp://127.0.0.1:1 (DASK_SCHEDULER_ADDRESS) cannot be reached.\n"
    assert not (tmp_path / "tiny.parquet").exists()


def test_an_interrupted_sweep_ends_with_its_workers_and_says_how_to_go_on(tmp_path):
    command = [
        sys.executable,
        "-m",
        "engine",
        "compare",
        "--recipe",
        "quick",
        "--output",
        str(tmp_path),
        "--workers",
        "1",
    ]
    # A test run in the background of a shell ignores the signal, and hands that on to the processes it starts.
    default = functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    sweep = subprocess.Popen(
        [*command, "--only", "delayed_recall"],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=default,
    )
    while "seed" not in sweep.stderr.readline():  # the first trial is over
        assert sweep.poll() is None
    os.killpg(sweep.pid, signal.SIGINT)  # as a terminal does: to every process
    said = sweep.communicate()[1]
    assert sweep.returncode == 130
    assert "go on with: python -m engine compare --recipe quick --only delayed_recall --output" in said
    assert "Traceback" not in said
    assert is_gone_soon(sweep.pid), "somebody of that group is left"
    assert len(load_results("quick", tmp_path)) >= 1


def test_runs_made_with_other_settings_are_made_again(whole, tmp_path, monkeypatch):
    (tmp_path / "tiny.parquet").write_bytes((whole[1] / "tiny.parquet").read_bytes())
    plan = dataclasses.replace(
        TINY.plans[0], lengths=(2,), max_steps=6, trial_length=1, trial_steps=2
    )  # those trials stay as they were
    monkeypatch.setitem(COMPARISONS._entries, "tiny", dataclasses.replace(TINY, plans=(plan,)))
    events = list(compare("tiny", tmp_path, "rnn", workers=0))
    assert sum(isinstance(event, RunStarted) for event in events) == 4
    frame = load_results("tiny", tmp_path)
    made = frame[(frame["kind"] == "summary") & (frame["architecture"] == "rnn") & (frame["length"] == 2)]
    assert set(made["max_steps"]) == {6}
    assert set(frame[frame["kind"] == "summary"]["length"]) == {1, 2}
    list(compare("tiny", tmp_path, workers=0))  # the whole of it: what the recipe does not hold any more is left out
    frame = load_results("tiny", tmp_path)
    assert set(frame[frame["kind"] == "summary"]["length"]) == {2}


def test_one_sweep_writes_at_a_time(tmp_path):
    with open_table(tmp_path / "tiny.parquet"), pytest.raises(JobError, match="Another sweep is writing tiny.parquet"):
        list(compare("tiny", tmp_path, workers=0))


def test_a_table_that_cannot_be_used_is_set_aside_and_made_anew(whole, tmp_path):
    (tmp_path / "tiny.parquet").write_text("not a table")
    events = list(compare("tiny", tmp_path, "rnn,1,seed=0", workers=0))
    assert "set aside as tiny.parquet.old" in events[-1].message
    assert (tmp_path / "tiny.parquet.old").read_text() == "not a table"
    assert len(load_results("tiny", tmp_path)) == 2 + 1 + 2  # two trials, a run and its two measurements


def test_a_run_that_fails_does_not_take_the_others_with_it(monkeypatch, tmp_path):
    from engine.experiments.sweeps import sweep as sweeps

    make = sweeps.run_condition

    def fail_for_gru(spec):
        if spec.architecture == "gru":
            raise DataError("The corpus is gone.")
        return make(spec)

    monkeypatch.setattr(sweeps, "run_condition", fail_for_gru)
    events = []
    with pytest.raises(
        JobError,
        match=r"4 of 28 runs failed\. .*gru.*: The corpus is gone\. What is finished is kept; go on with: python",
    ):
        events.extend(iter_until_error(compare("tiny", tmp_path, workers=0), events))
    assert sum(isinstance(event, RunFailed) for event in events) == 4  # the trials; its runs were not begun
    assert (load_results("tiny", tmp_path)["kind"] == "summary").sum() == RUNS - 4


def iter_until_error(running, events):
    for event in running:
        events.append(event)
    return []


def test_only_picks_runs_by_task_architecture_length_equality_or_seed(tiny):
    assert len(select_specs(tiny, "")) == RUNS
    assert {spec.architecture for spec in select_specs(tiny, "lstm,gru")} == {"lstm", "gru"}
    assert {spec.equal for spec in select_specs(tiny, "hidden_size")} == {"hidden_size"}
    picked = select_specs(tiny, "2, rnn,seed=1,parameters")
    assert [(spec.length, spec.architecture, spec.seed) for spec in picked] == [(2, "rnn", 1)]
    for word in ("7", "0", "100000"):
        with pytest.raises(ConfigError, match=f"--only {word} matches no run; choose among: delayed_recall"):
            select_specs(tiny, word)


def test_seeds_are_outermost_and_trials_are_apart():
    specs = TINY.specs()
    assert [spec.seed for spec in specs] == [0] * (RUNS // 2) + [1] * (RUNS // 2)
    assert len(set(specs)) == RUNS
    assert {(spec.length, spec.seed, spec.equal, spec.max_steps) for spec in TINY.trials()} == {
        (length, TRIAL_SEED, "parameters", 2) for length in (1, 2)
    }


def test_learning_rates_are_chosen_at_each_length_unless_the_plan_names_one():
    rates = {("delayed_recall", "rnn", 1): 1e-3, ("delayed_recall", "rnn", 2): 1e-2}
    chosen = {(spec.length, spec.equal): spec.learning_rate for spec in TINY.specs(rates) if spec.architecture == "rnn"}
    assert chosen == {(1, "parameters"): 1e-3, (2, "parameters"): 1e-2, (2, "hidden_size"): 1e-2}
    at_one = dataclasses.replace(TINY, plans=(dataclasses.replace(TINY.plans[0], trial_length=1),))
    assert {spec.learning_rate for spec in at_one.specs(rates) if spec.architecture == "rnn"} == {1e-3}
    assert {at_one.tuned_at(spec) for spec in at_one.specs() if spec.length == 2} == {
        ("delayed_recall", name, 1) for name in ("rnn", "lstm", "gru")
    }


def test_what_a_sweep_costs_is_said_first_and_a_dry_run_writes_nothing(tmp_path, capsys):
    assert main(["compare", "--recipe", "tiny", "--output", str(tmp_path), "--dry-run", "--workers", "0"]) == 0
    said = capsys.readouterr().out
    assert f"tiny: {RUNS} runs, 0 done already; {TRIALS} trials of learning rates to do; at most" in said
    assert "processor hours" in said
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ConfigError, match="--workers must lie between 0"):
        list(compare("tiny", tmp_path, workers=-1))


def test_costs_are_counted_from_paces():
    specs = [RunSpec(architecture="rnn", seed=seed, max_steps=100, evaluate_every=30) for seed in (0, 1, 2)]
    trial = dataclasses.replace(specs[0], seed=TRIAL_SEED, max_steps=60)
    paces = {condition_of(specs[0]): Pace(update=36.0, measurement=9.0)}
    row = cost_table(specs, specs[1:], [trial], paces).iloc[0]
    one = 100 * 36 + 4 * 9  # four measurements: at 30, 60, 90 and at the end
    assert (row["runs"], row["done"], row["trials"]) == (3, 1, 1)
    assert row["hours"] == pytest.approx((2 * one + 60 * 36 + 2 * 9) / 3600)
    assert row["longest_minutes"] == pytest.approx(one / 60)
    assert makespan([5, 1, 1, 4], 2) == 6  # one does 5, the other 1, 1 and 4
    assert makespan([5, 1, 1, 4], 1) == 11


def test_unknown_recipes_are_refused_in_words(tmp_path):
    with pytest.raises(ConfigError, match="choose one of: .*quick"):
        list(compare("everything", tmp_path))


def test_cells_made_again_lie_in_the_range_of_the_table_unless_it_is_false(whole, tmp_path, capsys):
    checked = list(check_cells("tiny", 3, whole[1], workers=0, draw=5))
    own = [run for run in checked if not run.is_new]
    assert len(own) == len(checked) - len(own) == 3
    assert len({(run.spec.architecture, run.spec.length, run.spec.equal) for run in own}) == 3
    assert all(run.is_inside for run in own)
    assert all(run.spec.seed not in (0, 1) for run in checked if run.is_new)
    frame = pd.read_parquet(whole[1] / "tiny.parquet")
    frame["loss"] *= 1.5
    frame.to_parquet(tmp_path / "tiny.parquet")
    command = ["compare", "--recipe", "tiny", "--output", str(tmp_path), "--workers", "0", "--check"]
    assert main([*command, "1"]) == 2
    out, err = capsys.readouterr()
    assert "OUTSIDE" in out
    assert err == "error: Runs with the shipped seeds gave other results here.\n"
    assert main([*command, "99"]) == 2
    assert "--check must lie between 1 and 8 (finished cells), not 99" in capsys.readouterr().err


def test_inside_the_range_means_loss_or_steps_of_the_shipped_runs():
    solved = Range(loss=(0.001, 0.002), solved_step=(200.0, 300.0), solved=3, runs=3)
    assert solved.holds({"is_solved": True, "solved_step": 350, "loss": 1}, evaluate_every=50)
    assert not solved.holds({"is_solved": True, "solved_step": 351, "loss": 1}, evaluate_every=50)
    assert not solved.holds({"is_solved": False, "loss": 0.0015}, evaluate_every=50)
    unsolved = Range(loss=(0.1, 0.2), solved_step=None, solved=0, runs=3)
    assert unsolved.holds({"is_solved": False, "loss": 0.203}, evaluate_every=50)
    assert not unsolved.holds({"is_solved": False, "loss": 0.21}, evaluate_every=50)
    assert not unsolved.holds({"is_solved": True, "solved_step": 100, "loss": 0.1}, evaluate_every=50)


def test_a_rows_settings_give_its_spec_back(whole):
    frame = load_results("tiny", whole[1])
    row = frame[(frame["kind"] == "summary")].iloc[0]
    settings = json.loads(row["settings"])
    assert {name: settings[name] for name in ("task", "architecture", "length", "equal", "seed")} == {
        name: row[name] for name in ("task", "architecture", "length", "equal", "seed")
    }


def is_gone_soon(group: int) -> bool:
    """Return whether nobody of a process group is left within a minute."""
    for _ in range(600):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False
