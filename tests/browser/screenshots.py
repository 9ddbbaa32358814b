"""The pictures in docs/screenshots, taken from the running app: `make screenshots`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.browsing import PAGES, ROOT, TITLES, Chromium, serve

FOLDER = ROOT / "docs" / "screenshots"
HEIGHT = 1150  # as tall as shows what a page is about
TAKEN = {"home": "light", "generation": "light", "translation": "light", "comparison": "dark"}


def main() -> None:
    """Take one picture of each page in TAKEN."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as scratch,
        serve(Path(scratch) / "log.txt") as address,
        sync_playwright() as playwright,
    ):
        browser = Chromium(playwright)
        for name, theme in TAKEN.items():
            with browser.visit(address, theme) as guest:
                guest.open(PAGES[name], TITLES[name])
                guest.page.set_viewport_size({"width": 1280, "height": HEIGHT})
                guest.settle()
                file = FOLDER / f"{name}.png"
                guest.page.screenshot(path=str(file))
                print(f"{file.relative_to(ROOT)}: {file.stat().st_size / 1024:.0f} KiB")
        browser.close()


if __name__ == "__main__":
    main()
