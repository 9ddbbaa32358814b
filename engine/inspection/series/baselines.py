"""What a network has to beat: forecasts that repeat or fit a few numbers, each with a band of its own.

Papers: Hyndman and Athanasopoulos (2021), Forecasting: principles and practice, section 5.2 (naive, seasonal naive and
drift); Assimakopoulos and Nikolopoulos (2000), The theta model; Hyndman et al. (2008), Forecasting with exponential
smoothing (ETS); Box and Jenkins (1976) (SARIMA). The last three are statsmodels'.
Differs: SARIMA is fitted to the differences to a season before, with the best of a few orders by AICc.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.inspection.series.measures import LEVELS, ForecastBand

NORMAL = 1.2815515655446004  # standard deviations from the middle to either end of a band of 8 in 10
MOST_FITTED = 360  # last values that a statistical baseline is fitted to
LONGEST_SEASON = 60  # of a statistical baseline; a longer one is left out of it
MOST_ERRORS = 1_000  # last values whose errors make the band of a baseline that is not fitted
ORDERS = ((1, 0, 0), (2, 0, 0), (1, 0, 1), (0, 1, 1))
MOST_ITERATIONS = 50

Forecast = Callable[[np.ndarray, int, int], ForecastBand]


@dataclass(frozen=True)
class Baseline:
    """One way to forecast without a network.

    Attributes:
        meaning: what it does, in words.
        forecast: (past values, horizon, season) -> the forecast.
        is_fitted: whether numbers are fitted to the past, which takes a tenth of a second or more.
    """

    name: str
    title: str
    meaning: str
    forecast: Forecast
    is_fitted: bool = False


def _from_errors(value: np.ndarray, errors: list[np.ndarray]) -> ForecastBand:
    """Return a band from the errors that the same forecast made in the past, of each step ahead by itself."""
    kept = [each[-MOST_ERRORS:] for each in errors]
    if len({len(each) for each in kept}) == 1 and len(kept[0]):
        low, high = value + np.quantile(np.stack(kept), LEVELS, axis=1)
    else:
        ends = [np.quantile(each, LEVELS) if len(each) else np.zeros(2) for each in kept]
        low, high = value + np.array(ends).T
    return ForecastBand(value, np.minimum(low, value), np.maximum(high, value))


def last_value(past: np.ndarray, horizon: int, season: int) -> ForecastBand:
    """Return the last value again and again."""
    late = past[-MOST_ERRORS - horizon :]
    errors = [late[step:] - late[:-step] for step in range(1, horizon + 1)]
    return _from_errors(np.full(horizon, past[-1]), errors)


def seasonal_naive(past: np.ndarray, horizon: int, season: int) -> ForecastBand:
    """Return the last season again and again; the last value where there was no whole season."""
    if len(past) < season:
        return last_value(past, horizon, 1)
    rounds = -(-horizon // season)
    value = np.tile(past[-season:], rounds)[:horizon]
    bands = [_from_errors(np.zeros(1), [past[season * (i + 1) :] - past[: -season * (i + 1)]]) for i in range(rounds)]
    low, high = (np.repeat([getattr(band, end)[0] for band in bands], season)[:horizon] for end in ("low", "high"))
    return ForecastBand(value, value + low, value + high)


def drift(past: np.ndarray, horizon: int, season: int) -> ForecastBand:
    """Return the last season, moved on by how much the one before it had changed; a line where there was only one."""
    if len(past) < 2 * season or season < 2:
        slope = (past[-1] - past[0]) / max(1, len(past) - 1)
        line = last_value(past, horizon, 1)
        moved = slope * np.arange(1, horizon + 1)
        return ForecastBand(line.value + moved, line.low + moved, line.high + moved)
    naive = seasonal_naive(past, horizon, season)
    change = past[-season:].mean() - past[-2 * season : -season].mean()
    moved = change * (np.arange(horizon) // season + 1)
    errors = past[2 * season :] - past[season:-season] - change_at(past, season)
    near = _from_errors(np.zeros(1), [errors])
    value = naive.value + moved
    return ForecastBand(value, value + near.low, value + near.high)


def change_at(past: np.ndarray, season: int) -> np.ndarray:
    """Return for each value from the third season on how much the season before it had changed: (T - 2 seasons,)."""
    sums = np.concatenate([[0.0], np.cumsum(past)])
    means = (sums[season:] - sums[:-season]) / season  # of the season that begins at each place
    return means[season:-1] - means[: -season - 1]


def _fitted_part(past: np.ndarray, season: int) -> tuple[np.ndarray, int]:
    """Return the last values and the season that statistical baselines are fitted with, 1 for none."""
    kept = past[-MOST_FITTED:]
    return kept, season if 1 < season <= LONGEST_SEASON and len(kept) >= 2 * season + 5 else 1


def theta(past: np.ndarray, horizon: int, season: int) -> ForecastBand:
    """Return the forecast of the Theta method."""
    from statsmodels.tsa.forecasting.theta import ThetaModel

    kept, period = _fitted_part(past, season)
    fit = ThetaModel(kept, period=period, deseasonalize=period > 1, method="additive").fit(disp=False)
    ends = np.asarray(fit.prediction_intervals(horizon, alpha=1 - (LEVELS[1] - LEVELS[0])))
    return ForecastBand(np.asarray(fit.forecast(horizon)), ends[:, 0], ends[:, 1])


def exponential_smoothing(past: np.ndarray, horizon: int, season: int) -> ForecastBand:
    """Return the forecast of exponential smoothing with a damped trend and a season, all additive."""
    import pandas as pd
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    kept, period = _fitted_part(past, season)
    model = ETSModel(
        pd.Series(kept),  # its bands are of no plain array
        error="add",
        trend="add",
        damped_trend=True,
        seasonal="add" if period > 1 else None,
        seasonal_periods=period if period > 1 else None,
    )
    fit = model.fit(disp=False, maxiter=MOST_ITERATIONS)
    found = fit.get_prediction(start=len(kept), end=len(kept) + horizon - 1)
    ends = np.asarray(found.pred_int(alpha=1 - (LEVELS[1] - LEVELS[0])))
    return ForecastBand(np.asarray(fit.forecast(horizon)), ends[:, 0], ends[:, 1])


def sarima(past: np.ndarray, horizon: int, season: int) -> ForecastBand:
    """Return the forecast of an ARMA model of the differences to a season before, the order with the lowest AICc."""
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    kept, period = _fitted_part(past, season)
    seasonal = (1, 0, 0, period) if period > 1 else (0, 0, 0, 0)
    change = kept[period:] - kept[:-period]
    fits = [
        SARIMAX(change, order=order, seasonal_order=seasonal).fit(disp=False, maxiter=MOST_ITERATIONS // 2)
        for order in ORDERS
    ]
    best = min(fits, key=lambda fit: fit.aicc)
    found = best.get_forecast(horizon)
    value, variance = np.empty(horizon), np.empty(horizon)
    for step in range(horizon):
        before = value[step - period] if step >= period else kept[len(kept) - period + step]
        value[step] = before + found.predicted_mean[step]
        variance[step] = found.se_mean[step] ** 2 + (variance[step - period] if step >= period else 0.0)
    return ForecastBand(value, value - NORMAL * np.sqrt(variance), value + NORMAL * np.sqrt(variance))


BASELINES: dict[str, Baseline] = {
    one.name: one
    for one in (
        Baseline("last", "Last value", "the last value, repeated", last_value),
        Baseline("seasonal", "Seasonal naive", "the last season, repeated", seasonal_naive),
        Baseline("drift", "Drift", "the last season, moved on by its change from the one before", drift),
        Baseline("theta", "Theta", "a trend line and simple exponential smoothing, halved", theta, True),
        Baseline("ets", "ETS", "exponential smoothing of level, trend and season", exponential_smoothing, True),
        Baseline("sarima", "SARIMA", "a linear model of the last values and errors", sarima, True),
    )
}
QUICK = tuple(name for name, one in BASELINES.items() if not one.is_fitted)


def forecast_by(name: str, past: np.ndarray, horizon: int, season: int, short: int = 0) -> ForecastBand:
    """Return the forecast of a baseline; of one that cannot be fitted to this past, such as a constant, the last value.

    Those that are fitted are fitted with a `short` season, where there is one beside a longer one that they cannot
    take.

    Its band reaches from the value itself where the past holds too little to tell errors.
    """
    from threadpoolctl import threadpool_limits

    # Matrices of a few dozen rows: threads that wait for one another take ten times as long.
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore")  # a fit that has not converged still forecasts
        try:
            asked = BASELINES[name]
            is_long = asked.is_fitted and short > 1 and season > LONGEST_SEASON
            found = asked.forecast(past, horizon, short if is_long else season)
        except (ValueError, np.linalg.LinAlgError, ZeroDivisionError, IndexError):
            return last_value(past, horizon, season)
    is_finite = all(np.isfinite(part).all() for part in (found.value, found.low, found.high))
    return found if is_finite else last_value(past, horizon, season)
