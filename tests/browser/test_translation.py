"""The translation page under a visitor's hands: typing a sentence, the teacher-forcing switch, links, hostile and huge
text."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from engine.inspection.translation.examples import list_translation_examples
from engine.inspection.translation.translations import inspect_translation
from engine.models.folder import load_model
from tests.browser.browsing import TIMEOUT_MS, Visit, visit

expect.set_options(timeout=TIMEOUT_MS)  # a test machine may be busy
WITH, WITHOUT = "en-fr-attention", "en-fr-no-attention"
SENTENCE = "Two children are playing in the snow."


@pytest.fixture
def guest(browser: Browser, server: str) -> Iterator[Visit]:
    """Return a visitor on the translation page who looks at the map of attention."""
    with visit(browser, server) as guest:
        guest.open("/translation?tool=attention", "Translation")
        yield guest


def box(guest: Visit) -> Locator:
    """Return the box for the English text."""
    return guest.page.get_by_role("textbox", name="Text to translate", exact=True)


def type_in(guest: Visit, text: str) -> None:
    """Type an English text and send it off."""
    box(guest).fill(text)
    box(guest).press("Control+Enter")
    guest.settle()


def has_heading(guest: Visit, text: str) -> None:
    """Expect a translation on the page."""
    expect(guest.page.get_by_role("heading", name=text, exact=True).first).to_be_visible()


def test_a_typed_sentence_is_translated_by_both_networks(guest: Visit) -> None:
    type_in(guest, SENTENCE)
    for name in (WITH, WITHOUT):
        has_heading(guest, inspect_translation(load_model(name), SENTENCE, 5, 1.0).text)
    expect(guest.chart("attention", ".js-plotly-plot")).to_be_visible()


def test_an_example_fills_both_boxes_and_a_link_carries_them(guest: Visit, browser: Browser) -> None:
    example = list_translation_examples()[2]
    guest.page.get_by_text("Forced or free", exact=True).click()
    expect(guest.page.get_by_role("textbox", name="Reference, a translation by a person")).to_be_visible()
    guest.page.get_by_role("button", name=example.name, exact=True).click()
    expect(box(guest)).to_have_value(example.source)
    guest.page.get_by_text("Greedy", exact=True).click()
    expect(guest.page).to_have_url(re.compile(r"text=.*search=Greedy|search=Greedy.*text="))
    guest.settle()
    with visit(browser, guest.address) as friend:
        friend.open(guest.page.url.removeprefix(guest.address), "Translation")
        expect(box(friend)).to_have_value(example.source)
        reference = friend.page.get_by_role("textbox", name="Reference, a translation by a person")
        expect(reference).to_have_value(example.reference)
        has_heading(friend, inspect_translation(load_model(WITH), example.source, 1, 0.0).text)


def test_text_of_a_visitor_is_never_read_as_markup(guest: Visit) -> None:
    hostile = (
        "<img src=x onerror=alert(1)> ![x](https://example.invalid/x.png) $a$ <a href='javascript:alert(2)'>dog</a>"
    )
    dialogs: list[str] = []
    guest.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    type_in(guest, hostile)
    guest.page.get_by_test_id("stButtonGroup").get_by_text("Pieces").click()
    guest.settle()
    assert box(guest).input_value() == hostile
    assert guest.page.locator("main img[src='x'], main a[href^='javascript']").count() == 0
    assert (dialogs, guest.outside_requests) == ([], [])


@pytest.mark.parametrize(("text", "words"), [("", "nothing to translate"), ("word " * 4000, "at most")])
def test_text_that_cannot_be_translated_gets_a_sentence_and_stays(guest: Visit, text: str, words: str) -> None:
    type_in(guest, text)
    expect(guest.page.get_by_test_id("stAlert").get_by_text(words)).to_be_visible()
    assert box(guest).input_value() == text
    assert guest.page.get_by_test_id("stException").count() == 0
    type_in(guest, SENTENCE)
    expect(guest.chart("attention", ".js-plotly-plot")).to_be_visible()


def test_characters_never_seen_are_named(guest: Visit) -> None:
    type_in(guest, "A \N{CJK UNIFIED IDEOGRAPH-72AC} runs.")
    expect(guest.page.get_by_text("Never seen in training: \N{CJK UNIFIED IDEOGRAPH-72AC}")).to_be_visible()
