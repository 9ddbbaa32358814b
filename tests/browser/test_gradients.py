"""The Gradients page under a visitor's hands: each tool's numbers against the engine's, by slider, click, key and
button."""

from __future__ import annotations

import re
from urllib.parse import quote

from playwright.sync_api import expect

from engine.experiments.gradients.clipping import clipping_sentence, run_clipping
from engine.experiments.gradients.clipping_settings import ClippingSettings
from engine.inspection.gradients.chain import ChainSettings, chain_sentence, measure_chain
from engine.inspection.gradients.connectivity import connectivity
from engine.inspection.gradients.truncation import truncation
from engine.models.folder import load_model
from pages.components.gradients.connectivity import row_sentence
from tests.browser.browsing import Visit

TEXT = "The fog sat on the boat."


def test_a_click_on_the_edge_moves_the_slider_and_the_slider_the_chain(guest: Visit) -> None:
    guest.open("/gradients?chain_hidden_size=8", "Gradients")
    expect(guest.page.get_by_text(chain_sentence(measure_chain(ChainSettings(hidden_size=8))))).to_be_visible()
    guest.click_mark(guest.chart("chain-edge", ".scatterlayer .point").nth(24))
    slider = guest.page.get_by_role("slider", name="Recurrent gain")
    for gain in (4.0, 4.05):
        expect(slider).to_have_attribute("aria-valuetext", f"{gain:.2f}")
        expect(
            guest.page.get_by_text(chain_sentence(measure_chain(ChainSettings(hidden_size=8, gain=gain))))
        ).to_be_visible()
        slider.press("ArrowRight")


def test_a_click_chooses_the_expected_character_and_the_keyboard_the_next_one(guest: Visit) -> None:
    guest.open(f"/gradients?tool=Connectivity&connectivity_check=false&text={quote(TEXT)}", "Gradients")
    gru = load_model("shakespeare-gru")
    targets = guest.chart("connectivity-shakespeare-gru", ".scatterlayer .trace.scatter").last.locator(".point")
    guest.click_mark(targets.nth(8))
    expect(guest.page.get_by_text(row_sentence("GRU", connectivity(gru, TEXT, 9))).last).to_be_visible()
    guest.page.get_by_role("slider", name="What is expected as character").press("ArrowRight")
    expect(guest.page.get_by_text(row_sentence("GRU", connectivity(gru, TEXT, 10))).last).to_be_visible()


def test_clipping_is_trained_on_the_page(guest: Visit) -> None:
    guest.open("/gradients?tool=Clipping&clipping_updates=20&clipping_length=5", "Gradients")
    settings = ClippingSettings(updates=20, length=5)
    expect(guest.page.get_by_text(clipping_sentence(run_clipping(settings), settings))).to_be_visible()


def test_truncation_cuts_where_the_engine_says(guest: Visit) -> None:
    guest.open(f"/gradients?tool=Truncation&truncation_network=GRU&truncation_text={quote(TEXT)}", "Gradients")
    found = truncation(load_model("shakespeare-gru"), TEXT).frame
    chart = guest.chart("truncation")
    for row in found.itertuples():
        expect(chart.get_by_text(f"{row.length}: {100 * row.kept:.0f} %")).to_be_visible()


def test_newborn_networks_are_trained_by_a_job_that_stops(guest: Visit) -> None:
    guest.open("/gradients?tool=Foretold%3F&trainability_hidden_size=4&trainability_updates=400", "Gradients")
    points = guest.chart("foretold", ".scatterlayer .point")
    expect(points).to_have_count(15)
    guest.page.get_by_role("button", name="Train them").click()
    guest.page.locator(
        ".st-key-foretold-stop button"
    ).click()  # not Streamlit's own Stop, which shows while the workers start
    expect(guest.page.get_by_text(re.compile("Stopped after"))).to_be_visible()
    expect(guest.page).to_have_url(re.compile("foretold="))
    expect(points).to_have_count(15)


def test_numbers_and_receipt_come_when_they_are_opened_and_nothing_else_moves(guest: Visit) -> None:
    guest.open("/gradients", "Gradients")
    page = guest.page
    expect(page.get_by_test_id("stDataFrame")).to_have_count(0)
    page.locator(".st-key-chain-numbers").get_by_text("The numbers").click()
    expect(page.get_by_test_id("stDataFrame")).to_have_count(1)
    expect(page.locator(".st-key-chain-download")).to_be_visible()
    page.locator(".st-key-chain-receipt").get_by_role("button", name="Receipt").click()
    expect(page.get_by_text("from engine.inspection.gradients.chain import").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(guest.chart("chain", ".main-svg").first).to_be_visible()
    page.locator(".st-key-chain-numbers").get_by_text("The numbers").click()
    expect(page.get_by_test_id("stDataFrame")).to_have_count(0)
    guest.expect_no_complaints()
