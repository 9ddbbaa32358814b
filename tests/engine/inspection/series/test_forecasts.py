"""Forecasts with the baselines beside them: fitted once for all networks, and the same as one by one."""

from __future__ import annotations

import numpy as np
import pytest

from engine.corpora.series import known_columns
from engine.errors import InputError
from engine.inspection.series import forecasts
from engine.inspection.series.baselines import BASELINES, forecast_by
from engine.inspection.series.forecasts import NETWORK, evenly, forecast_test, member_of, read_series
from engine.inspection.series.recursion import MOST_ORIGINS, last_value_errors
from engine.models.folder import load_model


def test_baselines_are_forecast_once_for_all_networks_and_are_those_of_their_origin(monkeypatch):
    asked = []
    monkeypatch.setattr(forecasts, "forecast_by", lambda *given: asked.append(given[0]) or forecast_by(*given))
    forecasts._test_bands.cache_clear()
    first, second = (forecast_test(load_model(name), "ferry", 1, 31) for name in ("ferry-gru", "ferry-recursive"))
    assert asked == list(BASELINES)
    assert list(first.bands) == [NETWORK, *BASELINES]
    assert first.bands[NETWORK].value.tolist() != second.bands[NETWORK].value.tolist()
    season = read_series("ferry")[1].season
    values = member_of("ferry", 1).series.values
    assert first.bands["seasonal"].value.tolist() == values[second.origin - season :][:24].tolist()


def test_errors_of_the_last_value_are_those_of_the_baseline():
    one = member_of("ferry", 1)
    values = one.series.values
    origins = evenly(forecasts.test_origins(one, 24, 1), MOST_ORIGINS)
    off = [np.abs(forecast_by("last", values[:each], 24, 24).value - values[each : each + 24]) for each in origins]
    assert last_value_errors("ferry", 1, 24) == pytest.approx(np.mean(off, axis=0))


def test_the_sentence_on_what_a_series_lacks_names_what_it_lacks():
    """Not the calendar, which is worked out from the dates."""
    with pytest.raises(InputError, match="reads temp and hum too, which this series lacks"):
        known_columns(member_of("ferry", 1).series, ("hour_sin1", "temp", "hour_cos1", "hum"))
