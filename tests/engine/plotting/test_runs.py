"""Curves of runs: what is drawn is what was measured."""

from __future__ import annotations

import pandas as pd
import pytest

from engine.plotting import theme
from engine.plotting.runs import RunCurves, describe_losses, gradient_norms, run_losses, run_measure


def run(label: str, architecture: str) -> RunCurves:
    """Return a run of three told updates and two measurements."""
    steps = pd.DataFrame(
        {
            "step": [10, 20, 30],
            "elapsed_seconds": [1.0, 2.0, 3.0],
            "training_loss": [3.0, 2.0, 1.0],
            "learning_rate": [0.1, 0.2, 0.1],
            "gradient_norm": [4.0, 2.0, 1.0],
            "clipped_gradient_norm": [1.0, 1.0, 1.0],
        }
    )
    measured = pd.DataFrame({"step": [15, 30], "elapsed_seconds": [1.5, 3.0], "validation_loss": [2.5, 1.5]})
    return RunCurves(label, architecture, steps, measured)


@pytest.mark.parametrize(("x", "where"), [("step", [15, 30]), ("elapsed_seconds", [1.5, 3.0])])
def test_validation_loss_is_drawn_as_measured(x: str, where: list[float]) -> None:
    figure = run_losses([run("Mine", "lstm")], mode="light", x=x)
    training, validation = figure.data
    assert list(validation["x"]) == where
    assert list(validation["y"]) == [2.5, 1.5]
    assert training["y"][0] == 3.0
    assert 1.0 < training["y"][-1] < 2.0, "a running mean follows"


def test_runs_of_one_architecture_are_told_apart_by_dash_and_others_by_colour() -> None:
    traces = run_losses([run("A", "lstm"), run("B", "lstm"), run("C", "gru")], mode="dark").data[1::2]
    looks = [(trace["line"]["color"], trace["line"]["dash"]) for trace in traces]
    assert len(set(looks)) == 3
    assert looks[2][0] == theme.architecture_style("gru", "dark").colour


def test_measures_norms_and_words() -> None:
    one = run("Mine", "gru")
    assert list(run_measure([one], "learning_rate", title="Learning rate", mode="light").data[0]["y"]) == [
        0.1,
        0.2,
        0.1,
    ]
    before, after = gradient_norms(one, mode="light").data
    assert list(before["y"]) == [4.0, 2.0, 1.0]
    assert list(after["y"]) == [1.0, 1.0, 1.0]
    assert "from 3.00 to 1.00 nats in 30 updates; the lowest validation loss is 1.50, after update 30" in (
        describe_losses([one])
    )
    assert run_losses([], mode="light").data == []
