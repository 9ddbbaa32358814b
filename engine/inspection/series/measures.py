"""How far forecasts are off: squared and absolute errors, the same against a naive forecast, and how well a band holds.

Shapes: N origins, H horizon.

Papers: Hyndman and Koehler (2006), Another look at measures of forecast accuracy (MASE); Makridakis et al. (2020), The
M4 competition (sMAPE and MASE as they are here); Koenker and Bassett (1978), Regression quantiles (pinball loss).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LEVELS = (0.1, 0.9)  # of the ends of a band, as in `engine.models.forecaster`


@dataclass(frozen=True)
class ForecastBand:
    """A forecast: the values and the ends of the band that 8 of 10 true values should lie in, (..., H) each."""

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray


def mean_squared_error(said: np.ndarray, true: np.ndarray) -> float:
    """Return the mean squared error."""
    return float(np.mean((said - true) ** 2))


def mean_absolute_error(said: np.ndarray, true: np.ndarray) -> float:
    """Return the mean absolute error."""
    return float(np.mean(np.abs(said - true)))


def symmetric_percentage_error(said: np.ndarray, true: np.ndarray) -> float:
    """Return the sMAPE in percent, 0 to 200; where both are 0 there is no error."""
    size = np.abs(said) + np.abs(true)
    return float(100 * np.mean(np.where(size > 0, 2 * np.abs(said - true) / np.where(size > 0, size, 1), 0.0)))


def seasonal_error(past: np.ndarray, season: int) -> float:
    """Return the mean absolute difference of past values to those a season before: what MASE divides by.

    nan where the past is no longer than a season, or repeats itself exactly.
    """
    if len(past) <= season:
        return float("nan")
    found = float(np.mean(np.abs(past[season:] - past[:-season])))
    return found or float("nan")


def pinball_loss(said: np.ndarray, true: np.ndarray, level: float) -> float:
    """Return the mean pinball loss of a quantile: its error, weighted by `level` below the truth and by 1 - `level`
    above."""
    error = true - said
    return float(np.mean(np.maximum(level * error, (level - 1) * error)))


def measure(band: ForecastBand, true: np.ndarray, scale: float | np.ndarray) -> dict[str, float]:
    """Return every measure of forecasts (N, H); `scale` is what MASE divides by, one number or one for each origin."""
    per_origin = np.mean(np.abs(band.value - true), axis=-1)
    ends = zip((band.low, band.high), LEVELS, strict=True)
    return {
        "mse": mean_squared_error(band.value, true),
        "mae": mean_absolute_error(band.value, true),
        "mase": float(np.nanmean(per_origin / np.asarray(scale))) if np.isfinite(scale).any() else float("nan"),
        "smape": symmetric_percentage_error(band.value, true),
        "pinball": float(np.mean([pinball_loss(end, true, at) for end, at in ends])),
        "coverage": float(np.mean((band.low <= true) & (true <= band.high))),
    }
