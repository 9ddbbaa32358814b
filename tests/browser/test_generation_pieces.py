"""The network of word pieces on the same page, with the same controls, against the engine's own text and chances."""

from __future__ import annotations

from urllib.parse import urlencode

from playwright.sync_api import expect

from engine.decoding.limits import SamplingSettings
from engine.decoding.text import write_text
from engine.inspection.writing.next_tokens import next_tokens
from engine.models.folder import load_model
from engine.plotting.writing.distribution import describe_next_tokens
from pages.components.generation.view import DEFAULT_PROMPT
from tests.browser.browsing import Chromium, eventually

SETTINGS = SamplingSettings(max_new_tokens=40, top_k=5)


def test_pieces_are_written_drawn_and_looked_at_like_characters(browser: Chromium, server: str) -> None:
    pieces = load_model("shakespeare-pieces")
    text = DEFAULT_PROMPT + "".join(write_text(pieces, DEFAULT_PROMPT, SETTINGS))
    assert len(text) - len(DEFAULT_PROMPT) > 60, "40 pieces are more than 60 characters"
    position = len(DEFAULT_PROMPT)
    query = {"tool": "Next character", "max_new_tokens": 40, "top_k": 5, "position": position}
    with browser.visit(server) as guest:
        guest.open(f"/generation?{urlencode(query)}", "Generation")
        guest.page.get_by_test_id("stButtonGroup").filter(has_text="Word pieces").get_by_text("Word pieces").click()
        box = guest.page.locator(".st-key-written-by-shakespeare-pieces [data-testid='stText']")

        def expect_the_engine_s_text() -> None:
            assert box.text_content() == text.rstrip()  # Streamlit draws no blank at the end

        eventually(expect_the_engine_s_text)
        guest.expect_query(models="Word pieces")
        expected = next_tokens(pieces, text[:position], 0.8, 5, 1.0)
        followed = text[position:][: pieces.tokenizer.spans(text[position:])[0][1]]
        expect(guest.page.get_by_text(expected.outcome(followed))).to_be_visible()
        assert int((expected.frame["probability_after"] > 0).sum()) == 5
        alt = describe_next_tokens(expected.frame, noun="subword token")
        expect(guest.page.get_by_label(alt)).to_have_count(1)
