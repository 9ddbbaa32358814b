"""Advice from curves: each sentence where its fault is in them, and none where nothing is wrong."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engine.runs import Curves
from engine.runs.advice import advice

UPDATES = np.arange(10, 1010, 10)


def curves(
    training: np.ndarray | None = None, validation: np.ndarray | None = None, clipped: float = 0.1, rate: float = 0.01
) -> Curves:
    """Return the curves of a run of a thousand updates; by default a healthy one that is done."""
    fall = 1 + 2 * np.exp(-UPDATES / 150)
    steps = pd.DataFrame(
        {
            "step": UPDATES,
            "training_loss": fall if training is None else training,
            "learning_rate": rate,
            "clipped_share": clipped,
        }
    )
    losses = 1.1 + 2 * np.exp(-np.arange(125, 1001, 125) / 120) if validation is None else validation
    measured = pd.DataFrame({"step": np.arange(1, len(losses) + 1) * 125, "validation_loss": losses})
    return Curves(steps, measured)


def test_nothing_is_said_where_nothing_is_wrong_or_known() -> None:
    assert advice(curves(), 1000, True) == []
    assert advice(Curves(pd.DataFrame({"step": []}), pd.DataFrame({"step": []})), 1000, False) == []


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("Overfitting since update 500", {"validation": np.array([3, 2.5, 2.2, 2.0, 2.1, 2.3, 2.6, 3.0])}),
        (
            "Learning rate too high: since update",
            {"training": np.concatenate([np.linspace(3, 2, 50), np.linspace(2, 3, 50)])},
        ),
        ("Hardly learning: in 1,000 updates", {"training": np.full(len(UPDATES), 3.0)}),
        ("Clipping is always at work: 99 %", {"clipped": 0.99}),
        ("Not yet converged", {"validation": np.array([3, 2.5, 2.2, 2.0, 1.8, 1.7, 1.6, 1.5])}),
    ],
)
def test_each_fault_is_said(name: str, given: dict) -> None:
    said = advice(curves(**given), 1000, True)
    assert any(sentence.startswith(name) for sentence in said), said


def test_end_is_judged_at_the_end_alone() -> None:
    falling = curves(validation=np.array([3, 2.5, 2.2, 2.0, 1.8, 1.7, 1.6, 1.5]))
    assert advice(falling, 1000, False) == []
