"""How the tests train a run, and what they compare."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine import runs
from engine.runs.job import train


def finish(folder: Path) -> list[dict[str, Any]]:
    """Train a run to its end and return its events."""
    return list(train(str(folder)))


def losses(folder: Path) -> tuple[list[float], list[float]]:
    """Return the training and the validation losses of a run, update by update."""
    curves = runs.metrics(folder)
    return curves.steps["training_loss"].tolist(), curves.evaluations["validation_loss"].tolist()
