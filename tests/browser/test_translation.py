"""The translation page under a visitor's hands: typing a sentence, the teacher-forcing switch, links, hostile and huge
text."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from playwright.sync_api import Locator, expect

from engine.inspection.translation.examples import list_translation_examples
from engine.inspection.translation.translations import inspect_translation
from engine.models.folder import load_model
from tests.browser.browsing import Chromium, Visit

WITH, WITHOUT = "en-fr-attention", "en-fr-no-attention"
SENTENCE = "Two children are playing in the snow."


def open_attention(guest: Visit, **parameters: str) -> None:
    """Open the page with the map of attention."""
    guest.open(f"/translation?{urlencode({'tool': 'attention'} | parameters)}", "Translation")


def box(guest: Visit) -> Locator:
    """Return the box for the English text."""
    return guest.page.get_by_role("textbox", name="Text to translate", exact=True)


def type_in(guest: Visit, text: str) -> None:
    """Type an English text and send it off."""
    box(guest).fill(text)
    box(guest).press("Control+Enter")
    guest.expect_query(text=text)
    guest.settle()


def has_heading(guest: Visit, text: str) -> None:
    """Expect a translation on the page."""
    expect(guest.page.get_by_role("heading", name=text, exact=True).first).to_be_visible()


def test_a_typed_sentence_is_translated_by_both_networks(guest: Visit) -> None:
    open_attention(guest)
    type_in(guest, SENTENCE)
    for name in (WITH, WITHOUT):
        has_heading(guest, inspect_translation(load_model(name), SENTENCE, 5, 1.0).text)
    expect(guest.chart("attention", ".js-plotly-plot")).to_be_visible()


def test_an_example_fills_both_boxes_and_a_link_carries_them(guest: Visit, browser: Chromium) -> None:
    example = list_translation_examples()[2]
    open_attention(guest)
    guest.page.get_by_text("Teacher forcing", exact=True).click()
    reference = guest.page.get_by_role("textbox", name="Reference, a translation by a person")
    expect(reference).to_be_visible()
    guest.page.get_by_role("button", name=example.name, exact=True).click()
    expect(box(guest)).to_have_value(example.source)
    expect(reference).to_have_value(example.reference)
    guest.page.get_by_text("Greedy", exact=True).click()
    expect(guest.page).to_have_url(re.compile(r"text=.*search=Greedy|search=Greedy.*text="))
    guest.settle()
    with browser.visit(guest.address) as friend:
        friend.open(guest.path, "Translation")
        expect(box(friend)).to_have_value(example.source)
        reference = friend.page.get_by_role("textbox", name="Reference, a translation by a person")
        expect(reference).to_have_value(example.reference)
        has_heading(friend, inspect_translation(load_model(WITH), example.source, 1, 0.0).text)


def test_text_of_a_visitor_is_never_read_as_markup(guest: Visit) -> None:
    hostile = (
        "<img src=x onerror=alert(1)> ![x](https://example.invalid/x.png) $a$ <a href='javascript:alert(2)'>dog</a>"
    )
    open_attention(guest)
    type_in(guest, hostile)
    guest.page.get_by_test_id("stButtonGroup").get_by_text("Subword tokens").click()
    guest.expect_query(unit="Subword tokens")
    guest.settle()
    expect(box(guest)).to_have_value(hostile)
    expect(guest.page.locator("main img[src='x'], main a[href^='javascript']")).to_have_count(0)


def test_text_that_cannot_be_translated_gets_a_sentence_and_stays(guest: Visit) -> None:
    open_attention(guest)
    for text, words in (("", "nothing to translate"), ("word " * 4000, "at most")):
        type_in(guest, text)
        expect(guest.page.get_by_test_id("stAlert").get_by_text(words)).to_be_visible()
        expect(box(guest)).to_have_value(text)
    type_in(guest, SENTENCE)
    expect(guest.chart("attention", ".js-plotly-plot")).to_be_visible()


def test_characters_never_seen_are_named(guest: Visit) -> None:
    open_attention(guest, text="A \N{CJK UNIFIED IDEOGRAPH-72AC} runs.")
    expect(guest.page.get_by_text("Never seen in training: \N{CJK UNIFIED IDEOGRAPH-72AC}")).to_be_visible()
