"""Word swaps, two sentences and nearest sentences under a visitor's hands, against the engine's own numbers."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from engine.inspection.translation.nearest_sentences import find_nearest, nearest_sentence
from engine.inspection.translation.search import inspect_search
from engine.inspection.translation.sentence_similarity import compare_sentences, similarity_sentence
from engine.inspection.translation.translations import inspect_translation
from engine.inspection.translation.word_swaps import find_neighbours, find_words, swap_sentence, swap_word
from engine.models.folder import LoadedModel, load_model
from tests.browser.browsing import Visit

NAME = "en-fr-attention"
SENTENCE = "A young woman reads a book in the park."
LINK = f"/translation?text={quote(SENTENCE)}&search=Greedy&translators=With+and+without+attention&tool="


@pytest.fixture(scope="module")
def loaded() -> LoadedModel:
    """Return the shipped translator with attention."""
    return load_model(NAME)


def test_a_click_chooses_a_word_and_the_keyboard_a_neighbour(guest: Visit, loaded: LoadedModel) -> None:
    guest.open(LINK + "Word+swaps", "Translation")
    guest.click_mark(guest.chart("swaps-words", ".scatterlayer .point").nth(2))
    box = guest.page.get_by_role("combobox", name="Word to replace")
    expect(box).to_have_value("3 woman")
    word = find_words(loaded, SENTENCE)[2]
    neighbours = find_neighbours(loaded, word)
    old = inspect_translation(loaded, SENTENCE, 1, 0.0)
    for new in (neighbours[0].word, neighbours[1].word):
        found = swap_word(loaded, inspect_search(loaded, SENTENCE, 1, 0.0), word, new)
        expect(guest.page.get_by_text(swap_sentence("woman", new, old, found)).first).to_be_visible()
        choice = guest.page.get_by_role("combobox", name="Put there its neighbour")
        choice.fill(neighbours[1].word)
        choice.press("Enter")


def test_a_second_sentence_is_compared_with_the_first(guest: Visit, loaded: LoadedModel) -> None:
    guest.open(LINK + "Two+sentences", "Translation")
    second = SENTENCE.replace("book", "letter")
    box = guest.page.get_by_role("textbox", name="Second sentence")
    box.fill(second)
    box.press("Control+Enter")
    found = compare_sentences(loaded, inspect_search(loaded, SENTENCE, 1, 0.0), inspect_search(loaded, second, 1, 0.0))
    expect(guest.page.get_by_text(similarity_sentence(found))).to_be_visible()
    expect(guest.page.get_by_text(f"leaves at the end: {found.summary_cosine:.3f}")).to_be_visible()
    for name, course in (("encoder", found.encoder), ("decoder", found.decoder)):
        known = sum(cosine is not None for cosine in course.cosines)
        expect(guest.chart(f"twins-{name}", ".scatterlayer .point")).to_have_count(known)


def test_the_nearest_sentences_are_the_engines(guest: Visit, loaded: LoadedModel) -> None:
    guest.open(LINK + "Nearest+sentences", "Translation")
    expect(
        guest.page.get_by_text(nearest_sentence(find_nearest(loaded, inspect_search(loaded, SENTENCE, 1, 0.0))))
    ).to_be_visible()
    guest.page.get_by_test_id("stButtonGroup").get_by_text("Decoder", exact=True).click()
    expect(
        guest.page.get_by_text(nearest_sentence(find_nearest(loaded, inspect_search(loaded, SENTENCE, 1, 0.0), step=1)))
    ).to_be_visible()
    guest.page.get_by_role("slider", name="Before it writes token").press("ArrowRight")
    expect(
        guest.page.get_by_text(nearest_sentence(find_nearest(loaded, inspect_search(loaded, SENTENCE, 1, 0.0), step=2)))
    ).to_be_visible()
