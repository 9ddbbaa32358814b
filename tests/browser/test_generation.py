"""The generation page under a visitor's hands: Stop, links that carry the page's state, coming back, the other
theme."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.browsing import Visit, visit


@pytest.fixture
def guest(browser: Browser, server: str) -> Iterator[Visit]:
    """Return a visitor on the generation page."""
    with visit(browser, server) as guest:
        guest.open("/generation", "Generation")
        yield guest


def texts(guest: Visit) -> list[str]:
    """Return what each network has written, prompt included."""
    return [
        text.inner_text() for text in guest.page.locator("[class*='st-key-written-by-'] [data-testid='stText']").all()
    ]


def test_stop_stops_at_once_and_keeps_the_text(guest: Visit) -> None:
    guest.page.get_by_role("button", name="Length, seed, top-k and top-p").click()
    length = guest.page.get_by_role("spinbutton", name="Length")
    length.fill("2000")
    length.press("Enter")
    stop = guest.page.locator(".st-key-stop button")
    stop.wait_for()
    guest.page.wait_for_function(
        """() => [...document.querySelectorAll("[class*='st-key-written-by-'] [data-testid='stText']")].filter(
            text => text.innerText.length > 450).length === 3"""
    )  # longer than the texts that stood there before, so that what is stopped is the new writing
    begun = time.perf_counter()
    stop.click()
    guest.page.get_by_text("Stopped after").wait_for()
    seconds = time.perf_counter() - begun
    guest.settle()
    kept = texts(guest)
    assert all(len(text) > 31 for text in kept)
    assert all(len(text) < 2031 for text in kept)
    guest.page.get_by_role("slider", name="Look after character").press("ArrowLeft")
    guest.settle()
    assert texts(guest) == kept, "another click neither loses the text nor starts again"
    assert seconds < 3, f"Stop took {seconds:.1f} s"


def test_link_carries_the_state_of_the_page(guest: Visit, browser: Browser) -> None:
    box = guest.page.get_by_role("textbox", name="Your beginning")
    box.fill("JULIET:\nO")
    box.press("Control+Enter")
    guest.settle()
    slider = guest.page.get_by_role("slider", name="Temperature")
    slider.press("ArrowRight")
    slider.press("ArrowRight")
    guest.settle()
    assert "prompt=JULIET%3A%0AO" in guest.page.url
    assert "temperature=0.9" in guest.page.url
    with visit(browser, guest.address) as friend:
        friend.open(guest.page.url.removeprefix(guest.address), "Generation")
        assert texts(friend) == texts(guest)


def test_leaving_and_coming_back_loses_nothing(guest: Visit) -> None:
    box = guest.page.get_by_role("textbox", name="Your beginning")
    box.fill("MENENIUS:")
    box.press("Control+Enter")
    guest.settle()
    before = texts(guest)
    for name in ("Models", "Generation"):
        guest.page.get_by_test_id("stTopNavLink").filter(has_text=name).click()
        expect(guest.page.get_by_role("heading", level=1)).to_have_text(name)
        guest.settle()
    assert guest.page.get_by_role("textbox", name="Your beginning").input_value() == "MENENIUS:"
    assert texts(guest) == before


@pytest.mark.parametrize("query", ["temperature=-3", "temperature=abc", "seed=inf", "model=perceptron"])
def test_bad_url_is_answered_in_a_sentence(guest: Visit, query: str) -> None:
    guest.open(f"/generation?{query}&top_k=5", "Generation")
    assert guest.page.get_by_test_id("stAlert").count() == 1
    assert guest.page.get_by_test_id("stException").count() == 0
    assert query.split("=")[0] not in guest.page.url
    assert "top_k=5" in guest.page.url
    guest.page.go_back()
    guest.settle()
    assert guest.page.get_by_test_id("stException").count() == 0


def test_text_of_a_visitor_is_never_read_as_markup(guest: Visit) -> None:
    hostile = (
        "<img src=x onerror=alert(1)> ![x](https://example.invalid/x.png) $\\alpha$ <script>alert(2)</script> "
        "[a](javascript:alert(3))"
    )
    dialogs: list[str] = []
    guest.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    box = guest.page.get_by_role("textbox", name="Your beginning")
    box.fill(hostile)
    box.press("Control+Enter")
    guest.settle()
    assert all(text.startswith(hostile) for text in texts(guest))
    assert dialogs == []
    assert guest.outside_requests == []


def test_figures_follow_when_the_visitor_changes_the_theme(guest: Visit) -> None:
    wait_for_bars(guest, "rgb(0, 114, 178)")
    guest.page.get_by_test_id("stMainMenu").click()
    guest.page.get_by_test_id("stMainMenuItem-theme-Dark").click()
    wait_for_bars(guest, "rgb(79, 169, 226)")


def wait_for_bars(guest: Visit, colour: str) -> None:
    """Wait until the bars of the figure are drawn in `colour`."""
    guest.page.wait_for_function(
        """colour => [...document.querySelectorAll('.js-plotly-plot .bars path')].some(
            bar => getComputedStyle(bar).fill === colour)""",
        arg=colour,
    )
