"""Tasks about order and nesting: every answer worked out again by hand, one symbol after the other."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import ConfigError
from engine.experiments.base import RunSpec
from engine.experiments.runs.task_learning import TaskLearning
from engine.tasks import TASKS
from engine.tasks.base import HELD_OUT_SEED, VALIDATION_SEED


def make(name: str, length: int, seed: int = 0, batch_size: int = 4):
    return TASKS.get(name)(length).batch(batch_size, torch.Generator().manual_seed(seed))


@settings(max_examples=30, deadline=None)
@given(length=st.integers(10, 150), seed=st.integers(0, 1000))
def test_temporal_order_asks_which_two_symbols_came_in_which_order(length, seed):
    inputs, targets, mask = make("temporal_order", length, seed)
    assert inputs.shape == targets.shape == mask.shape == (4, length + 2)
    for row, answers, asked in zip(inputs.tolist(), targets.tolist(), mask.tolist(), strict=True):
        assert row[0] == 6
        assert row[-1] == 7
        symbols = row[1:-1]
        (first, one), (second, two) = [
            (position, "XY"[symbol - 4]) for position, symbol in enumerate(symbols) if symbol >= 4
        ]
        assert length // 10 <= first < 2 * length // 10  # the second tenth
        assert 5 * length // 10 <= second < 6 * length // 10  # the sixth
        assert ["XX", "XY", "YX", "YY"][answers[-1]] == one + two
        assert asked == [False] * (length + 1) + [True]


@settings(max_examples=30, deadline=None)
@given(length=st.integers(2, 80), seed=st.integers(0, 1000))
def test_parity_is_right_at_every_step_and_counts_at_the_last(length, seed):
    inputs, targets, mask = make("parity", length, seed)
    assert inputs.shape == (4, length)
    for bits, answers in zip(inputs.tolist(), targets.tolist(), strict=True):
        assert answers == [bits[: step + 1].count(1) % 2 for step in range(length)]
    assert mask.tolist() == [[False] * (length - 1) + [True]] * 4


def test_all_steps_of_parity_are_learnt_from():
    task = TASKS.get("parity")(6)
    batch = task.batch(3, torch.Generator().manual_seed(0))
    outputs = 1e3 * torch.nn.functional.one_hot(batch.targets, 2).float()
    outputs[:, 2] = -outputs[:, 2]  # wrong, but not where it counts
    assert task.loss(outputs, batch).item() > 100
    assert task.accuracy(outputs, batch) == 1


@settings(max_examples=60, deadline=None)
@given(length=st.integers(2, 120), seed=st.integers(0, 1000))
def test_brackets_close_what_a_stack_says(length, seed):
    inputs, targets, mask = make("brackets", length, seed)
    for row, answers, asked in zip(inputs.tolist(), targets.tolist(), mask.tolist(), strict=True):
        stack, closed = [], 0
        for symbol, answer, is_asked in zip(row, answers, asked, strict=True):
            assert is_asked == (symbol == 4)
            if symbol == 4:
                assert answer == stack.pop()
                closed += 1
            else:
                stack.append(symbol)
                assert len(stack) <= 8
        assert len(stack) == length % 2  # everything is closed again where that is possible
        assert closed >= 1


def test_brackets_reach_their_full_depth_and_all_kinds_and_most_answers_are_not_the_last_symbol():
    inputs, targets, mask = make("brackets", 100, batch_size=200)
    opened = (inputs != 4).int()
    assert (2 * opened - 1).cumsum(1).max() == 8
    assert inputs.unique().tolist() == [0, 1, 2, 3, 4]
    closes = mask[:, 1:]
    last_is_it = (inputs[:, :-1] == targets[:, 1:])[closes].double().mean().item()
    assert 0.4 < last_is_it < 0.65  # whoever remembers one symbol gets about half, and no more


@pytest.mark.parametrize("name", ["adding", "copying", "delayed_recall", "temporal_order", "parity", "brackets"])
def test_the_three_sets_share_no_sequence_and_stay_as_they_are(name):
    task = TASKS.get(name)(60)
    learning = TaskLearning(task, RunSpec(batch_size=32, held_out=1))
    learnt = torch.cat([learning.batch(position).inputs for position in range(20)])
    sets = [
        {row.numpy().tobytes() for row in inputs}
        for inputs in (learnt, task.validation(300).inputs, task.held_out(300).inputs)
    ]
    assert [len(rows) for rows in sets] == [640, 300, 300]
    assert not sets[0] & sets[1]
    assert not sets[0] & sets[2]
    assert not sets[1] & sets[2]
    assert all(torch.equal(*pair) for pair in zip(task.held_out(300), TASKS.get(name)(60).held_out(300), strict=True))


@pytest.mark.parametrize("reserved", [VALIDATION_SEED, HELD_OUT_SEED])
def test_no_training_batch_is_drawn_as_the_sequences_that_are_measured(reserved):
    # torch takes seeds apart by their lowest 32 bits alone, so that a large seed can come around to a reserved one.
    task = TASKS.get("parity")(40)
    seed, position = divmod(reserved + 2**32, 1_000_003)
    measured = task.batch(4, torch.Generator().manual_seed(seed * 1_000_003 + position))
    assert torch.equal(measured.inputs, task.batch(4, torch.Generator().manual_seed(reserved)).inputs)
    assert not torch.equal(
        measured.inputs, TaskLearning(task, RunSpec(batch_size=4, seed=seed, held_out=1)).batch(position).inputs
    )


@pytest.mark.parametrize("name", TASKS.names())
@pytest.mark.parametrize("length", [0, 100_000, -3])
def test_impossible_lengths_are_refused_with_what_is_possible(name, length):
    kind = TASKS.get(name)
    allowed = "16, 32 and 64" if name == "digits" else f"from {kind.shortest} to {kind.longest}"
    with pytest.raises(ConfigError) as caught:
        kind(length)
    assert str(caught.value).startswith(kind.title)
    assert allowed in str(caught.value)
    assert str(length) in str(caught.value)


def test_architectures_are_tried_only_where_it_makes_sense():
    both, blind = "lstm_bidirectional", "average"
    can = {name: (TASKS.get(name).compatible(both), TASKS.get(name).compatible(blind)) for name in TASKS.names()}
    assert can == {
        "adding": (True, False),
        "brackets": (False, True),
        "characters": (False, True),
        "copying": (True, True),
        "delayed_recall": (True, False),
        "digits": (True, True),
        "parity": (False, False),
        "sentences": (True, True),
        "temporal_order": (True, True),
    }
    assert all(
        TASKS.get(name).compatible(architecture) for name in can for architecture in ("rnn", "lstm", "transformer")
    )
    assert {TASKS.get(name).family for name in can} == {"memory", "structure", "real"}
