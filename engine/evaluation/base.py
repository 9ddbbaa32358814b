"""One evaluation per task; the numbers it returns become the metrics block of config.json and of the card."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from engine.errors import ModelError
from engine.models.card import write_card
from engine.models.folder import LoadedModel, write_config
from engine.provenance import commit, hardware
from engine.registry import Registry

Evaluation = Callable[[LoadedModel], dict[str, Any]]

EVALUATIONS: Registry[Evaluation] = Registry("task")


def corpora_of(loaded: LoadedModel) -> list[str]:
    """Return the names of the corpora a model learnt from, the one that is measured first.

    Raises:
        ModelError: its config.json names none.
    """
    names = loaded.info.config.get("corpora")
    if not isinstance(names, list) or not names:
        raise ModelError(f"The config.json of {loaded.info.name} names no corpora to measure it on.")
    return names


def evaluate_model(loaded: LoadedModel, write: bool = True) -> dict[str, Any]:
    """Return the measured metrics of a model and, with `write`, put them into its config.json and card.

    Raises:
        DataError: a test corpus cannot be read.
    """
    metrics = EVALUATIONS.get(loaded.info.task)(loaded)
    metrics |= {"measured_on": date.today().isoformat(), "hardware": hardware(), "commit": commit()}
    if write:
        config = loaded.info.config | {"metrics": metrics}
        write_config(loaded.info.path, config)
        (loaded.info.path / "README.md").write_text(write_card(loaded.info.name, config), encoding="utf-8")
    return metrics
