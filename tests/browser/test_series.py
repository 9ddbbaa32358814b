"""The Forecasting page under a visitor's hands: the built-in series by keyboard, and a series of one's own."""

from __future__ import annotations

from playwright.sync_api import expect

from engine.inspection.series.forecasts import forecast_test, say_forecast
from engine.models.folder import load_model
from tests.browser.browsing import Visit


def test_the_origin_is_moved_and_an_own_series_is_refused_and_read(guest: Visit) -> None:
    guest.open("/series?series=Ferry%2C+24+hours+ahead&tool=Your+series", "Forecasting")
    loaded = load_model("ferry-gru")
    expect(guest.page.get_by_text(say_forecast(forecast_test(loaded, "ferry", 1, 48), "GRU"))).to_be_visible()
    guest.page.get_by_role("slider", name="Forecast from").press("ArrowRight")
    expect(guest.page.get_by_text(say_forecast(forecast_test(loaded, "ferry", 1, 49), "GRU"))).to_be_visible()
    box = guest.page.get_by_label("Your series", exact=True)
    box.fill("1\n2\n3")
    box.press("Control+Enter")
    expect(guest.page.get_by_text("The series has 3 values; at least 8 are needed.")).to_be_visible()
    box.fill("\n".join(str(number % 24) for number in range(240)))
    box.press("Control+Enter")
    expect(guest.page.get_by_text("Read: 1 series of 240 values; no dates: the steps are counted.")).to_be_visible()
