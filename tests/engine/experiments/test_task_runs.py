"""Runs and sweeps: the networks are equal in size, a run repeats itself, a sweep goes on where it stopped."""

from __future__ import annotations

import dataclasses
import math

import pandas as pd
import pytest
import torch

from engine.errors import ConfigError, DataError
from engine.experiments import COMPARISONS, RunRows, RunSpec, compare, run_cell
from engine.experiments.base import Comparison, TaskPlan, matched_hidden_size
from engine.experiments.runs import build_network
from engine.experiments.sweeps import RunFinished, RunStarted, SweepFinished, select_specs
from engine.experiments.task_learning import TaskLearning
from engine.models.sequence_predictor import SequencePredictor, count_parameters, hidden_size_for
from engine.tasks import TASKS
from engine.training import Evaluated, StepDone

SPEC = RunSpec(
    task="delayed_recall", architecture="lstm", length=3, seed=1, hidden_size=16, max_steps=60, evaluate_every=20,
    held_out=100, learning_rate=1e-2,
)  # fmt: skip


def finish(spec: RunSpec) -> RunRows:
    return list(run_cell(spec))[-1]


@pytest.mark.parametrize("task_name", ["adding", "copying", "delayed_recall"])
@pytest.mark.parametrize("parameters", [5_000, 20_000])
def test_networks_are_equal_in_size_within_two_percent(task_name, parameters):
    task = TASKS.get(task_name)(10)
    for cell in ("rnn", "lstm", "gru"):
        hidden_size = matched_hidden_size(task, cell, parameters)
        network = SequencePredictor(task.input_size, task.vocab_size, task.output_size, hidden_size, cell)
        sizes = (task.input_size, task.vocab_size, task.output_size)
        assert network.parameter_count() == count_parameters(cell, *sizes, hidden_size)
        assert abs(network.parameter_count() / parameters - 1) < (0.02 if parameters == 20_000 else 0.04)
        closer = [abs(count_parameters(cell, *sizes, hidden_size + d) - parameters) for d in (-1, 0, 1)]
        assert min(closer) == closer[1]


def test_parameters_of_equal_hidden_size_stand_one_to_three_to_four():
    counts = {cell: count_parameters(cell, 32, 0, 4, 32) - 33 * 4 for cell in ("rnn", "gru", "lstm")}
    assert counts["gru"] == 3 * counts["rnn"]
    assert counts["lstm"] == 4 * counts["rnn"]
    assert hidden_size_for(counts["gru"] + 33 * 4, "gru", 32, 0, 4) == 32


@pytest.mark.parametrize(("cell", "keeping"), [("lstm", {1: 4.0, 0: -4.0}), ("gru", {1: 4.0}), ("rnn", {})])
def test_the_memory_gates_start_out_to_keep(cell, keeping):
    network = SequencePredictor(2, 0, 1, 8, cell, memory_bias=4.0)
    total = (network.layer.bias_ih_l0 + network.layer.bias_hh_l0).detach()
    for index, block in enumerate(total.split(8)):
        if index in keeping:
            assert block.tolist() == [keeping[index]] * 8
        else:
            assert block.abs().max() < 2 * 8**-0.5


@pytest.mark.parametrize("task_name", ["adding", "delayed_recall"])
@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_reading_step_by_step_equals_reading_the_whole_sequence(task_name, cell):
    task = TASKS.get(task_name)(6)
    network = SequencePredictor(task.input_size, task.vocab_size, task.output_size, 8, cell).eval()
    inputs = task.batch(3, torch.Generator().manual_seed(0)).inputs
    state, answers = network.start(3), []
    for now in inputs.unbind(1):
        answer, state = network.step(now, state)
        answers.append(answer)
    torch.testing.assert_close(torch.stack(answers, 1), network(inputs)[0])


def test_held_out_sequences_are_the_same_for_all_and_no_training_batch_repeats():
    task = TASKS.get("adding")(8)
    one, two = TaskLearning(task, 4, seed=0, held_out=50), TaskLearning(task, 4, seed=3, held_out=50)
    assert torch.equal(one.held_out.inputs, two.held_out.inputs)
    assert torch.equal(one.batch(7).inputs, TaskLearning(task, 4, seed=0).batch(7).inputs)
    assert not torch.equal(one.batch(7).inputs, one.batch(8).inputs)
    assert not torch.equal(one.batch(7).inputs, two.batch(7).inputs)


def test_a_run_yields_trainer_events_then_rows_that_agree_with_them():
    events = list(run_cell(SPEC))
    evaluations = [event for event in events if isinstance(event, Evaluated)]
    assert any(isinstance(event, StepDone) for event in events)
    summary, curve = events[-1].summary, events[-1].curve
    assert [row["step"] for row in curve] == [event.step for event in evaluations]
    assert [row["loss"] for row in curve] == [event.metrics["loss"] for event in evaluations]
    assert summary["loss"] == min(row["loss"] for row in curve)
    assert summary["parameters"] == build_network(SPEC, TASKS.get("delayed_recall")(3)).parameter_count()
    assert summary["baseline"] == pytest.approx(math.log(8))
    assert 0 < summary["seconds_per_step"] < 1
    assert all(summary[name] for name in ("commit", "hardware", "cores", "torch", "date"))


