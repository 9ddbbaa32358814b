"""The comparison page in a real browser: what its charts have drawn is what the Parquet file holds, and a link carries
the whole view."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from playwright.sync_api import expect

from engine.experiments.runs import results
from pages.components.comparison import RECIPE
from tests.browser.browsing import Chromium, Visit, eventually

TASK, TITLE = "delayed_recall", "Delayed recall"
LINES = """chart => Object.fromEntries(chart._fullData.map(line => [line.name, {
    x: Array.from(line.x), y: Array.from(line.y),
    up: Array.from(line.error_y.array || []), down: Array.from(line.error_y.arrayminus || []),
}]))"""


@pytest.fixture(scope="module")
def runs() -> pd.DataFrame:
    """Return the runs of one task at equal parameters, straight from the file."""
    frame = pd.read_parquet(results.RESULTS / f"{RECIPE}.parquet")
    return frame[(frame["task"] == TASK) & (frame["equal"] == "parameters")]


def test_the_first_chart_draws_the_medians_and_ranges_of_the_file(guest: Visit, runs: pd.DataFrame) -> None:
    guest.open(f"/comparison?task={TASK}", "Comparison")
    summaries = runs[runs["kind"] == "summary"]

    def expect_the_file_s_numbers() -> None:
        drawn = guest.drawn("error-by-length", LINES)
        for name, label in (("rnn", "RNN"), ("lstm", "LSTM"), ("gru", "GRU")):
            own = summaries[summaries["architecture"] == name].groupby("length")["accuracy"]
            wrong = 100 * (1 - own.quantile([0, 0.5, 1]).unstack())
            assert drawn[label]["y"] == pytest.approx(wrong[0.5].tolist())
            assert drawn[label]["up"] == pytest.approx((wrong[0] - wrong[0.5]).tolist())
            assert drawn[label]["down"] == pytest.approx((wrong[0.5] - wrong[1]).tolist())
        assert drawn["Without memory"]["y"] == pytest.approx([87.5] * summaries["length"].nunique())

    eventually(expect_the_file_s_numbers)
    guest.page.locator(".st-key-show").get_by_text("RNN", exact=True).click()
    expect(guest.chart("error-by-length", ".legendtext").first).to_have_text(re.compile("^(?!RNN)"))
    expect(guest.page).to_have_url(re.compile("show="))

    def expect_no_line_of_the_rnn() -> None:
        drawn = guest.drawn("error-by-length", LINES)
        assert "RNN" not in drawn
        assert "LSTM" in drawn

    eventually(expect_no_line_of_the_rnn)


def test_learning_curves_are_the_file_s_and_a_friend_s_link_shows_them(
    guest: Visit, runs: pd.DataFrame, browser: Chromium
) -> None:
    length = int(runs["length"].min())
    guest.open(f"/comparison?task={TASK}", "Comparison")
    guest.page.locator(".st-key-show").get_by_text("RNN", exact=True).click()
    expect(guest.page).to_have_url(re.compile("show="))
    guest.page.locator(".st-key-section").get_by_text("How they learn").click()
    expect(guest.page).to_have_url(re.compile("section="))
    guest.page.locator(".st-key-learning_length").get_by_text(f"{length:,}", exact=True).click()
    guest.page.locator(".st-key-learning_look").get_by_text("Every seed").click()
    expect(guest.page).to_have_url(re.compile("learning_look="))
    own = runs[(runs["kind"] == "curve") & (runs["length"] == length) & (runs["architecture"] == "gru")].sort_values(
        ["seed", "step"]
    )

    def expect_the_file_s_curves() -> None:
        drawn = friend.drawn("loss-while-learning", LINES)
        gru = zip(drawn["GRU"]["x"], drawn["GRU"]["y"], strict=True)
        seen = [(step, loss) for step, loss in gru if step is not None]
        assert seen == [(step, pytest.approx(loss)) for step, loss in zip(own["step"], own["loss"], strict=True)]
        assert "RNN" not in drawn

    guest.settle()
    with browser.visit(guest.address, theme="dark", width=375) as friend:
        friend.open(guest.path, "Comparison")
        eventually(expect_the_file_s_curves)
        friend.expect_whole()
