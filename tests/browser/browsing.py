"""A real server and a real browser: serving the app afresh, opening a page by its URL, and looking at what is there."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, Playwright

ROOT = Path(__file__).resolve().parents[2]
OUTPUT = ROOT / "tests" / "output"
PAGES = {
    "home": "/",
    "generation": "/generation",
    "translation": "/translation",
    "sentiment": "/sentiment",
    "entities": "/entities",
    "comparison": "/comparison",
    "cells": "/cells",
    "gradients": "/gradients",
    "models": "/models",
}
TITLES = {name: "Unrolled" if name == "home" else name.capitalize() for name in PAGES}
WIDTHS = {1280: 860, 375: 780}
SETTLED = '[data-testid="stApp"][data-test-script-state="notRunning"]'
TIMEOUT_MS = 60_000
CHROMIUM_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--disable-default-apps",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


@contextmanager
def serve(log: Path) -> Iterator[str]:
    """Serve the app on a free port as a host would, its output in `log`, and yield the address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "app.py",
        "--server.port",
        str(port),
        "--server.address",
        "127.0.0.1",
    ]
    address = f"http://127.0.0.1:{port}"
    with log.open("wb") as stream:
        process = subprocess.Popen(command, cwd=ROOT, stdout=stream, stderr=subprocess.STDOUT)
        try:
            _wait_for(f"{address}/_stcore/health", process)
            yield address
        finally:
            process.terminate()
            process.wait(10)


