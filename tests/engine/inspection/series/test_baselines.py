"""Baselines and measures: worked out by hand, against a plain loop, and the corpora's own figures."""

from __future__ import annotations

import numpy as np
import pytest

from engine.inspection.series.baselines import BASELINES, drift, forecast_by, last_value, seasonal_naive
from engine.inspection.series.measures import ForecastBand, measure, pinball_loss, seasonal_error


def test_the_last_value_and_the_last_season_are_repeated():
    past = np.array([1.0, 5.0, 2.0, 6.0, 3.0, 7.0])
    assert last_value(past, 3, 2).value.tolist() == [7, 7, 7]
    assert seasonal_naive(past, 5, 2).value.tolist() == [3, 7, 3, 7, 3]
    assert seasonal_naive(past, 2, 9).value.tolist() == [7, 7]  # there was no season of nine


def test_drift_moves_the_last_season_on_by_its_change_and_a_line_without_seasons():
    past = np.array([1.0, 5.0, 2.0, 6.0, 3.0, 7.0])
    assert drift(past, 3, 2).value.tolist() == [4, 8, 5]
    assert drift(np.array([1.0, 2.0, 4.0]), 2, 5).value.tolist() == [5.5, 7.0]


def test_the_band_of_the_last_value_holds_the_quantiles_of_its_errors_in_the_past():
    past = np.cumsum(np.random.default_rng(0).normal(size=400))
    band = last_value(past, 4, 1)
    for step in range(1, 5):
        errors = [past[place] - past[place - step] for place in range(step, len(past))]
        assert band.low[step - 1] - past[-1] == pytest.approx(np.quantile(errors, 0.1))
        assert band.high[step - 1] - past[-1] == pytest.approx(np.quantile(errors, 0.9))


@pytest.mark.parametrize("name", BASELINES)
@pytest.mark.parametrize(
    "past", [np.arange(9.0), np.full(30, 4.0), np.array([1.0, 2.0] * 20), np.array([1e12, 2e12] * 8)]
)
def test_every_baseline_forecasts_any_past_with_a_band_around_it(name, past):
    band = forecast_by(name, past, 7, 4)
    assert band.value.shape == band.low.shape == band.high.shape == (7,)
    assert np.isfinite([band.value, band.low, band.high]).all()
    assert (band.low <= band.value + 1e-6).all()
    assert (band.value <= band.high + 1e-6).all()


def test_measures_are_those_of_their_formulas():
    true = np.array([[1.0, 2.0], [3.0, 4.0]])
    band = ForecastBand(np.array([[1.0, 4.0], [3.0, 3.0]]), np.zeros((2, 2)), np.full((2, 2), 3.5))
    found = measure(band, true, np.array([1.0, 2.0]))
    assert found["mse"] == (0 + 4 + 0 + 1) / 4
    assert found["mae"] == (0 + 2 + 0 + 1) / 4
    assert found["mase"] == (1 / 1 + 0.5 / 2) / 2
    assert found["smape"] == pytest.approx(100 * (2 * 2 / 6 + 2 * 1 / 7) / 4)
    assert found["coverage"] == 3 / 4
    assert found["pinball"] == pytest.approx((np.mean(0.1 * true) + np.mean([0.25, 0.15, 0.05, 0.45])) / 2)
    assert pinball_loss(np.array([1.0]), np.array([3.0]), 0.1) == pytest.approx(0.2)
    assert seasonal_error(np.array([1.0, 2.0, 4.0, 8.0]), 2) == 4.5
    assert np.isnan(seasonal_error(np.ones(9), 2))  # it would be divided by nothing
