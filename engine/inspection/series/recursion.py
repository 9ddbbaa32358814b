"""Recursive against direct forecasts: what a recursive network says while it reads its own forecasts (free running) and
while it is given the true values (teacher forcing), and how errors grow with the steps ahead.

Paper: Bengio et al. (2015), Scheduled sampling for sequence prediction with recurrent neural networks (what a network
reads in training and what it reads in use).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.inspection.series.forecasts import evenly, forecast_windows, member_of, test_origins
from engine.inspection.series.measures import ForecastBand
from engine.models.folder import LoadedModel

MOST_ORIGINS = 120  # over which errors are averaged


@dataclass(frozen=True)
class StepErrors:
    """The forecast from one origin, (H,), and the mean absolute error at each step ahead over `origins`, (H,)."""

    band: ForecastBand
    errors: np.ndarray
    origins: int


def step_errors(loaded: LoadedModel, corpus: str, member: int, place: int, is_forced: bool) -> StepErrors:
    """Return what a network says from one origin, and its errors by step ahead over origins of the test part.

    Args:
        is_forced: true values are read ahead, not its own.
    """
    one, horizon = member_of(corpus, member), loaded.model.horizon
    chosen = one.validation_end + place
    origins = evenly(test_origins(one, horizon, 1), MOST_ORIGINS)
    found = forecast_windows(loaded, [(one.series, origin) for origin in [chosen, *origins]], is_forced=is_forced)
    true = np.stack([one.series.values[origin : origin + horizon] for origin in origins])
    errors = np.abs(found.value[1:] - true).mean(0)
    return StepErrors(ForecastBand(found.value[0], found.low[0], found.high[0]), errors, len(origins))


def last_value_errors(corpus: str, member: int, horizon: int) -> np.ndarray:
    """Return the mean absolute error of the last value, repeated, at each step ahead over the same origins, (H,).

    The baseline itself would make a band of quantiles at each of them, which takes a second or two.
    """
    one = member_of(corpus, member)
    origins = np.array(evenly(test_origins(one, horizon, 1), MOST_ORIGINS))[:, None]
    values = one.series.values
    return np.abs(values[origins - 1] - values[origins + np.arange(horizon)]).mean(0)


def errors_frame(found: dict[str, np.ndarray]) -> pd.DataFrame:
    """Return errors by step ahead as a table, a column for each forecast."""
    steps = np.arange(1, max(len(each) for each in found.values()) + 1)
    columns = {name: pd.Series(each) for name, each in found.items()}
    return pd.DataFrame({"steps_ahead": steps} | columns)


def say_recursion(free: StepErrors, forced: StepErrors) -> str:
    """Return the sentence on how much reading its own forecasts costs a network."""
    last = len(free.errors)
    ratio = free.errors[-1] / forced.errors[-1] if forced.errors[-1] else float("inf")
    first = f"One step ahead both are the same, {free.errors[0]:.3g} off on average over {free.origins} origins"
    return (
        f"{first}; {last} steps ahead the network is {free.errors[-1]:.3g} off when it reads its own forecasts and "
        f"{forced.errors[-1]:.3g} when it is given the true ones, {ratio:.1f} times as much."
    )
