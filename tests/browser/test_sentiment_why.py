"""Why, order and padding under a visitor's hands, against the engine's own numbers for the shipped networks."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from engine.inspection.classification.attributions import agreement_sentence, explain
from engine.inspection.classification.counterfactuals import find_flips, flip_sentence
from engine.inspection.classification.predictions import classify_rows
from engine.inspection.classification.word_order import probabilities_in_order, shuffle_words, swap_words
from engine.inspection.padding import inspect_batch, mask_sentence, split_lines
from engine.models.folder import LoadedModel, load_model
from pages.components.sentiment.view import SentimentView
from tests.browser.browsing import Visit

TEXT = "He said the food was not good."
WORDS = tuple("he said the food was not good .".split())
LINK = f"/sentiment?text={quote(TEXT)}&tool="


@pytest.fixture(scope="module")
def loaded() -> LoadedModel:
    """Return the classifier that the page shows first."""
    return load_model("sst2-bilstm")


def test_why_names_the_flip_and_it_really_flips(guest: Visit, loaded: LoadedModel) -> None:
    guest.open(LINK + "Why", "Sentiment")
    found, flips = explain(loaded, WORDS), find_flips(loaded, WORDS)
    expect(guest.page.get_by_text(flip_sentence(flips, loaded.info.config["labels"]))).to_be_visible()
    (before, after) = classify_rows(loaded, [list(WORDS), list(flips.smallest.words)])
    assert before.label != after.label
    for method in found.agreement:
        expect(guest.page.get_by_text(agreement_sentence(found, method)).first).to_be_visible()
    expect(guest.chart("why-strips").get_by_text(f"{found.deleted[5]:+.2f}").first).to_be_visible()
    guest.page.get_by_role("slider", name="Leave out word").press("Home")
    expect(
        guest.page.get_by_text(
            f"“positive” goes from {100 * found.probability:.1f} % to {100 * found.probability_without[0]:.1f} %"
        )
    ).to_be_visible()
    guest.click_mark(guest.chart("why-strips", ".scatterlayer .trace").last.locator(".point").nth(5 * 4))
    expect(guest.page.get_by_text(f"to {100 * found.probability_without[5]:.1f} %").first).to_be_visible()


def test_order_is_shuffled_and_swapped_by_keyboard(guest: Visit, loaded: LoadedModel) -> None:
    guest.open(LINK + "Order", "Sentiment")
    blind = load_model("sst2-average")
    first = SentimentView().order_seed
    for seed, step in ((first, None), (first + 1, "Another")):
        if step:
            guest.page.get_by_role("button", name=step).click()
        order = shuffle_words(WORDS, seed)
        expect(guest.page.get_by_text(f"In the other order: {' '.join(order)}")).to_be_visible()
        (reordered,) = probabilities_in_order(loaded, (order,))
        expect(
            guest.page.get_by_text(f"% as it stands, {100 * reordered:.1f} % in the other order").last
        ).to_be_visible()
    (same,) = probabilities_in_order(blind, (WORDS,))
    expect(
        guest.page.get_by_text(
            f"{100 * same:.1f} % as it stands, {100 * same:.1f} % in the other order; the same for every order, to "
            "rounding."
        ).last
    ).to_be_visible()
    guest.page.get_by_text("with two swapped", exact=True).click()
    box = guest.page.get_by_role("combobox", name="Swap word")
    box.fill("6 not")
    box.press("Enter")
    (swapped,) = probabilities_in_order(loaded, (swap_words(WORDS, 5, 7),))
    expect(guest.page.get_by_text(f"{100 * swapped:.1f} % in the other order").last).to_be_visible()


@pytest.mark.parametrize(("page", "name"), [("sentiment", "sst2-bilstm"), ("entities", "gmb-bilstm-crf")])
def test_padding_shows_what_the_mask_is_for(guest: Visit, page: str, name: str) -> None:
    lines = ("Paris is a good city.", "No.", "Anna said that it was not bad at all in Rome.")
    guest.open(f"/{page}?tool=Padding&padding_lines={quote(chr(10).join(lines))}&padding_batch=3", page.capitalize())
    network = load_model(name)
    report = inspect_batch(network, split_lines(network, lines))
    expect(guest.page.get_by_text(mask_sentence([report]))).to_be_visible()
    points = guest.chart("padding-grid", ".scatterlayer .point")
    expect(points).to_have_count(report.mask.size)
    expect(guest.page.get_by_text(f"{100 * report.wasted:.0f} % of the cells are padding")).to_be_visible()
