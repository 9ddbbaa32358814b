"""Runs: the networks are equal in size, a run repeats itself, and its rows say what happened."""

from __future__ import annotations

import dataclasses
import json
import math

import pytest
import torch

from engine.config import from_dict
from engine.errors import ConfigError
from engine.experiments import RunRows, RunSpec, run_condition
from engine.experiments.base import matched_hidden_size
from engine.experiments.runs.run import build_network, saved_bytes
from engine.experiments.runs.task_learning import TaskLearning
from engine.models.sequence_predictor import SequencePredictor, count_parameters, hidden_size_for
from engine.tasks import TASKS
from engine.training import Evaluated, StepDone

SPEC = RunSpec(
    task="delayed_recall",
    architecture="lstm",
    length=3,
    seed=1,
    hidden_size=16,
    max_steps=60,
    evaluate_every=20,
    held_out=100,
    learning_rate=1e-2,
)


def finish(spec: RunSpec) -> RunRows:
    return list(run_condition(spec))[-1]


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
    one, two = (TaskLearning(task, RunSpec(batch_size=4, seed=seed, held_out=50)) for seed in (0, 3))
    assert torch.equal(one.measured[""].inputs, two.measured[""].inputs)
    assert torch.equal(one.batch(7).inputs, TaskLearning(task, RunSpec(batch_size=4, seed=0)).batch(7).inputs)
    assert not torch.equal(one.batch(7).inputs, one.batch(8).inputs)
    assert not torch.equal(one.batch(7).inputs, two.batch(7).inputs)


def test_a_run_yields_trainer_events_then_rows_that_agree_with_them():
    events = list(run_condition(SPEC))
    evaluations = [event for event in events if isinstance(event, Evaluated)]
    assert any(isinstance(event, StepDone) for event in events)
    summary, curve = events[-1].summary, events[-1].curve
    assert [row["step"] for row in curve] == [event.step for event in evaluations]
    assert [row["loss"] for row in curve] == [event.metrics["loss"] for event in evaluations]
    judged = min(curve, key=lambda row: row["validation_loss"])
    assert (summary["loss"], summary["validation_loss"]) == (judged["loss"], judged["validation_loss"])
    assert [row["validation_loss"] for row in curve] == [event.metrics["validation_loss"] for event in evaluations]
    assert from_dict(RunSpec, json.loads(summary["settings"])) == SPEC
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
    assert (
        rows.summary["solved_step"] == rows.summary["step"] == rows.summary["updates"] == rows.curve[-1]["step"] < 2000
    )
    seconds = [row["elapsed_seconds"] for row in rows.curve]
    assert seconds == sorted(seconds)
    assert rows.summary["elapsed_seconds"] == seconds[-1]
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
        list(run_condition(dataclasses.replace(SPEC, **changes)))


def test_a_budget_no_network_can_meet_is_refused_in_words():
    with pytest.raises(ConfigError, match=r"has about 10 parameters.*Choose between"):
        matched_hidden_size(TASKS.get("copying")(10), "lstm", 10)


def test_validation_sequences_are_neither_held_out_nor_learnt_from():
    learning = TaskLearning(TASKS.get("adding")(8), dataclasses.replace(SPEC, task="adding", length=8))
    measured = [batch.inputs for batch in learning.measured.values()]
    seen = [*measured, *(learning.batch(step).inputs for step in range(5))]
    rows = [tuple(row.flatten().tolist()) for inputs in seen for row in inputs]
    assert len(set(rows)) == len(rows) == 200 + 100 + 5 * 32


def test_a_task_where_networks_go_on_getting_better_is_not_stopped(monkeypatch):
    monkeypatch.setattr("engine.tasks.delayed_recall.DelayedRecall.stops_when_solved", False, raising=False)
    summary = finish(dataclasses.replace(SPEC, max_steps=200)).summary
    assert (summary["reason"], summary["step"], summary["is_solved"]) == ("max_steps", 200, True)
    assert summary["solved_step"] < 200


def test_the_bytes_an_update_keeps_are_counted_once_and_grow_with_the_sequence():
    linear = torch.nn.Linear(3, 5, bias=False)

    def square():
        """x (2, 3) -> (W x)^2: kept are x, 24 bytes, and W x, 40 bytes; W itself is no activation."""
        return (linear(torch.ones(2, 3)) ** 2).sum()

    assert saved_bytes(square, linear.parameters()) == 24 + 40
    assert finish(SPEC).summary["memory_bytes"] < finish(dataclasses.replace(SPEC, length=20)).summary["memory_bytes"]
