"""Every page in a real browser by its own URL, in both themes and both widths; three of them on a fresh server."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from pages.components.shell import routes
from tests.browser.browsing import OUTPUT, PAGES, TITLES, Chromium, serve

FIRST_OF_A_SERVER = ("home", "comparison", "translation")  # without torch and figures; without torch; with all there is

MADE = {page.name for page in routes.MAKE}

MOST_SHIFT = 0.1  # "good" of web.dev/articles/cls


@pytest.mark.parametrize("name", FIRST_OF_A_SERVER)
def test_first_visitor_of_a_fresh_server_lands_on_a_whole_page(browser: Chromium, name: str, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    with serve(log) as address:
        expect_whole_in_both_themes(browser, address, name)
    assert "Traceback" not in log.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name for name in PAGES if name not in FIRST_OF_A_SERVER])
def test_a_page_is_whole(browser: Chromium, server: str, name: str) -> None:
    expect_whole_in_both_themes(browser, server, name)


def expect_whole_in_both_themes(browser: Chromium, address: str, name: str) -> None:
    """It is opened once in each theme: loading it takes Chromium far longer than to be made narrower or wider."""
    for theme, widths in (("light", (1280, 375)), ("dark", (375, 1280))):
        with browser.visit(address, theme, widths[0]) as guest:
            guest.open(PAGES[name], TITLES[name])
            expect(guest.page.get_by_role("heading", level=1)).to_have_count(1)
            expect(guest.page).to_have_title("Unrolled" if name == "home" else f"{TITLES[name]} · Unrolled")
            assert guest.layout_shift < MOST_SHIFT
            for width in widths:
                guest.resize(width)
                guest.expect_whole()
                if width == widths[0]:  # each width and each theme once: a picture costs as much as the checks
                    guest.picture(OUTPUT / f"{name}-{theme}-{width}.png")
                links = guest.page.get_by_test_id("stTopNavLink")  # a telephone folds them away
                flat = [
                    page.title for page in routes.listed() if page.name not in MADE
                ]  # the others are in the menu "Make"
                expect(links).to_have_text(flat if width == 1280 else [])
