"""The search tree under a visitor's hands: clicking what the search left, replacing a word, the map; all beside the
engine's numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from engine.inspection.translation.examples import list_translation_examples
from engine.inspection.translation.penalty_sweep import inspect_settings
from engine.inspection.translation.search import inspect_search, search_sentence
from engine.inspection.translation.search_tries import alternatives_after, search_from, try_sentence
from engine.models.folder import load_model
from tests.browser.browsing import Chromium, Visit

NETWORK = "en-fr-attention"
EXAMPLE = list_translation_examples()[0]
LINK = urlencode(
    {
        "tool": "search",
        "translators": "pair",
        "network": NETWORK,
        "text": EXAMPLE.source,
        "reference": EXAMPLE.reference,
    }
)


@pytest.fixture
def guest(browser: Chromium, server: str) -> Iterator[Visit]:
    """Return a visitor at the search tree."""
    with browser.visit(server) as guest:
        guest.open(f"/translation?{LINK}", "Translation")
        expect(guest.chart("search-settings", ".js-plotly-plot")).to_be_visible()
        yield guest


def test_what_the_search_left_is_brought_back_by_a_click_and_taken_away_again(guest: Visit) -> None:
    loaded = load_model(NETWORK)
    report = inspect_search(loaded, EXAMPLE.source, 5, 1.0)
    expect(guest.page.get_by_text(search_sentence(report))).to_be_visible()
    node = int(report.left["node"].iloc[1])
    guest.click_point("search-tree", "Left by the search", 1)
    words = f"1. {try_sentence(report, search_from(loaded, EXAMPLE.source, report.prefix(node), 5, 1.0))}"
    expect(guest.page.locator(".st-key-search-try-1")).to_contain_text(words)
    expect(guest.page).to_have_url(re.compile("search_tries=[0-9a-f]{6}-"))
    guest.page.get_by_role("button", name="Undo the last").click()
    expect(guest.page.locator(".st-key-search-try-1")).to_have_count(0)


def test_another_word_changes_what_follows_and_a_letter_of_the_map_the_search(guest: Visit) -> None:
    loaded = load_model(NETWORK)
    report = inspect_search(loaded, EXAMPLE.source, 5, 1.0)
    second = alternatives_after(loaded, EXAMPLE.source, ()).iloc[1]
    guest.page.locator(f".st-key-search-choose-{second['token_id']} button").click()
    found = search_from(loaded, EXAMPLE.source, (int(second["token_id"]),), 5, 1.0)
    expect(guest.page.locator(".st-key-search-try-1")).to_contain_text(try_sentence(report, found))
    settings = inspect_settings(loaded, EXAMPLE.source, EXAMPLE.reference)
    letter = settings.cells["winner"].iloc[0]
    cell = settings.cells.iloc[0]
    guest.click_point("search-settings", letter, 0)
    report = inspect_search(loaded, EXAMPLE.source, int(cell["width"]), float(cell["length_penalty"]))
    expect(guest.page.get_by_text(search_sentence(report))).to_be_visible()
    assert report.winner.text == settings.winner_at(int(cell["width"]), float(cell["length_penalty"])).text
    expect(guest.page).to_have_url(re.compile("search_width=1"))
