"""The comparison page under a visitor's hands: choosing a task, a race started, found again after a reload, and stopped."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.browsing import TIMEOUT_MS, Visit, visit

expect.set_options(timeout=TIMEOUT_MS)  # a test machine may be busy; what must be fast is timed explicitly
LONG_RACE = "/comparison?race_task=copying&race_length=60&race_max_steps=600"
SHORT_RACE = "/comparison?race_length=2&race_max_steps=20"


@pytest.fixture
def guest(browser: Browser, server: str) -> Iterator[Visit]:
    """Return a visitor who has not opened a page yet."""
    with visit(browser, server) as guest:
        yield guest


def button(guest: Visit, name: str) -> Locator:
    """Return the race's "start" or "stop" button; Streamlit's own toolbar has a Stop too while a script runs."""
    return guest.page.locator(f".st-key-race-{name} button")


def start(guest: Visit, path: str) -> None:
    """Open the page with a race's settings and start it."""
    guest.open(path, "Comparison")
    button(guest, "start").click()
    # A short race may be over before the browser has drawn its Stop button.
    expect(guest.page.locator(".st-key-race-stop button, .st-key-race-receipt").first).to_be_visible(timeout=TIMEOUT_MS)


def test_another_task_shows_other_curves_and_is_in_the_link(guest: Visit, browser: Browser) -> None:
    guest.open("/comparison", "Comparison")
    chart = guest.page.locator(".st-key-error-by-length-chart")
    before = chart.inner_text()
    guest.page.get_by_test_id("stButtonGroup").get_by_text("Copying memory").click()
    expect(guest.page).to_have_url(re.compile("task=Copying"))
    expect(chart).not_to_have_text(before)
    expect(guest.page.get_by_text("must repeat all ten in order")).to_be_visible()
    with visit(browser, guest.address) as friend:
        friend.open(guest.page.url.removeprefix(guest.address), "Comparison")
        expect(friend.page.get_by_text("must repeat all ten in order")).to_be_visible()


def test_a_race_survives_a_reload_and_stop_stops_it(guest: Visit) -> None:
    start(guest, LONG_RACE)
    chart = guest.page.locator(".st-key-race-chart .js-plotly-plot")
    expect(chart).to_be_visible(timeout=TIMEOUT_MS)
    expect(guest.page).to_have_url(re.compile("[?&]race="))
    guest.page.reload()
    expect(chart).to_be_visible(timeout=TIMEOUT_MS)
    expect(guest.page.get_by_test_id("stProgress")).to_be_visible()
    begun = time.perf_counter()
    button(guest, "stop").click()
    expect(guest.page.get_by_text("Stopped after")).to_be_visible(timeout=TIMEOUT_MS)
    seconds = time.perf_counter() - begun
    expect(chart).to_be_visible()
    expect(button(guest, "start")).to_be_enabled()
    assert seconds < 10, f"Stop took {seconds:.1f} s"


def test_a_race_runs_to_its_end_and_the_page_then_stops_asking(guest: Visit) -> None:
    start(guest, SHORT_RACE)
    expect(button(guest, "start")).to_be_enabled(timeout=TIMEOUT_MS)
    expect(guest.page.get_by_test_id("stProgress")).to_have_count(0)
    expect(guest.page.locator(".st-key-race-chart .js-plotly-plot")).to_be_visible()
    expect(guest.page.locator(".st-key-race-receipt")).to_be_visible()
    is_asking = guest.page.evaluate(
        """() => new Promise(done => {
            const app = document.querySelector('[data-testid="stApp"]');
            let runs = 0;
            new MutationObserver(() => { runs += app.dataset.testScriptState === 'running'; })
                .observe(app, {attributes: true, attributeFilter: ['data-test-script-state']});
            setTimeout(() => done(runs > 0), 3000);
        })"""
    )
    assert not is_asking


def test_leaving_and_coming_back_finds_the_race(guest: Visit) -> None:
    start(guest, SHORT_RACE)
    for name in ("Models", "Comparison"):
        guest.page.get_by_test_id("stTopNavLink").filter(has_text=name).click()
        expect(guest.page.get_by_role("heading", level=1)).to_have_text(name, timeout=TIMEOUT_MS)
    expect(guest.page.locator(".st-key-race-chart .js-plotly-plot")).to_be_visible(timeout=TIMEOUT_MS)


def test_an_unknown_race_in_the_address_is_one_sentence(guest: Visit) -> None:
    guest.open("/comparison?race=nobody", "Comparison")
    expect(guest.page.get_by_test_id("stAlert").get_by_text("not known")).to_be_visible()
    expect(button(guest, "start")).to_be_enabled()
