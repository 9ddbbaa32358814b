"""The Forecasting page's picture on the home page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from engine.plotting.theme import Mode
from pages.components.computing import cache
from pages.components.computing.calls import call
from pages.components.drawing import thumbnails
from pages.components.drawing.thumbnails import Part

NETWORK, CORPUS, PLACE = "ferry-gru", "ferry", 48  # the built-in series, which is always here


def files() -> list[Path]:
    """Return the weights that it is computed with."""
    return [info.path / "model.safetensors" for info in cache.shipped_models("forecasting") if info.name == NETWORK]


def picture(mode: Mode) -> Iterator[Part]:
    """Yield one forecast of the built-in series."""
    if not files():
        yield Part("caption", "No forecaster is installed; the Models page lists what is there.")
        return
    from engine.inspection.series.forecasts import forecast_test
    from engine.plotting.series.forecasts import forecast_chart
    from pages.components.series.forecast import lines_of

    found = call(forecast_test, CORPUS, 1, PLACE, model=NETWORK).value
    lines = [line for line in lines_of(found, "GRU", "gru") if line.look in ("gru", "seasonal")]
    figure = forecast_chart(
        found.past[-72:], found.true, lines, found.times[-96:], found.window, unit="Passengers", mode=mode
    )
    yield thumbnails.drawing(figure, "Three days of a series, and the day that a GRU forecasts after them.")
    yield Part("caption", "Passengers of an imagined ferry by the hour, and the next day as a GRU forecasts it.")
