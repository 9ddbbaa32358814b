"""Tasks against answers known without a network: layouts, targets, and what guessing costs."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import ConfigError
from engine.tasks import TASKS

NAMES = ("adding", "copying", "delayed_recall", "temporal_order", "parity", "brackets")


def make(name: str, length: int, batch_size: int = 4, seed: int = 0):
    task = TASKS.get(name)(length)
    return task, task.batch(batch_size, torch.Generator().manual_seed(seed))


@settings(max_examples=30, deadline=None)
@given(length=st.integers(2, 60), seed=st.integers(0, 1000))
def test_adding_marks_one_number_in_each_half_and_asks_for_their_sum(length, seed):
    _, batch = make("adding", length, seed=seed)
    assert batch.inputs.shape == (4, length, 2)
    numbers, markers = batch.inputs.unbind(2)
    assert ((numbers >= 0) & (numbers < 1)).all()
    half = length // 2
    assert (markers[:, :half].sum(1) == 1).all()
    assert (markers[:, half:].sum(1) == 1).all()
    for row in range(4):
        marked = [numbers[row, i].item() for i in range(length) if markers[row, i] == 1]
        assert batch.targets[row, -1].item() == pytest.approx(sum(marked), abs=1e-6)
    assert batch.mask.sum(1).tolist() == [1] * 4
    assert batch.mask[:, -1].all()


def test_adding_worked_by_hand():
    task, batch = make("adding", 5, batch_size=2)
    outputs = torch.zeros(2, 5, 1)
    outputs[:, -1, 0] = batch.targets[:, -1] + torch.tensor([0.07, -0.09])
    assert task.loss(outputs, batch).item() == pytest.approx((0.07**2 + 0.09**2) / 2, abs=1e-6)
    assert task.accuracy(outputs, batch) == 0.5


@settings(max_examples=30, deadline=None)
@given(length=st.integers(1, 60), seed=st.integers(0, 1000))
def test_copying_shows_ten_symbols_then_asks_for_them_in_order(length, seed):
    _, batch = make("copying", length, seed=seed)
    assert batch.inputs.shape == batch.targets.shape == (4, length + 20)
    symbols = batch.inputs[:, :10]
    assert symbols.min() >= 1
    assert symbols.max() <= 8
    assert (batch.inputs[:, 10 : length + 9] == 0).all()
    assert (batch.inputs[:, length + 9] == 9).all()
    assert (batch.inputs[:, length + 10 :] == 0).all()
    assert torch.equal(batch.targets[:, -10:], symbols)
    assert (batch.targets[:, :-10] == 0).all()
    assert torch.equal(batch.mask, torch.arange(length + 20).expand(4, -1) >= length + 10)


@settings(max_examples=30, deadline=None)
@given(length=st.integers(1, 60), seed=st.integers(0, 1000))
def test_delayed_recall_asks_for_the_first_symbol_at_the_end(length, seed):
    _, batch = make("delayed_recall", length, seed=seed)
    assert batch.inputs.shape == (4, length + 2)
    assert (batch.inputs[:, 0] < 8).all()
    assert ((batch.inputs[:, 1:-1] >= 8) & (batch.inputs[:, 1:-1] < 16)).all()
    assert (batch.inputs[:, -1] == 16).all()
    assert torch.equal(batch.targets[batch.mask], batch.inputs[:, 0])
    assert batch.mask.sum(1).tolist() == [1] * 4


def best_blind_outputs(name: str, task, batch):
    """Return the outputs of the best answer that has seen nothing: the mean sum, even odds, silence until the
    signal."""
    if name == "adding":
        return torch.ones(*batch.targets.shape, 1)
    if name != "copying":
        return torch.zeros(*batch.targets.shape, task.output_size)
    outputs = torch.full((*batch.targets.shape, 9), -1e4)
    outputs[:, :-10, 0] = 1e4
    outputs[:, -10:, 1:] = 0.0
    return outputs


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("length", [12, 50])
def test_the_baseline_is_what_the_best_blind_answer_really_costs(name, length):
    task, batch = make(name, length, batch_size=20_000)
    outputs = best_blind_outputs(name, task, batch)
    assert task.loss(outputs, batch).item() == pytest.approx(task.baseline, rel=0.02)
    assert task.accuracy(outputs, batch) == pytest.approx(task.baseline_accuracy, abs=0.01)
    assert not task.is_solved({"loss": task.baseline, "accuracy": task.baseline_accuracy})


def test_baselines_equal_their_formulas():
    assert TASKS.get("adding")(100).baseline == 1 / 6
    assert TASKS.get("copying")(80).baseline == pytest.approx(10 * math.log(8) / 100)
    assert TASKS.get("delayed_recall")(100).baseline == pytest.approx(math.log(8))


@pytest.mark.parametrize("name", NAMES)
def test_right_answers_cost_nothing_and_solve_the_task(name):
    task, batch = make(name, 12)
    if task.kind == "regression":
        outputs = batch.targets[..., None].clone()
    else:
        outputs = 1e3 * torch.nn.functional.one_hot(batch.targets, task.output_size).float()
    loss, accuracy = task.loss(outputs, batch).item(), task.accuracy(outputs, batch)
    assert loss == pytest.approx(0, abs=1e-6)
    assert accuracy == 1
    assert task.is_solved({"loss": loss, "accuracy": accuracy})


@pytest.mark.parametrize("name", NAMES)
def test_same_seed_same_sequences_other_seed_others(name):
    _, first = make(name, 19, seed=5)
    _, again = make(name, 19, seed=5)
    _, other = make(name, 19, seed=6)
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert not torch.equal(first.inputs, other.inputs)


@pytest.mark.parametrize("name", NAMES)
def test_sizes_fit_the_batches_and_impossible_lengths_are_refused(name):
    task, batch = make(name, 17, batch_size=50)
    if task.vocab_size:
        assert task.input_size == 0
        assert batch.inputs.max() == task.vocab_size - 1
        assert batch.targets.max() < task.output_size
    else:
        assert batch.inputs.shape[2] == task.input_size
    assert all([task.title, task.question, task.length_words, task.solved_text])
    for length in (task.shortest - 1, task.longest + 1):
        with pytest.raises(ConfigError, match="lengths from"):
            TASKS.get(name)(length)