def _wait_for(url: str, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    begun = time.monotonic()
    while time.monotonic() - begun < seconds and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError("the server did not start")


def launch(playwright: Playwright) -> Browser:
    """Start Debian's Chromium without a window."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        raise RuntimeError("Chromium is not installed; `make test` installs it")
    return playwright.chromium.launch(executable_path=executable, args=list(CHROMIUM_OPTIONS))


@dataclass
class Visit:
    """One page in one browser, with everything it complained about."""

    page: Page
    address: str
    console_errors: list[str] = field(default_factory=list)
    outside_requests: list[str] = field(default_factory=list)

    def open(self, path: str, title: str = "") -> float:
        """Open a path by its URL; return the seconds until its heading could be read."""
        begun = time.perf_counter()
        self.page.goto(self.address + path)
        heading = self.page.get_by_role("heading", level=1)
        (heading.filter(has_text=title) if title else heading).first.wait_for(timeout=TIMEOUT_MS)
        seconds = time.perf_counter() - begun
        self.settle()
        return seconds

    def settle(self) -> None:
        """Wait until the script has ended and stayed so for a moment."""
        for _ in range(2):
            self.page.wait_for_selector(SETTLED, timeout=TIMEOUT_MS, state="attached")
            self.page.wait_for_timeout(120)

    def chart(self, name: str, inside: str = "") -> Locator:
        """Return a chart, or what a selector finds `inside` it, as it was drawn last.

        A chart with new numbers is a new element; Streamlit keeps the old one behind it, hidden, until the script has
        ended.
        """
        return self.page.locator(f'.st-key-{name}-chart:not([data-stale="true"]) {inside}'.rstrip())

    def resize(self, width: int) -> None:
        """Make the window `width` pixels wide, as when a telephone is turned or a window is dragged, and wait for the
        page to follow."""
        if self.page.viewport_size["width"] != width:
            self.page.set_viewport_size({"width": width, "height": WIDTHS[width]})
            self.settle()

    def overflow(self) -> float:
        """Return by how many pixels the page is wider than the window."""
        return self.page.evaluate(
            """() => {
                const main = document.querySelector('[data-testid="stMain"]');
                const inside = main ? main.scrollWidth - main.clientWidth : 0;
                return Math.max(document.documentElement.scrollWidth - innerWidth, inside);
            }"""
        )

    def faint_texts(self) -> list[str]:
        """Return the visible texts whose contrast with what is behind them is below 4.5 to 1 (3 to 1 for large
        ones)."""
        return self.page.evaluate(_FAINT_TEXTS)

    def picture(self, file: Path) -> None:
        """Save the whole page as a picture, however long it is."""
        file.parent.mkdir(parents=True, exist_ok=True)
        size = self.page.viewport_size
        height = self.page.evaluate("() => document.querySelector('[data-testid=\"stMain\"]').scrollHeight")
        self.page.set_viewport_size({"width": size["width"], "height": min(max(height, size["height"]), 6000)})
        self.page.wait_for_timeout(250)
        self.page.screenshot(path=str(file))
        self.page.set_viewport_size(size)


@contextmanager
def visit(browser: Browser, address: str, theme: str = "light", width: int = 1280) -> Iterator[Visit]:
    """Yield a visit in a fresh session of the browser that prefers `theme` and is `width` pixels wide."""
    context = browser.new_context(viewport={"width": width, "height": WIDTHS[width]}, color_scheme=theme)
    page = context.new_page()
    found = Visit(page, address)
    page.on("pageerror", lambda error: found.console_errors.append(str(error)))
    page.on("console", lambda message: found.console_errors.append(message.text) if _is_ours(message) else None)
    page.on(
        "request",
        lambda request: found.outside_requests.append(request.url) if not _is_inside(request.url, address) else None,
    )
    try:
        yield found
    finally:
        context.close()


def _is_ours(message) -> bool:
    # Streamlit looks for its server below the page's own path first ("/models/_stcore/health") and is told 404 there.
    return message.type == "error" and "_stcore" not in message.location.get("url", "")


def _is_inside(url: str, address: str) -> bool:
    return url.startswith((address, address.replace("http", "ws"), "data:", "blob:", "about:"))


_FAINT_TEXTS = """() => {
    const channels = colour => (colour.match(/[\\d.]+/g) || []).map(Number);
    const over = (top, below) => {
        const share = top.length > 3 ? top[3] : 1;
        return [0, 1, 2].map(i => share * top[i] + (1 - share) * below[i]);
    };
    const luminance = colour => {
        const [r, g, b] = colour.map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = element => {
        const layers = [];
        let opacity = 1;
        for (let e = element; e; e = e.parentElement) {
            layers.push(channels(getComputedStyle(e).backgroundColor));
            opacity *= Number(getComputedStyle(e).opacity);
        }
        const behind = layers.reverse().reduce((below, top) => top.length ? over(top, below) : below, [255, 255, 255]);
        return [behind, opacity];
    };
    const found = [];
    const app = document.querySelector('[data-testid="stApp"]');
    const walker = document.createTreeWalker(app, NodeFilter.SHOW_TEXT);
    const skipped = 'svg, canvas, [disabled], [data-testid="stSliderThumbValue"]';
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement, text = walker.currentNode.textContent.trim();
        const style = getComputedStyle(element), box = element.getBoundingClientRect();
        if (!text || !box.width || !box.height || style.visibility === 'hidden' || element.closest(skipped)) continue;
        if (element.closest('[data-testid="stIconMaterial"], [data-testid="stExpanderIcon"], .katex')) continue;
        const [behind, opacity] = ground(element);
        if (opacity < 0.05) continue;
        const colour = over([...over(channels(style.color), behind), opacity], behind);
        const [a, b] = [luminance(colour), luminance(behind)].sort((x, y) => y - x);
        const ratio = (a + 0.05) / (b + 0.05);
        const size = parseFloat(style.fontSize), isBold = Number(style.fontWeight) >= 600;
        const isSign = !/[\\p{L}\\p{N}]/u.test(text);  // a marker is a graphic
        if (ratio < (isSign || size >= 24 || (size >= 18.6 && isBold) ? 3 : 4.5))
            found.push(`${ratio.toFixed(2)} "${text.slice(0, 40)}" ${style.color} on ${behind.map(Math.round)} ` +
                `(${element.tagName} in ${element.closest('[data-testid]')?.dataset.testid})`);
    }
    return [...new Set(found)];
}"""
