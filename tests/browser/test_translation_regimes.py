"""Training with less teacher forcing as a visitor reads it: the sentence by every network, and the measured table,
against the engine."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from engine.inspection.translation import regimes
from engine.inspection.translation.examples import list_translation_examples
from engine.inspection.translation.forcing import inspect_forcing
from engine.models.folder import list_models, load_model
from tests.browser.browsing import Chromium

EXAMPLE = list_translation_examples()[0]
TAUGHT = [info.name for info in list_models() if info.group == "forcing" and not info.error]

pytestmark = pytest.mark.skipif(
    len(TAUGHT) < 2, reason="the networks that were taught in different ways are not in data/pretrained"
)


def test_the_ways_to_be_taught_are_compared_as_measured(browser: Chromium, server: str) -> None:
    frame = regimes.read_regimes(regimes.TABLE)
    with browser.visit(server) as guest:
        page = guest.page
        guest.open("/translation?tool=regimes&search=greedy", "Translation")
        for sentence in (
            regimes.winner_sentence(frame),
            regimes.scheduled_sentence(frame),
            regimes.gap_sentence(frame),
        ):
            if sentence:
                expect(page.get_by_text(sentence, exact=True).first).to_be_visible()
        expect(guest.chart("regimes-curves", ".js-plotly-plot")).to_be_visible()
        with page.expect_download() as saved:
            page.locator(".st-key-regimes-sentence-download").get_by_role("button").click()
        table = saved.value.path().read_text(encoding="utf-8-sig")
        for name in TAUGHT:
            report = inspect_forcing(load_model(name), EXAMPLE.source, EXAMPLE.reference, "none")
            assert report.free.text in table
            assert f"{report.exposure_gap:.3f}".rstrip("0") in table
