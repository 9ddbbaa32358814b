"""The learning rates a race runs with: those the measured comparison chose on validation sequences. Pandas only, no torch."""

from __future__ import annotations

import functools

import pandas as pd

from engine.errors import DataError
from engine.experiments import results
from engine.experiments.base import RunSpec

TABLES = ("shipped", "synthetic")  # the first that is there


def learning_rate_for(task: str, architecture: str, length: int) -> float:
    """Return the rate the shipped results used for an architecture on a task, at the length closest to `length`.

    Where the architecture or the task was not measured, the default of a run.
    """
    rates = _measured_rates()
    own = rates[(rates["task"] == task) & (rates["architecture"] == architecture)]
    if own.empty:
        return RunSpec().learning_rate
    return float(own.loc[(own["length"].astype(float) - length).abs().idxmin(), "learning_rate"])


@functools.cache
def _measured_rates() -> pd.DataFrame:
    columns = ["task", "architecture", "length", "learning_rate"]
    for name in TABLES:
        try:
            frame = results.load_results(name)
        except DataError:
            continue
        return frame[frame["kind"] == "summary"][columns].drop_duplicates()
    return pd.DataFrame(columns=columns)
