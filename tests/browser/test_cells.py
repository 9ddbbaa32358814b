"""The Cells page in a visitor's hands: a forget gate closes within four clicks, steps by key and click, and the
engine's numbers."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from engine.inspection.cells.gate_saturation import find_closing_gate
from engine.inspection.cells.memory_retention import follow_write, verdict
from engine.inspection.cells.parity import proof_sentence, prove
from engine.inspection.cells.steps import read_steps
from engine.inspection.cells.unit_step import unit_step
from engine.models.folder import load_model
from pages.components.cells.context import signed
from pages.components.cells.view import DEFAULT_TEXT
from tests.browser.browsing import Chromium, Visit, eventually

NAME = "shakespeare-lstm"


def tool(guest: Visit, name: str) -> Locator:
    """Return the pill of a tool."""
    return guest.page.locator(".st-key-tool button", has_text=name)


def test_from_opening_to_a_forget_gate_that_closes_in_three_clicks_and_on(guest: Visit) -> None:
    loaded = load_model(NAME)
    reading = read_steps(loaded, DEFAULT_TEXT)
    found = find_closing_gate(reading)
    assert found.closes
    guest.open("/cells", "Cells")
    page, follow = guest.page, guest.page.locator(".st-key-guide-next button")
    said = page.locator(".st-key-guide")
    follow.click()  # one
    expect(said).to_contain_text(f"Unit {found.unit} in layer {found.strand + 1} holds {signed(found.memory_before)}")
    expect(follow).to_contain_text("Read the next token")
    follow.click()  # two: the gate closes on a named token
    expect(said).to_contain_text(
        f"the forget gate of unit {found.unit} closed from {found.gate_before:.2f} to {found.gate:.2f}",
    )
    expect(said).to_contain_text(f"On “{found.token}”")
    step = unit_step(loaded, reading, found.strand, found.position, found.unit)
    expect(page.get_by_text(f"At step {found.position + 1} the network reads")).to_contain_text(
        f"it now holds {signed(step.values['c'])}"
    )
    numbers = guest.chart("cell-diagram", ".annotation-text")
    for value in (step.sums["forget_gate"].value, step.values["c_before"], step.values["c"]):
        expect(numbers.filter(has_text=re.compile(f"^{value:.2f}$".replace("-", "−"))).first).to_be_visible()

    guest.settle()
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("n")
    after = unit_step(loaded, reading, found.strand, found.position + 1, found.unit)
    line = page.get_by_text(f"At step {found.position + 2} the network reads")
    expect(line).to_contain_text(f"Unit {found.unit} held {signed(after.values['c_before'])}")
    guest.click_point("cells-text", "targets", 8)
    at_nine = unit_step(loaded, reading, found.strand, 8, found.unit)
    expect(page.get_by_text("At step 9 the network reads")).to_contain_text(
        f"it now holds {signed(at_nine.values['c'])}"
    )
    expect(page.locator(".st-key-proof")).to_contain_text(
        proof_sentence(prove(loaded, DEFAULT_TEXT, found.strand), reading.strands[found.strand])
    )

    follow.click()  # three: all the others
    expect(guest.chart("gate-map", ".annotation-text")).to_contain_text(f"unit {found.unit}")
    gate = reading.strands[found.strand].parts["forget_gate"]

    def expect_the_gate_in_the_map() -> None:
        drawn = guest.drawn("gate-map", "plot => Array.from(plot.calcdata[0][0].z, row => Array.from(row)).flat()")
        assert sum(drawn) / len(drawn) == pytest.approx(float(gate.mean()), abs=1e-4)

    eventually(expect_the_gate_in_the_map)

    tool(guest, "Memory retention").click()
    write = follow_write(loaded, reading, found.strand, found.position)  # the guide has gone back to its token
    expect(page.get_by_text(f"The write at step {found.position + 1}")).to_contain_text(verdict(write))
    left = page.get_by_test_id("stMetric").filter(has_text="Total effect")
    expect(left).to_contain_text(f"{100 * write.frame.iloc[10]['by_ablation']:.1f} %")
    guest.expect_query(position=str(found.position + 1))


def test_every_tool_is_whole_on_a_telephone_in_the_dark(browser: Chromium, server: str) -> None:
    with browser.visit(server, "dark", 375) as guest:
        guest.open("/cells?network=GRU&position=3", "Cells")
        for name, key in (
            ("Step through", "cell-strips"),
            ("Gates over time", "gate-saturation"),
            ("Memory retention", "conveyor"),
        ):
            tool(guest, name).click()
            expect(guest.chart(key, "svg.main-svg").first).to_be_visible()
            guest.expect_whole()
