"""State transplant as a visitor uses it: curves, texts and lengths against the engine's own numbers on the shipped
networks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, expect

from engine.decoding.limits import SamplingSettings
from engine.inspection.writing.activation_patching import donor_influence, write_after_transplant
from engine.models.folder import load_model
from pages.components.generation.view import DONOR, RECEIVER
from tests.browser.browsing import TIMEOUT_MS, Visit, visit

SETTINGS = SamplingSettings(max_new_tokens=40)
QUERY = urlencode({"tool": "State transplant", "model": "GRU", "max_new_tokens": 40})
NETWORKS = {"RNN": "shakespeare-rnn", "LSTM": "shakespeare-lstm", "GRU": "shakespeare-gru"}


@pytest.fixture
def guest(browser: Browser, server: str) -> Iterator[Visit]:
    """Return a visitor with the tool open."""
    with visit(browser, server) as guest:
        guest.open(f"/generation?{QUERY}", "Generation")
        yield guest


def written_on(guest: Visit, key: str) -> str:
    """Return what stands behind the pen in one of the two boxes."""
    return guest.page.locator(f".st-key-transplant-{key} [data-testid='stText']").inner_text().split("▏")[1]


def test_slider_texts_and_curves_are_the_engines(guest: Visit) -> None:
    page, gru = guest.page, load_model("shakespeare-gru")
    for label, name in NETWORKS.items():
        lasts = donor_influence(load_model(name), DONOR, RECEIVER, 1.0).lasts_characters
        words = (
            f"still felt at the end of B, after {len(RECEIVER)} characters"
            if lasts is None
            else f"felt for {lasts} characters of B"
        )
        column = page.locator("[data-testid='stColumn']").filter(has_text=re.compile(rf"^\s*\S\s*{label}\s*A is"))
        expect(column).to_contain_text(words, timeout=TIMEOUT_MS)
    assert written_on(guest, "free") == write_after_transplant(gru, DONOR, RECEIVER[:25], 0.0, SETTINGS)
    assert written_on(guest, "moved") == write_after_transplant(gru, DONOR, RECEIVER[:25], 1.0, SETTINGS)
    slider = page.get_by_role("slider", name="How much of A's state")
    slider.press("ArrowLeft")
    expect(page.get_by_text("Transplanted: B begun with 95 % of A's state")).to_be_visible(timeout=TIMEOUT_MS)
    guest.settle()
    assert "transplant_amount=0.95" in page.url
    assert written_on(guest, "moved") == write_after_transplant(gru, DONOR, RECEIVER[:25], 0.95, SETTINGS)
    slider.press("Home")
    expect(page.get_by_text("both runs are the same")).to_be_visible(timeout=TIMEOUT_MS)
    guest.settle()
    assert written_on(guest, "moved") == written_on(guest, "free")
    assert not guest.console_errors


def test_passages_of_ones_own_are_kept_whatever_is_wrong_with_them(guest: Visit) -> None:
    page = guest.page
    passage = page.get_by_role("textbox", name="Passage B")
    passage.fill("b" * 2_001)
    passage.press("Control+Enter")
    expect(page.get_by_text("The passage has 2,001 characters; at most 2,000 are read.")).to_be_visible(
        timeout=TIMEOUT_MS
    )
    assert passage.input_value() == "b" * 2_001
    passage.fill("It was a night of storm, and")
    passage.press("Control+Enter")
    lasts = donor_influence(load_model("shakespeare-gru"), DONOR, "It was a night of storm, and", 1.0).lasts_characters
    words = "still felt at the end of B, after 28 characters" if lasts is None else f"felt for {lasts} characters"
    expect(page.get_by_text(words).last).to_be_visible(timeout=TIMEOUT_MS)
    expect(page.get_by_text("After 25 characters of B, GRU writes on")).to_be_visible(timeout=TIMEOUT_MS)
