"""One browser and one server for all browser tests of a process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

pytest.register_assert_rewrite("tests.browser.browsing")

from tests.browser.browsing import Chromium, Visit, serve  # noqa: E402


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test in this folder."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Chromium]:
    """Return the browser."""
    with sync_playwright() as playwright:
        browser = Chromium(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of the shared server, which must not fail behind the pages' backs either."""
    log = tmp_path_factory.mktemp("server") / "log.txt"
    with serve(log) as address:
        yield address
    assert "Traceback" not in log.read_text(encoding="utf-8")


@pytest.fixture
def guest(browser: Chromium, server: str) -> Iterator[Visit]:
    """Return a visitor of the shared server who has not opened a page yet."""
    with browser.visit(server) as guest:
        yield guest
