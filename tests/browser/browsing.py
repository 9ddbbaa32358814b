"""A real server and a real browser: serving the app afresh, opening a page by its URL, and waiting for what is there.

Whatever a test reads from a page it waits for: Playwright's `expect` asks until a sentence stands there, `eventually`
until assertions on what a chart has drawn hold. A page shows a thing when server, browser and machine come to it; what
is read at once is read too early on some machine.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Dialog, Error, Locator, Page, Playwright, Request, expect

from pages.components.shell import routes

ROOT = Path(__file__).resolve().parents[2]
OUTPUT = ROOT / "tests" / "output"
PAGES = {page.name: f"/{page.name}" for page in routes.listed()} | {"home": "/"}
TITLES = {page.name: page.title for page in routes.listed()} | {"home": "Unrolled"}
WIDTHS = {1280: 860, 375: 780}
TIMEOUT_MS = 60_000  # a test machine may be busy
QUIET_MS = 300  # longer than Streamlit keeps back a slider's value (200)
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
expect.set_options(timeout=TIMEOUT_MS)
T = TypeVar("T")


def eventually(check: Callable[[], T], seconds: float = TIMEOUT_MS / 1000) -> T:
    """Return what `check` returns as soon as its assertions hold; when time is up, its last failure is the test's.

    Give it what reads the page at once and asserts on it. What waits by itself (`expect`) stands outside.
    """
    end = time.monotonic() + seconds
    while True:
        try:
            return check()
        except (AssertionError, LookupError, Error):
            if time.monotonic() > end:
                raise
        time.sleep(0.1)


@contextmanager
def serve(log: Path) -> Iterator[str]:
    """Serve the app on a free port as a host would, its output in `log` and what visitors keep beside it, and yield the
    address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    position = ["--server.port", str(port), "--server.address", "127.0.0.1"]
    address = f"http://127.0.0.1:{port}"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", *position],
            cwd=ROOT,
            stdout=stream,
            stderr=subprocess.STDOUT,
            env=os.environ | {"UNROLLED_RUNS": str(log.parent / "runs")},
        )
        try:
            _wait_for(f"{address}/_stcore/health", process)
            yield address
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes], seconds: float = TIMEOUT_MS / 1000) -> None:
    begun = time.monotonic()
    while time.monotonic() - begun < seconds and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError("the server did not start")


@dataclass
class Visit:
    """One page in one window, with everything it complained about."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str, title: str, *, is_settled: bool = True) -> None:
        """Open a path by its URL and wait until its heading can be read and, unless told otherwise, all is drawn."""
        self.page.goto(self.address + path)
        expect(self.page.get_by_role("heading", level=1, name=title, exact=True)).to_be_visible()
        if is_settled:
            self.settle()

    @property
    def path(self) -> str:
        """What stands in the address behind the server's name: a link for a friend."""
        return self.page.evaluate("() => location.pathname + location.search")

    @property
    def layout_shift(self) -> float:
        """How far the page has moved by itself since it was opened: "cumulative layout shift", good below 0.1."""
        return self.page.evaluate(_LAYOUT_SHIFT)

    def settle(self) -> None:
        """Wait until the script has ended and nothing on the page has changed for a moment."""
        self.page.wait_for_function(_SETTLED, arg=QUIET_MS, polling=50)

    def chart(self, name: str, inside: str = "") -> Locator:
        """Return a chart, or what a selector finds `inside` it, as it was drawn last.

        A chart with new numbers is a new element; Streamlit keeps the old one behind it, hidden, until the script has
        ended.
        """
        return self.page.locator(f'.st-key-{name}-chart:not([data-stale="true"]) {inside}'.rstrip())

    def drawn(self, name: str, script: str) -> Any:
        """Return what a script finds in the figure of a chart at this moment; for assertions inside `eventually`."""
        return self.chart(name, ".js-plotly-plot").evaluate(script)

    def click_mark(self, mark: Locator) -> None:
        """Click a mark of a chart, once the page is at rest, through plotly's own layer for the pointer."""
        self.settle()
        mark.evaluate("mark => mark.scrollIntoView({block: 'center'})")
        mark.click(force=True)

    def click_point(self, name: str, trace: str, position: int) -> None:
        """Click a point of a chart, found by its trace's name and its place there, as a hand would."""
        self.settle()
        figure = self.chart(name, ".js-plotly-plot")
        figure.scroll_into_view_if_needed()
        self.page.mouse.click(*figure.evaluate(_PLACE_OF_POINT, [trace, position]))

    def metric(self, label: str) -> Locator:
        """Return the number shown under a label."""
        return self.page.get_by_test_id("stMetric").filter(has_text=label).get_by_test_id("stMetricValue")

    def expect_query(self, **values: str | None) -> None:
        """Wait until these parameters stand in the address with these values; None is for one that must not."""

        def check() -> None:
            found = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
            assert {name: ",".join(found[name]) if name in found else None for name in values} == values

        eventually(check)

    def expect_whole(self) -> None:
        """Wait until the page is no wider than its window, every text can be read and every chart is drawn."""

        def check() -> None:
            width = self.page.viewport_size["width"]
            assert self.page.evaluate(_OVERFLOW) <= 0, f"the page scrolls sideways at {width} pixels"
            assert self.page.evaluate(_FAINT_TEXTS) == [], f"texts that are hard to read at {width} pixels"
            charts = self.page.get_by_test_id("stPlotlyChart")
            assert charts.filter(has=self.page.locator("svg.main-svg:visible")).count() == charts.count()

        self.settle()
        eventually(check)

    def expect_no_complaints(self) -> None:
        """Wait until the page has come to rest and see that nothing failed, popped up or asked another server."""
        self.settle()
        expect(self.page.get_by_test_id("stException")).to_have_count(0)
        expect(self.page.get_by_text("noted under the number")).to_have_count(0)
        assert self.complaints == []

    def resize(self, width: int) -> None:
        """Make the window `width` pixels wide, as when a telephone is turned or a window is dragged."""
        self.page.set_viewport_size({"width": width, "height": WIDTHS[width]})

    def picture(self, file: Path) -> None:
        """Save the whole page as a picture, however long it is."""
        file.parent.mkdir(parents=True, exist_ok=True)
        size = self.page.viewport_size
        height = self.page.evaluate("() => document.querySelector('[data-testid=\"stMain\"]').scrollHeight")
        self.page.set_viewport_size({"width": size["width"], "height": min(max(height, size["height"]), 6000)})
        self.settle()
        self.page.screenshot(path=str(file))
        self.page.set_viewport_size(size)


