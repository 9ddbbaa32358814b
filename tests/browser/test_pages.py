"""Every page in a real browser: on a fresh server by its own URL, in both themes and both widths."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.browsing import OUTPUT, PAGES, TITLES, serve, visit


@pytest.mark.parametrize("name", PAGES)
def test_first_visitor_of_a_fresh_server_lands_on_the_page(browser: Browser, name: str, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    with serve(log) as address, visit(browser, address) as guest:
        guest.open(PAGES[name], TITLES[name])
        assert guest.page.get_by_role("heading", level=1).count() == 1
        for other in TITLES:
            link = guest.page.get_by_test_id("stTopNavLink").filter(has_text=other.capitalize())
            assert link.count() == 1, f"{other} is missing in the navigation"
        assert guest.page.get_by_test_id("stException").count() == 0
        assert guest.page.title() == ("Unrolled" if name == "home" else f"{TITLES[name]} · Unrolled")
    assert "Traceback" not in log.read_text()


@pytest.mark.parametrize(("theme", "widths"), [("light", (1280, 375)), ("dark", (375, 1280))])
@pytest.mark.parametrize("name", PAGES)
def test_page_is_whole(
    browser: Browser, server: str, server_log: Path, name: str, theme: str, widths: tuple[int, int]
) -> None:
    """In both themes and both widths; it is opened once in each, as loading it takes Chromium far longer than anything
    else."""
    with visit(browser, server, theme, widths[0]) as guest:
        guest.open(PAGES[name], TITLES[name])
        for width in widths:
            guest.resize(width)
            guest.picture(OUTPUT / f"{name}-{theme}-{width}.png")
            assert guest.overflow() <= 0, f"the page scrolls sideways at {width} pixels"
            assert guest.faint_texts() == []
            charts = guest.page.get_by_test_id("stPlotlyChart")
            for place in range(charts.count()):
                assert charts.nth(place).locator("svg.main-svg").first.is_visible()
        assert guest.page.get_by_test_id("stException").count() == 0
        assert guest.console_errors == []
        assert guest.outside_requests == [], "the page asks a server that is not ours"
    assert "Traceback" not in server_log.read_text()
