"""The comparison page in a real browser: what its charts have drawn is what the Parquet file holds, and a link carries
the whole view."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd
import pytest
from playwright.sync_api import Browser, expect

from engine.experiments import results
from pages.components.comparison import RECIPE
from tests.browser.browsing import TIMEOUT_MS, Visit, visit

expect.set_options(timeout=TIMEOUT_MS)  # a test machine may be busy; what must be fast is timed explicitly
TASK, TITLE = "delayed_recall", "Delayed recall"
LINES = """chart => Object.fromEntries(chart._fullData.map(line => [line.name, {
    x: Array.from(line.x), y: Array.from(line.y),
    up: Array.from(line.error_y.array || []), down: Array.from(line.error_y.arrayminus || []),
}]))"""


@pytest.fixture(scope="module")
def guest(browser: Browser, server: str) -> Iterator[Visit]:
    """Return a visitor who goes on from test to test."""
    with visit(browser, server) as guest:
        yield guest


@pytest.fixture(scope="module")
def runs() -> pd.DataFrame:
    """Return the runs of one task at equal parameters, straight from the file."""
    frame = pd.read_parquet(results.RESULTS / f"{RECIPE}.parquet")
    return frame[(frame["task"] == TASK) & (frame["equal"] == "parameters")]


def lines(guest: Visit, name: str) -> dict[str, dict]:
    """Return what a chart has drawn, by the line's name."""
    chart = guest.chart(name, ".js-plotly-plot")
    expect(chart).to_be_visible()
    return chart.evaluate(LINES)


def test_the_first_chart_draws_the_medians_and_ranges_of_the_file(guest: Visit, runs: pd.DataFrame) -> None:
    guest.open(f"/comparison?task={TASK}", "Comparison")
    drawn = lines(guest, "error-by-length")
    summaries = runs[runs["kind"] == "summary"]
    for name, label in (("rnn", "RNN"), ("lstm", "LSTM"), ("gru", "GRU")):
        wrong = 100 * (
            1
            - summaries[summaries["architecture"] == name].groupby("length")["accuracy"].quantile([0, 0.5, 1]).unstack()
        )
        assert drawn[label]["y"] == pytest.approx(wrong[0.5].tolist())
        assert drawn[label]["up"] == pytest.approx((wrong[0] - wrong[0.5]).tolist())
        assert drawn[label]["down"] == pytest.approx((wrong[0.5] - wrong[1]).tolist())
    assert drawn["Without memory"]["y"] == pytest.approx([87.5] * summaries["length"].nunique())
    guest.page.locator(".st-key-show").get_by_text("RNN", exact=True).click()
    expect(guest.chart("error-by-length", ".legendtext").first).to_have_text(re.compile("^(?!RNN)"))
    expect(guest.page).to_have_url(re.compile("show="))
    assert "RNN" not in lines(guest, "error-by-length")
    assert guest.console_errors == []


def test_learning_curves_are_the_file_s_and_a_friend_s_link_shows_them(
    guest: Visit, runs: pd.DataFrame, browser: Browser
) -> None:
    length = int(runs["length"].min())
    guest.page.locator(".st-key-section").get_by_text("How they learn").click()
    expect(guest.page).to_have_url(re.compile("section="))
    guest.page.locator(".st-key-learning_length").get_by_text(f"{length:,}", exact=True).click()
    guest.page.locator(".st-key-learning_look").get_by_text("Every seed").click()
    expect(guest.page).to_have_url(re.compile("learning_look="))
    guest.settle()
    with visit(browser, guest.address, theme="dark", width=375) as friend:
        friend.open(guest.page.url.removeprefix(guest.address), "Comparison")
        drawn = lines(friend, "loss-while-learning")
        assert friend.overflow() <= 0
        assert friend.faint_texts() == []
    own = runs[(runs["kind"] == "curve") & (runs["length"] == length) & (runs["architecture"] == "gru")].sort_values(
        ["seed", "step"]
    )
    seen = [(step, loss) for step, loss in zip(drawn["GRU"]["x"], drawn["GRU"]["y"], strict=True) if step is not None]
    assert seen == [(step, pytest.approx(loss)) for step, loss in zip(own["step"], own["loss"], strict=True)]
    assert "RNN" not in drawn