class Chromium:
    """Debian's Chromium without a window to be seen.

    A tab that is used again opens a page for half of what a new one costs, so an ended visit leaves its tab to the
    next: empty, its storage and cookies wiped.
    """

    def __init__(self, playwright: Playwright) -> None:
        executable = shutil.which("chromium") or shutil.which("chromium-browser")
        if executable is None:
            raise RuntimeError("Chromium is not installed; `make test` installs it")
        self._browser: Browser = playwright.chromium.launch(
            executable_path=executable, args=list(CHROMIUM_OPTIONS), timeout=TIMEOUT_MS
        )
        self._idle: list[Page] = []

    def close(self) -> None:
        """End the browser."""
        self._browser.close()

    @contextmanager
    def visit(self, address: str, theme: str = "light", width: int = 1280) -> Iterator[Visit]:
        """Yield a visit of a server by somebody who prefers `theme`, in a window `width` pixels wide.

        It must end without complaints. A window in which something went wrong is closed.
        """
        page = self._idle.pop() if self._idle else self._new_page()
        found = Visit(page, address)

        def note_error(message: ConsoleMessage) -> None:
            if message.type == "error":  # a 404 is one too
                found.complaints.append(f"console: {message.text}")

        def note_request(request: Request) -> None:
            if not request.url.startswith((address, address.replace("http", "ws"), "data:", "blob:", "about:")):
                found.complaints.append(f"request to a server that is not ours: {request.url}")

        def note_dialog(dialog: Dialog) -> None:
            found.complaints.append(f"dialog: {dialog.message}")
            dialog.dismiss()

        listeners = {
            "pageerror": lambda error: found.complaints.append(f"uncaught: {error}"),
            "console": note_error,
            "request": note_request,
            "dialog": note_dialog,
        }
        for event, listener in listeners.items():
            page.on(event, listener)
        try:
            page.emulate_media(color_scheme=theme)
            found.resize(width)
            yield found
            found.expect_no_complaints()
            page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
            page.context.clear_cookies()
            for event, listener in listeners.items():
                page.remove_listener(event, listener)
            page.goto("about:blank")
        except BaseException:
            page.context.close()
            raise
        self._idle.append(page)

    def _new_page(self) -> Page:
        page = self._browser.new_context().new_page()
        page.set_default_timeout(TIMEOUT_MS)
        page.add_init_script(_WATCH)
        return page


_WATCH = """
window.lastChange = 0;
new MutationObserver(() => { window.lastChange = performance.now(); })
    .observe(document, {subtree: true, childList: true, characterData: true, attributes: true});
window.shifts = [];
new PerformanceObserver(list => window.shifts.push(...list.getEntries())).observe({type: 'layout-shift'});
"""
# As web.dev/articles/cls has it: the largest sum within five seconds that know no pause of one; hands do not count.
_LAYOUT_SHIFT = """() => {
    let largest = 0, sum = 0, first = -Infinity, last = -Infinity;
    for (const {startTime, value, hadRecentInput} of window.shifts) {
        if (hadRecentInput) continue;
        if (startTime - last > 1000 || startTime - first > 5000) [sum, first] = [0, startTime];
        [sum, last] = [sum + value, startTime];
        largest = Math.max(largest, sum);
    }
    return largest;
}"""
# A starved browser changes nothing for a while though it has work to do: it must have come to look several times.
_SETTLED = """quiet => {
    const isRunning = !document.querySelector('[data-testid="stApp"][data-test-script-state="notRunning"]');
    window.looks = isRunning || window.lastChange !== window.lookedAt ? 0 : window.looks + 1;
    window.lookedAt = window.lastChange;
    return window.looks > 3 && performance.now() - window.lastChange > quiet;
}"""
_PLACE_OF_POINT = """(plot, [name, place]) => {
    const trace = plot._fullData.find(trace => trace.name === name);
    const {xaxis, yaxis} = plot._fullLayout, box = plot.getBoundingClientRect();
    return [box.left + xaxis._offset + xaxis.d2p(trace.x[place]), box.top + yaxis._offset + yaxis.d2p(trace.y[place])];
}"""
_OVERFLOW = """() => {
    const main = document.querySelector('[data-testid="stMain"]');
    const inside = main ? main.scrollWidth - main.clientWidth : 0;
    return Math.max(document.documentElement.scrollWidth - innerWidth, inside);
}"""
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
