"""Teacher forcing under a visitor's hands: a switch is clicked, a step is told by keyboard, a wrong word is put in."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from engine.inspection.translation.examples import list_translation_examples
from engine.inspection.translation.forcing import chosen_steps, inspect_forcing, mixed_sentence
from engine.inspection.translation.wrong_word import put_wrong_word, wrong_word_sentence
from engine.models.folder import list_models, load_model
from tests.browser.browsing import Chromium, Visit

MODEL = "en-fr-attention"
EXAMPLE = list_translation_examples()[0]

pytestmark = pytest.mark.skipif(
    MODEL not in {info.name for info in list_models() if not info.error}, reason=f"{MODEL} is not in data/pretrained"
)


def shows(guest: Visit, steps: str) -> None:
    """Expect what the engine says of these steps."""
    report = inspect_forcing(load_model(MODEL), EXAMPLE.source, EXAMPLE.reference, steps)
    expect(guest.page.get_by_text(mixed_sentence(report), exact=True).first).to_be_visible()
    expect(guest.metric("Yours")).to_have_text(f"{report.mixed.mean_loss:.2f} nats")
    expect(guest.metric("Exposure bias")).to_have_text(f"{report.exposure_gap:.2f} nats")
    expect(guest.page.get_by_text(f"Your row reads: {report.mixed.text}")).to_be_visible()


def test_switches_are_clicked_scrubbed_and_turned_by_keyboard(browser: Chromium, server: str) -> None:
    with browser.visit(server) as guest:
        page = guest.page
        guest.open("/translation?tool=forcing&translators=pair&search=greedy", "Translation")
        loaded = load_model(MODEL)
        shows(guest, chosen_steps(loaded, EXAMPLE.source, EXAMPLE.reference, "first"))
        page.get_by_role("button", name="All", exact=True).click()
        shows(guest, "all")
        count = len(loaded.tokenizer.encode(EXAMPLE.reference))
        switch = guest.chart("timelines", ".scatterlayer .trace").last.locator(".point").nth(4)
        guest.click_mark(switch)
        expect(page).to_have_url(re.compile(rf"forcing_steps=1-4(,|%2C)(\+|%20)6-{count}"))
        shows(guest, f"1-4, 6-{count}")
        guest.click_mark(switch)
        shows(guest, "all")
        slider = page.get_by_role("slider", name="Give the first steps, then none")
        slider.press("Home")
        shows(guest, "none")
        steps = page.get_by_role("textbox", name="Reference given after steps")
        steps.fill("1-5, 8")
        steps.press("Enter")
        shows(guest, "1-5, 8")
        page.get_by_test_id("stCheckbox").get_by_text("Teacher forcing", exact=True).click()
        shows(guest, "none")


def test_a_wrong_word_is_put_in_and_the_verdict_is_the_engines(browser: Chromium, server: str) -> None:
    with browser.visit(server) as guest:
        page = guest.page
        guest.open(
            "/translation?tool=forcing&translators=pair&search=greedy&teacher_forcing=false&forcing_wrong_step=3",
            "Translation",
        )
        word = page.get_by_role("textbox", name="Word to force")
        word.fill("chat")
        word.press("Enter")
        found = put_wrong_word(load_model(MODEL), EXAMPLE.source, EXAMPLE.reference, 3, "chat")
        expect(page.get_by_text(wrong_word_sentence(found), exact=True).first).to_be_visible()
        expect(page.get_by_text(f"It writes with the word: {found.changed.text}")).to_be_visible()
        name, _ = inspect_forcing(load_model(MODEL), EXAMPLE.source, EXAMPLE.reference, "none").alternatives[2][0]
        page.locator(".st-key-forcing-alternatives").get_by_role("button").first.click()
        other = put_wrong_word(load_model(MODEL), EXAMPLE.source, EXAMPLE.reference, 3, name)
        expect(page.get_by_text(wrong_word_sentence(other), exact=True).first).to_be_visible()
