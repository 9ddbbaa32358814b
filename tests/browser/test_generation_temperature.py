"""Temperature and copy check under a visitor's hands, checked against the engine's own numbers."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from engine.decoding.limits import SamplingSettings
from engine.decoding.text import write_text
from engine.inspection.writing.copies import check_copies
from engine.inspection.writing.next_tokens import choices_along
from engine.inspection.writing.temperature_results import stored_curve
from engine.inspection.writing.temperatures import TEMPERATURES, loop_sentence, marked_loop, summarise_curve, write_at
from engine.models.folder import load_model
from pages.components.generation.view import DEFAULT_PROMPT
from tests.browser.browsing import Visit

LINE = "Now is the winter of our discontent"


def test_six_temperatures_and_their_loop(guest: Visit) -> None:
    lstm, settings = load_model("shakespeare-lstm"), SamplingSettings(max_new_tokens=200)
    guest.open("/generation?max_new_tokens=200", "Generation")
    guest.page.get_by_test_id("stButtonGroup").get_by_text("Temperature", exact=True).click()
    truth = [write_at(lstm, DEFAULT_PROMPT, settings, temperature) for temperature in TEMPERATURES]
    for found in truth:
        position = f".st-key-temperature-{found.temperature:g}".replace("0.", "0-").replace("1.", "1-")
        text = guest.page.locator(position).get_by_test_id("stText")
        expect(text).to_have_text(marked_loop(found), use_inner_text=True)
    assert truth[0].measures.loop is not None, "the LSTM's greedy text goes round in circles"
    expect(guest.page.get_by_text(loop_sentence(truth[0]))).to_be_visible()
    novelty = summarise_curve(stored_curve(lstm)).set_index("temperature")["novelty_mean"]
    said = (
        "LSTM: entropy of each draw from 0.00 nats to .* novel text: characters that are not copied from "
        f"{100 * novelty[0]:.0f} % to {100 * novelty[1.5]:.0f} %"
    )
    expect(guest.chart("temperature-curve").get_by_label(re.compile(said))).to_be_attached()


def test_a_line_known_by_heart_is_found_in_its_place(guest: Visit) -> None:
    guest.open("/generation?tool=Copy%20check&max_new_tokens=100", "Generation")
    lstm = load_model("shakespeare-lstm")
    shown = DEFAULT_PROMPT + "".join(write_text(lstm, DEFAULT_PROMPT, SamplingSettings(max_new_tokens=100)))
    own = check_copies(lstm, shown, len(DEFAULT_PROMPT))
    expect(guest.metric("Copied")).to_have_text(f"{100 * own.coverage(20):.1f} %")
    guest.page.get_by_text("Check a text of your own").click()
    box = guest.page.get_by_role("textbox", name="Another text to check")
    box.fill(f"He said: {LINE}, my friend")
    box.press("Control+Enter")
    copies = check_copies(lstm, f"He said: {LINE}, my friend")
    assert copies.spans.loc[copies.spans["length"].idxmax(), "line"] == 5955, (
        "the first line of Richard III, by its own number"
    )
    expect(guest.metric("Longest stretch")).to_have_text(f"{copies.spans['length'].max()} characters")
    expect(guest.metric("Copied")).to_have_text(f"{100 * copies.coverage(20):.1f} %")
    expect(guest.page.get_by_text("Richard III, line 5,955")).to_be_visible()
    slider = guest.page.get_by_role("slider", name="Shortest stretch that counts")
    slider.press("End")
    expect(guest.metric("Longest stretch")).to_have_text("0 characters")
    expect(guest.page.get_by_text("No stretch of 60 or more characters")).to_be_visible()


def test_stages_and_a_click_into_the_text(guest: Visit) -> None:
    guest.open("/generation?max_new_tokens=100&temperature=1.3&top_k=5", "Generation")
    guest.page.get_by_text("Stage by stage, and along the whole text").click()
    lstm, settings = load_model("shakespeare-lstm"), SamplingSettings(max_new_tokens=100, temperature=1.3, top_k=5)
    text = DEFAULT_PROMPT + "".join(write_text(lstm, DEFAULT_PROMPT, settings))
    along = choices_along(lstm, text, 1.3, 5, 1.0)
    expect(guest.metric("Cut away")).to_have_text(f"{100 * along['mass_cut'].iloc[-1]:.1f} %")
    position = 40
    line = guest.chart("next-character-along", ".scatterlayer .trace").nth(1)
    guest.click_mark(line.locator(".point").nth(position))
    expect(guest.page).to_have_url(re.compile(f"position={position}\\b"))
    expect(guest.metric("Cut away")).to_have_text(f"{100 * along['mass_cut'].iloc[position]:.1f} %")
