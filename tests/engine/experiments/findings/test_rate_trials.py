"""Trials of learning rates, made up so that the best and the worst can be seen."""

from __future__ import annotations

import pytest

from engine.experiments.findings.rate_trials import all_trials, rate_trials, sensitivity_sentence, trial_lengths
from tests.engine.experiments.measured_rows import run, table, trial

LOSSES = {
    ("rnn", 10): (0.9, 0.8),
    ("gru", 10): (0.2, 0.3),
    ("irnn", 10): (0.4, float("inf")),
    ("lstm", 10): (0.6, 0.1),
    ("rnn", 40): (0.5, 0.6),
}


@pytest.fixture
def frame():
    trials = [
        trial(name, rate, loss, length=length)
        for (name, length), own in LOSSES.items()
        for rate, loss in zip((0.001, 0.01), own, strict=True)
    ]
    return table(run("rnn", 0, 0.5, 0.5), *reversed(trials))


def test_one_rate_of_each_is_chosen_and_rates_rise(frame):
    found = rate_trials(frame, "delayed_recall", 10)
    assert found[["architecture", "learning_rate"]].to_numpy().tolist() == [
        [name, rate] for name in ("rnn", "irnn", "lstm", "gru") for rate in (0.001, 0.01)
    ]
    assert found[found["is_chosen"]].set_index("architecture")["learning_rate"].to_dict() == {
        "rnn": 0.01,
        "irnn": 0.001,
        "lstm": 0.01,
        "gru": 0.001,
    }
    assert set(rate_trials(frame, "delayed_recall", 10, ("gru",))["architecture"]) == {"gru"}
    assert trial_lengths(frame, "delayed_recall") == (10, 40)
    assert trial_lengths(frame, "adding") == ()
    assert rate_trials(frame, "adding", 10).empty
    assert all_trials(table(run("rnn", 0, 0.5, 0.5))).empty


def test_one_rate_is_chosen_where_two_did_equally_well():
    found = all_trials(table(trial("rnn", 0.001, 0.5), trial("rnn", 0.01, 0.5)))
    assert found["is_chosen"].tolist() == [True, False]


def test_the_rate_that_solves_first_is_chosen_before_one_with_a_lower_loss():
    solved = {"reason": "solved"}
    trials = [
        trial("gru", 0.001, 0.1),
        trial("gru", 0.01, 0.3) | solved | {"step": 80},
        trial("gru", 0.1, 0.2) | solved | {"step": 120},
    ]
    found = all_trials(table(*trials))
    assert found["is_chosen"].tolist() == [False, True, False]
    assert found["solved_after"].tolist()[1:] == [80, 120]


def test_the_sentence_names_least_most_lost_and_idle(frame):
    found = rate_trials(frame, "delayed_recall", 10)
    assert sensitivity_sentence(found, 0.7) == (
        "The choice matters least to GRU (0.2 at its best rate, 0.3 at its worst) and most to LSTM (0.1 at its best "
        "rate, 0.6 at its worst). "
        "Training diverged with IRNN at 0.01. At none of the rates did RNN get below a guess within a trial."
    )
    assert "below a guess" not in sensitivity_sentence(found)
    assert sensitivity_sentence(found[found["architecture"] == "gru"]) == ""
