"""What stands around a page: landing on a tool, saving figures, the keyboard, paper, wide screens."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.browsing import Chromium, Visit, eventually

PAPER_WIDTH = 980
TOP = "choice => choice.getBoundingClientRect().top"


@pytest.mark.parametrize(
    ("link", "title", "field"),
    [
        ("/gradients?tool=chain", "Gradients", "tool"),  # the default, which Streamlit takes out of the address
        ("/comparison?section=Time+and+memory", "Comparison", "section"),
    ],
)
def test_a_link_lands_on_its_tool_once(guest: Visit, link: str, title: str, field: str) -> None:
    guest.page.set_viewport_size({"width": 1280, "height": 720})
    guest.open(link, title)
    choice = guest.page.locator(f".st-key-{field}")

    def check() -> None:
        assert 50 < choice.evaluate(TOP) < 100, "right below the navigation"

    eventually(check)
    assert guest.layout_shift < 0.1
    main = guest.page.get_by_test_id("stMain")
    main.evaluate("main => main.scrollTo(0, 0)")  # the reader goes back up, and a rerun leaves him there
    choice.get_by_role("radio").nth(1).or_(choice.get_by_role("button").nth(1)).first.evaluate("pill => pill.click()")
    guest.settle()
    assert main.evaluate("main => main.scrollTop") == 0


def test_a_figure_is_saved_printed_whole_and_larger_on_a_large_screen(guest: Visit) -> None:
    guest.open("/gradients", "Gradients")
    assert guest.page.get_by_test_id("stMain").evaluate("main => main.scrollTop") == 0, "no tool was asked for"
    figure = guest.page.get_by_test_id("stPlotlyChart").first
    for kind in ("SVG", "PNG"):
        with guest.page.expect_download() as download:
            figure.locator(f'.modebar-btn[data-title="Download as {kind}"]').click()
        assert download.value.suggested_filename == f"chain.{kind.lower()}"
    expect(figure.locator('.modebar-btn[data-title="Fullscreen"]')).to_have_count(1)
    guest.page.mouse.move(0, 0)
    press_tab_to(guest, "Download as PNG")
    expect(guest.page.locator(".modebar:focus-within")).to_have_css("opacity", "1")
    with guest.page.expect_download() as download:
        guest.page.keyboard.press("Enter")
    assert download.value.suggested_filename == "chain-edge.png", "the next figure's, as the first one's had the focus"

    guest.page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    guest.page.emulate_media(media="print")
    column = guest.page.get_by_test_id("stMainBlockContainer")
    assert column.evaluate("column => column.getBoundingClientRect().width") <= PAPER_WIDTH + 1
    right = "box => box.getBoundingClientRect().right"
    assert figure.evaluate(right) <= column.evaluate(right)
    guest.page.emulate_media(media="screen")

    guest.page.set_viewport_size({"width": 1920, "height": 1080})
    guest.settle()
    assert column.evaluate("column => column.getBoundingClientRect().width") > 1400
    assert guest.page.evaluate("() => getComputedStyle(document.documentElement).fontSize") == "18px"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_keyboard_is_seen_in_the_navigation(browser: Chromium, server: str, theme: str) -> None:
    with browser.visit(server, theme) as guest:
        guest.open("/models", "Models")
        for _ in range(2):  # past the link that skips the navigation
            guest.page.keyboard.press("Tab")
        link = guest.page.get_by_test_id("stTopNavLink").first
        expect(link).to_be_focused()
        style, width = link.evaluate(
            "link => [getComputedStyle(link).outlineStyle, getComputedStyle(link).outlineWidth]"
        )
        assert (style, width) == ("solid", "3px")


def press_tab_to(guest: Visit, label: str) -> None:
    """Go from one thing to the next by the Tab key until the one with a label has the focus."""
    for _ in range(80):
        guest.page.keyboard.press("Tab")
        if guest.page.evaluate("() => document.activeElement.getAttribute('aria-label')") == label:
            return
    raise AssertionError(f"the Tab key does not come to “{label}”")
