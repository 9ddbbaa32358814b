"""The lattice and the two directions of the Entities page in a real browser: what stands there is what the engine
computes."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from engine.inspection.tagging.directions import disagreement_sentence, read_directions, word_frame
from engine.inspection.tagging.lattice import (
    best_tags,
    best_ways,
    signed,
    spans_sentence,
    step_sentence,
)
from engine.inspection.tagging.lattice_edits import easiest_flips, edit_steps
from engine.inspection.tagging.predictions import split_words, tag_words
from engine.models.folder import list_models, load_model
from engine.wording import percent
from tests.browser.browsing import Chromium

NETWORK = "gmb-bilstm-crf"
TEXT = "Anna Smith flew from Rome to New York in May to work for the United Nations."
WORDS = tuple(word.text for word in split_words(TEXT))

pytestmark = pytest.mark.skipif(
    NETWORK not in [info.name for info in list_models() if not info.error], reason="the shipped tagger is not here"
)


def test_the_lattice_moves_by_key_and_click_and_an_edited_step_flips_an_entity(browser: Chromium, server: str) -> None:
    lattice = tag_words(load_model(NETWORK), WORDS)
    ways = best_ways(lattice, 3)
    flip = easiest_flips(lattice)[0]
    with browser.visit(server, "dark", 375) as found:
        page = found.page
        found.open(f"/entities?tool=lattice&lattice_word=4&text={quote(TEXT)}", "Entities")
        chart = found.chart("lattice")
        for name, way in zip(("Best", "Second", "Third"), ways, strict=True):
            legend = chart.get_by_text(f"{name}: {percent(way.probability)} (score {way.score:.2f})", exact=True)
            expect(legend).to_be_visible()
        expect(page.get_by_role("heading", name="The arithmetic at word 4", exact=True)).to_be_visible()
        word = page.locator(".st-key-lattice_word").get_by_role("slider")
        word.press("ArrowRight")
        expect(page.get_by_role("heading", name="The arithmetic at word 5", exact=True)).to_be_visible()
        found.click_mark(chart.locator(".scatterlayer .trace").last.locator(".point").nth(2))
        expect(page.get_by_role("heading", name="The arithmetic at word 5", exact=True)).to_be_hidden()
        expect(page.get_by_text(f"flips the reading is {signed(flip.edit.change)}")).to_be_visible()
        page.get_by_role("button", name="Make this change").click()
        edited = edit_steps(lattice, [flip.edit])
        said = f"With {flip.edit.before} to {flip.edit.after} {signed(flip.edit.change)}: " + spans_sentence(
            WORDS, ways[0].tags, best_tags(edited)
        )
        expect(page.get_by_text(said, exact=True)).to_be_visible()
        expect(page.get_by_text(step_sentence(edited, flip.edit.before), exact=True)).to_be_visible()
        expect(page).to_have_url(re.compile("lattice_edits="))
        found.settle()
        link = found.path
        found.expect_whole()
        found.open(link, "Entities")  # a link carries the edit
        expect(page.get_by_text(said, exact=True)).to_be_visible()
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_text(said, exact=True)).to_be_hidden()


def test_the_halves_of_a_word_are_the_engines(browser: Chromium, server: str) -> None:
    directions = read_directions(load_model(NETWORK), WORDS)
    best = word_frame(directions, 4).iloc[0]
    with browser.visit(server) as found:
        page = found.page
        found.open(f"/entities?tool=directions&directions_word=4&text={quote(TEXT)}", "Entities")
        expect(page.get_by_text(disagreement_sentence(directions), exact=True)).to_be_visible()
        word = page.get_by_role("slider", name="Look at word")
        word.press("ArrowRight")
        said = (
            f"“{WORDS[4]}”: for {best['tag']}, the best by emissions, the forward half adds {signed(best['forward'])}"
        )
        expect(page.get_by_text(said)).to_be_visible()
        found.click_mark(found.chart("directions", ".scatterlayer .trace").last.locator(".point").first)
        expect(page.get_by_text(f"“{WORDS[0]}”: for ")).to_be_visible()
        found.expect_whole()
