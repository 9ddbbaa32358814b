"""State transplant as a visitor uses it: curves, texts and lengths against the engine's own numbers on the shipped
networks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from engine.decoding.limits import SamplingSettings
from engine.inspection.writing.activation_patching import donor_influence, write_after_transplant
from engine.models.folder import load_model
from pages.components.generation.view import DONOR, RECEIVER
from tests.browser.browsing import Chromium, Visit, eventually

SETTINGS = SamplingSettings(max_new_tokens=40)
QUERY = urlencode({"tool": "State transplant", "model": "GRU", "max_new_tokens": 40})
NETWORKS = {"RNN": "shakespeare-rnn", "LSTM": "shakespeare-lstm", "GRU": "shakespeare-gru"}


@pytest.fixture
def guest(browser: Chromium, server: str) -> Iterator[Visit]:
    """Return a visitor with the tool open."""
    with browser.visit(server) as guest:
        guest.open(f"/generation?{QUERY}", "Generation")
        yield guest


def expect_texts(guest: Visit, **texts: str) -> None:
    """Wait until these texts stand behind the pens of the two boxes."""

    def check() -> None:
        boxes = {key: guest.page.locator(f".st-key-transplant-{key} [data-testid='stText']") for key in texts}
        assert {key: box.inner_text().split("▏")[1] for key, box in boxes.items()} == texts

    eventually(check)


def test_slider_texts_and_curves_are_the_engines(guest: Visit) -> None:
    page, gru = guest.page, load_model("shakespeare-gru")
    for label, name in NETWORKS.items():
        lasts = donor_influence(load_model(name), DONOR, RECEIVER, 1.0).lasts_characters
        words = (
            f"still differs at the end of B, after {len(RECEIVER)} characters"
            if lasts is None
            else f"comes after {lasts} characters of B"
        )
        column = page.locator("[data-testid='stColumn']").filter(
            has_text=re.compile(rf"^\s*\S\s*{label}\s*(Some|The last) prediction")
        )
        expect(column).to_contain_text(words)
    free, moved, less = (
        write_after_transplant(gru, DONOR, RECEIVER[:25], amount, SETTINGS) for amount in (0.0, 1.0, 0.95)
    )
    expect_texts(guest, free=free, moved=moved)
    slider = page.get_by_role("slider", name="How much of A's state")
    slider.press("ArrowLeft")
    expect(page.get_by_text("B begun with 95 % of A's state")).to_be_visible()
    guest.expect_query(transplant_amount="0.95")
    expect_texts(guest, moved=less)
    slider.press("Home")
    expect(page.get_by_text("both runs are the same")).to_be_visible()
    expect_texts(guest, free=free, moved=free)


def test_passages_of_ones_own_are_kept_whatever_is_wrong_with_them(guest: Visit) -> None:
    page = guest.page
    passage = page.get_by_role("textbox", name="Passage B")
    passage.fill("b" * 2_001)
    passage.press("Control+Enter")
    expect(page.get_by_text("The passage has 2,001 characters; at most 2,000 are read.")).to_be_visible()
    expect(passage).to_have_value("b" * 2_001)
    passage.fill("It was a night of storm, and")
    passage.press("Control+Enter")
    lasts = donor_influence(load_model("shakespeare-gru"), DONOR, "It was a night of storm, and", 1.0).lasts_characters
    words = "still differs at the end of B, after 28 characters" if lasts is None else f"after {lasts} characters of B"
    expect(page.get_by_text(words).last).to_be_visible()
    expect(page.get_by_text("After 25 characters of B, GRU writes on")).to_be_visible()
