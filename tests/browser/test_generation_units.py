"""Neurons, probing and activation clamping in a visitor's hands; what they show is what the engine computes."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from engine.decoding.limits import SamplingSettings
from engine.inspection.cells.units import unit_course
from engine.inspection.writing.activation_clamping import Strings, perform
from engine.inspection.writing.probing import investigate
from engine.models.folder import load_model
from pages.components.generation.view import DEFAULT_PROMPT
from tests.browser.browsing import Visit, eventually

LENGTH = 60
PAGE = f"/generation?max_new_tokens={LENGTH}&model=LSTM&tool="


def number_box(guest: Visit, name: str, value: str) -> None:
    """Type into a number box and leave it."""
    box = guest.page.get_by_role("spinbutton", name=name, exact=True)
    box.fill(value)
    box.press("Enter")


def test_detective_finds_a_unit_and_neurons_shows_it(guest: Visit) -> None:
    lstm = load_model("shakespeare-lstm")
    truth = investigate(lstm)
    best = truth.winners.iloc[0]
    assert best["auc"] > 0.9
    assert abs(best["control"] - 0.5) < 0.1
    guest.open(PAGE + "probing", "Generation")
    said = guest.page.get_by_text(re.compile(r"questions have a unit with an AUC above 0\.9"))
    expect(said).to_contain_text(f"“{best['question'].lower()}”, {best['auc']:.3f}.")
    expect(said).to_contain_text(f"{(truth.winners['auc'] > 0.9).sum()} of {len(truth.winners)} questions")

    bars = guest.chart("detective-winners", ".bars .point path")
    expect(bars).to_have_count(len(truth.winners))
    third = truth.winners.iloc[2]
    bar = bars.nth(len(truth.winners) - 3)  # they are drawn from the lowest up
    guest.click_mark(bar)
    winner = guest.page.get_by_text(f"“{third['question']}”: ")
    expect(winner).to_contain_text(
        f"layer {third['layer'] + 1}, {third['part']} {third['unit']}, AUC {third['auc']:.3f}"
    )

    guest.page.get_by_role("button", name="Open this unit in Neurons").click()
    box = guest.page.get_by_role("spinbutton", name="Unit", exact=True)
    expect(box).to_have_value(str(third["unit"]))
    text = written(guest)
    course = unit_course(lstm, text, third["layer"], third["unit"], third["part"])
    name = "Hidden state" if third["part"] == "hidden" else "Memory cell"
    said = guest.page.get_by_text(f"{name} of unit {third['unit']} in layer {third['layer'] + 1}.")
    expect(said).to_contain_text(course.summary())
    guest.expect_query(tool="Neurons")  # of the unit that Neurons opens with, the address says no more


def test_a_unit_that_is_not_there_gets_a_sentence_and_loses_nothing(guest: Visit) -> None:
    guest.open(PAGE + "neurons&neurons_part=Hidden%20state", "Generation")
    before = written(guest)
    number_box(guest, "Unit", "336")
    alert = guest.page.get_by_test_id("stAlert")
    expect(alert).to_have_text(re.compile("There is no unit 336 in layer 1 of the LSTM; its units run from 0 to 335"))
    assert written(guest) == before
    number_box(guest, "Unit", "335")
    expect(alert).to_have_count(0)
    course = unit_course(load_model("shakespeare-lstm"), before, 0, 335)
    expect(guest.page.get_by_text("Hidden state of unit 335 in layer 1.")).to_contain_text(course.summary())


def test_activation_clamping_holds_a_gate_and_says_what_it_costs(guest: Visit) -> None:
    lstm, settings = load_model("shakespeare-lstm"), SamplingSettings(max_new_tokens=LENGTH)
    guest.open(PAGE + "activation_clamping", "Generation")
    for position, name in ((0.0, ""), (1.0, "Open")):
        if name:
            guest.page.get_by_role("radio", name=name, exact=True).click()
        truth = perform(lstm, DEFAULT_PROMPT, settings, Strings(position=position))
        expect(guest.page.get_by_text(truth.verdict)).to_be_visible()
        metric = guest.page.get_by_test_id("stMetric").filter(has_text="Surprise of the text with it held")
        expect(metric).to_contain_text(f"{truth.held_surprise.mean():.2f} nats per token")
        expect(
            guest.page.get_by_text(f"The texts first differ at character {truth.first_difference + 1}.")
        ).to_be_visible()
        drawn = guest.chart("puppeteer-held", ":is(.textpoint text, g.text text)")

        def expect_the_held_text() -> None:
            shown = "".join(drawn.all_text_contents()).replace("↵", "")
            assert shown.replace(" ", "") == truth.held_text.replace("\n", "").replace(" ", "")

        eventually(expect_the_held_text)


def written(guest: Visit) -> str:
    """Return what stands in the LSTM's text, prompt included."""
    return guest.page.locator(".st-key-written-by-shakespeare-lstm [data-testid='stText']").inner_text()