def test_the_same_spec_gives_the_same_numbers_and_another_seed_others():
    first, again, other = finish(SPEC), finish(SPEC), finish(dataclasses.replace(SPEC, seed=2))
    assert [row["loss"] for row in first.curve] == [row["loss"] for row in again.curve]
    assert [row["loss"] for row in first.curve] != [row["loss"] for row in other.curve]


def test_a_run_learns_and_stops_when_the_task_is_solved():
    rows = finish(dataclasses.replace(SPEC, max_steps=2000))
    assert rows.summary["is_solved"]
    assert rows.summary["reason"] == "solved"
    assert rows.summary["solved_step"] == rows.summary["step"] == rows.curve[-1]["step"] < 2000
    assert rows.curve[-1]["accuracy"] >= 0.99
    assert all(row["accuracy"] < 0.99 for row in rows.curve[:-1])


def test_a_run_that_explodes_says_so():
    spec = dataclasses.replace(SPEC, task="adding", architecture="rnn", learning_rate=1.0, max_grad_norm=0.0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engine.tasks.adding.Adding.loss", lambda self, outputs, batch: outputs.sum() * math.nan)
        summary = finish(spec).summary
    assert (summary["reason"], summary["is_solved"], summary["step"]) == ("diverged", False, 0)
    assert math.isnan(summary["loss"])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [({"task": "juggling"}, "adding"), ({"architecture": "esn"}, "lstm"), ({"length": 0}, "between 1 and")],
)
def test_an_impossible_run_is_refused_in_words(changes, sentence):
    with pytest.raises(ConfigError, match=sentence):
        list(run_cell(dataclasses.replace(SPEC, **changes)))


TINY = Comparison(
    name="tiny",
    title="Tiny",
    parameters=400,
    seeds=(0, 1),
    plans=(TaskPlan("delayed_recall", (1, 2), 4, {"rnn": 1e-3, "lstm": 1e-3, "gru": 1e-3}, evaluate_every=2),),
    batch_size=2,
    held_out=10,
    timing_lengths=(3,),
    timing_hidden_size=4,
)


@pytest.fixture
def tiny(monkeypatch):
    monkeypatch.setitem(COMPARISONS._entries, "tiny", TINY)
    monkeypatch.setitem(COMPARISONS._meta, "tiny", {})
    return TINY


def test_a_sweep_writes_one_table_and_does_not_repeat_what_is_there(tiny, tmp_path):
    events = list(compare("tiny", tmp_path))
    assert isinstance(events[-1], SweepFinished)
    progress = [event.progress for event in events]
    assert progress == sorted(progress)
    assert progress[-1] == 1
    assert all(event.message and "\n" not in event.message for event in events)
    frame = pd.read_parquet(tmp_path / "tiny.parquet")
    assert frame["kind"].value_counts().to_dict() == {"curve": 24, "summary": 12, "timing": 6}
    again = list(compare("tiny", tmp_path))
    assert [type(event) for event in again] == [SweepFinished]
    assert again[0].runs == 0
    pd.testing.assert_frame_equal(frame, pd.read_parquet(tmp_path / "tiny.parquet"))


def test_a_sweep_cut_short_goes_on_where_it_stopped(tiny, tmp_path):
    for event in compare("tiny", tmp_path):
        if isinstance(event, RunFinished) and event.spec.architecture == "gru":
            break
    rest = [event.spec for event in compare("tiny", tmp_path) if isinstance(event, RunStarted)]
    assert len(rest) == 9
    frame = pd.read_parquet(tmp_path / "tiny.parquet")
    summaries = frame[frame["kind"] == "summary"]
    assert len(summaries) == 12
    assert not summaries.duplicated(["task", "architecture", "length", "seed"]).any()
    assert (frame["kind"] == "timing").sum() == 6


def test_only_picks_runs_by_task_architecture_length_or_seed(tiny):
    assert len(select_specs(tiny, "")) == 12
    assert {spec.architecture for spec in select_specs(tiny, "lstm,gru")} == {"lstm", "gru"}
    assert {(s.length, s.architecture, s.seed) for s in select_specs(tiny, "2, rnn,seed=1")} == {(2, "rnn", 1)}
    with pytest.raises(ConfigError, match="--only 7 matches no run; choose among: delayed_recall"):
        select_specs(tiny, "7")


def test_unknown_recipes_and_damaged_tables_are_refused_in_words(tiny, tmp_path):
    with pytest.raises(ConfigError, match="choose one of: .*synthetic"):
        list(compare("everything", tmp_path))
    (tmp_path / "tiny.parquet").write_text("not a table")
    with pytest.raises(DataError, match="cannot be read as Parquet"):
        list(compare("tiny", tmp_path))


def test_shipped_recipes_are_grids_of_three_seeds_at_equal_size():
    comparison = COMPARISONS.get("synthetic")
    specs = comparison.specs()
    assert len(specs) == len(set(specs)) == 81
    assert {(s.task, s.architecture, s.seed) for s in specs[:27]} == {
        (task, cell, 0) for task in TASKS.names() for cell in ("rnn", "lstm", "gru")
    }
