"""Attention on trial as a visitor uses it: keyboard, clicks and links, against the engine's own numbers on the shipped
network."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from playwright.sync_api import expect

from engine.decoding.attention_settings import AttentionEdit
from engine.inspection.translation.attention_ablation import open_trial, try_edit, verdict
from engine.inspection.translation.attention_search import find_attention, first_piece, search_sentence
from engine.inspection.translation.search import inspect_search
from engine.models.folder import load_model
from tests.browser.browsing import Chromium

NAME, SENTENCE = "en-fr-attention", "A black dog runs on the beach."
QUERY = urlencode(
    {"tool": "Attention", "text": SENTENCE, "search": "Greedy", "translators": "With and without attention"}
)


def test_a_step_is_tried_changed_and_searched(browser: Chromium, server: str) -> None:
    loaded = load_model(NAME)
    trial = open_trial(loaded, inspect_search(loaded, SENTENCE, 1, 0.0))

    def told(step: int, kind: str) -> str:
        word = trial.translation.source_words[trial.steps["looked_at_word"][step - 1]]
        report = try_edit(loaded, trial, step, AttentionEdit(kind, word.start, word.stop))
        return verdict(trial, report)

    with browser.visit(server) as guest:
        guest.open(f"/translation?{QUERY}", "Translation")
        page, step = guest.page, trial.most_telling_step
        expect(page.get_by_text(told(step, "remove"))).to_be_visible()

        page.get_by_text("Look everywhere the same", exact=True).click()
        expect(page.get_by_text(told(step, "uniform"))).to_be_visible()
        expect(page).to_have_url(re.compile("attention_kind=Look"))

        slider = page.get_by_role("slider", name="Step to test")
        slider.press("ArrowLeft")
        expect(page.get_by_text(told(step - 1, "uniform"))).to_be_visible()

        written = guest.chart("attention-links", ".scatterlayer .trace").last.locator(".point")
        expect(written).to_have_count(len(trial.translation.target_pieces))  # each word of this sentence is one piece
        guest.click_mark(written.nth(1))
        expect(page.get_by_text(told(2, "uniform"))).to_be_visible()
        expect(page).to_have_url(re.compile(r"attention_step=2\b"))

        page.get_by_text("Which attention would have written another word?").click()
        box = page.get_by_role("textbox", name="or any other, typed")
        box.fill("plage")
        box.press("Enter")
        found = find_attention(loaded, trial, 2, first_piece(loaded, "plage"))
        assert found.is_reached
        expect(page.get_by_text(search_sentence(found, "plage").split(", ", 1)[0])).to_be_visible()
