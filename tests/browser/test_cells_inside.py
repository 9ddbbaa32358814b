"""Edit and compare, find a pattern, shapes and counts in a real browser: what the page shows is what the engine
computes."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from engine.inspection.cells.layer_shapes import LayerSettings, measure_layer
from engine.inspection.cells.range_match import find_matches, read_states, select_pattern, suggest_range
from engine.inspection.cells.state_edits import compare_states
from engine.models.folder import list_models, load_model
from pages.components.cells.view import DEFAULT_TEXT
from tests.browser.browsing import Chromium

LSTM = "shakespeare-lstm"
FIRST, SECOND, TAIL = "the dog sat", "the log sat", " and ran home"

pytestmark = pytest.mark.skipif(
    LSTM not in [info.name for info in list_models() if not info.error], reason="the shipped networks are not here"
)


def test_edit_shows_the_engines_times(browser: Chromium, server: str) -> None:
    edit = compare_states(load_model(LSTM), FIRST + TAIL, SECOND + TAIL, 1)
    with browser.visit(server) as found:
        texts = f"edit_first={quote(FIRST)}&edit_second={quote(SECOND)}&edit_tail={quote(TAIL)}"
        found.open(f"/cells?tool=edit&network=LSTM&{texts}", "Cells")
        words = re.compile(
            rf"at the end the states are {re.escape(f'{edit.at_end:.2g}')} apart\. {edit.changed} of {edit.units} "
            rf"units change"
        )
        expect(found.page.get_by_text(words)).to_be_visible()
        half = (
            "not in this text"
            if edit.half_after is None
            else f"{edit.half_after} character{'' if edit.half_after == 1 else 's'}"
        )
        expect(found.page.get_by_test_id("stMetricValue").nth(1)).to_have_text(half)
        found.expect_whole()


def test_a_pattern_is_found_in_the_text_and_moved_by_key_and_click(browser: Chromium, server: str) -> None:
    network = load_model(LSTM)
    start, stop = suggest_range(network, DEFAULT_TEXT, 1, 0.3)
    reading = read_states(network, "text", 1, text=DEFAULT_TEXT)

    def said(first: int, last: int) -> re.Pattern:
        pattern = select_pattern(network, DEFAULT_TEXT, 1, first, last, 0.3)
        return re.compile(
            rf"^{len(pattern.units)} units? of layer 2 (is|are) on throughout "
            rf"“{re.escape(DEFAULT_TEXT[first:last].replace(' ', '␣'))}”"
        )

    with browser.visit(server, width=375) as found:
        found.open("/cells?tool=patterns&network=LSTM&patterns_where=The%20text%20above", "Cells")
        expect(found.page.get_by_text(said(start, stop))).to_be_visible()
        matches = find_matches(reading, select_pattern(network, DEFAULT_TEXT, 1, start, stop, 0.3), 0.75)
        expect(
            found.page.get_by_text(re.compile(rf"^{len(matches.frame)} places in {len(DEFAULT_TEXT)} tokens"))
        ).to_be_visible()
        found.expect_whole()
        ends = found.page.get_by_role("slider", name="The range ends at")
        ends.press("ArrowRight")
        expect(found.page.get_by_text(said(start, stop + 1))).to_be_visible()
        found.click_mark(found.chart("patterns-text", ".scatterlayer .trace").last.locator(".point").nth(start - 1))
        expect(found.page.get_by_text(said(start - 1, stop + 1))).to_be_visible()


def test_shapes_are_measured_and_a_wrong_size_is_said(browser: Chromium, server: str) -> None:
    measured = measure_layer(LayerSettings(kind="gru"))
    with browser.visit(server) as found:
        found.open("/cells?tool=shapes&shapes_kind=gru&shapes_hidden_size=10000", "Cells")
        expect(found.page.get_by_text(re.compile("shapes_hidden_size = 10000.*between 1 and 256"))).to_be_visible()
        found.page.get_by_role("button", name="nn.GRU").or_(
            found.page.get_by_role("radio", name="nn.GRU")
        ).first.click()
        expect(
            found.page.get_by_text(f"counted in the layer: {measured.parameters['gru']:,}, the same")
        ).to_be_visible()
