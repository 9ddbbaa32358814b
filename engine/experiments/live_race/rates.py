"""How the runs of a race start: with the learning rates and the starting biases of the measured comparison."""

from __future__ import annotations

import functools

import pandas as pd

from engine.errors import DataError
from engine.experiments.base import RunSpec
from engine.experiments.recipes import COMPARISONS
from engine.experiments.runs import results

RECIPE = "shipped"  # of the table that rates and biases are taken from


def learning_rate_for(task: str, architecture: str, length: int) -> float:
    """Return the rate the shipped results used for an architecture on a task, at the length closest to `length`.

    Where the architecture or the task was not measured, the default of a run.
    """
    rates = _measured_rates()
    own = rates[(rates["task"] == task) & (rates["architecture"] == architecture)]
    if own.empty:
        return RunSpec().learning_rate
    return float(own.loc[(own["length"].astype(float) - length).abs().idxmin(), "learning_rate"])


def memory_bias_for(task: str) -> float:
    """Return the starting bias of the gates that keep, as the recipe of the shipped results has it for a task."""
    recipe = COMPARISONS.get(RECIPE)
    plan = next((plan for plan in recipe.plans if plan.task == task), None)
    return recipe.memory_bias if plan is None or plan.memory_bias is None else plan.memory_bias


@functools.cache
def _measured_rates() -> pd.DataFrame:
    columns = ["task", "architecture", "length", "learning_rate"]
    try:
        frame = results.load_results(RECIPE)
    except DataError:
        return pd.DataFrame(columns=columns)
    return frame[frame["kind"] == "summary"][columns].drop_duplicates()
