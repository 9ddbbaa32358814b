"""The generation page under a visitor's hands: Stop, links that carry the page's state, coming back, the other
theme."""

from __future__ import annotations

from playwright.sync_api import expect

from engine.decoding.limits import MAX_NEW_TOKENS
from pages.components.generation.view import DEFAULT_PROMPT
from tests.browser.browsing import Chromium, Visit, eventually

BAD_QUERIES = ("temperature=-3", "temperature=abc", "seed=inf", "model=perceptron")


def texts(guest: Visit) -> list[str]:
    """Return what each network has written at this moment, prompt included."""
    return guest.page.locator("[class*='st-key-written-by-'] [data-testid='stText']").all_inner_texts()


def begin_with(guest: Visit, prompt: str) -> None:
    """Give the networks another beginning and wait until they have written on."""
    box = guest.page.get_by_role("textbox", name="Your beginning")
    box.fill(prompt)
    box.press("Control+Enter")
    guest.expect_query(prompt=prompt)
    guest.settle()


def expect_texts(guest: Visit, expected: list[str]) -> None:
    """Wait until the networks' texts are these."""

    def check() -> None:
        assert texts(guest) == expected

    eventually(check)


def test_stop_stops_and_keeps_the_text(guest: Visit) -> None:
    guest.open(f"/generation?max_new_tokens={MAX_NEW_TOKENS}&seed=12", "Generation", is_settled=False)

    def expect_all_to_write() -> None:
        assert [len(text) > len(DEFAULT_PROMPT) for text in texts(guest)] == [True] * 3

    eventually(expect_all_to_write)
    guest.page.locator(".st-key-stop button").click()
    expect(guest.page.get_by_text("Stopped after")).to_be_visible()
    guest.settle()
    kept = texts(guest)
    assert all(len(DEFAULT_PROMPT) < len(text) < len(DEFAULT_PROMPT) + MAX_NEW_TOKENS for text in kept)
    *_, last = guest.page.get_by_test_id("stSlider").filter(has_text="Look after character").inner_text().split()
    assert int(last) - len(kept[1]) in range(5), "blanks and line feeds at the end are written and not drawn"
    guest.page.get_by_role("slider", name="Look after character").press("ArrowLeft")
    guest.expect_query(position=str(int(last) - 1))
    guest.settle()
    assert texts(guest) == kept, "another click neither loses the text nor starts again"


def test_link_carries_the_state_of_the_page(guest: Visit, browser: Chromium) -> None:
    guest.open("/generation", "Generation")
    begin_with(guest, "JULIET:\nO")
    slider = guest.page.get_by_role("slider", name="Temperature")
    slider.press("ArrowRight")
    slider.press("ArrowRight")
    guest.expect_query(prompt="JULIET:\nO", temperature="0.9")
    guest.settle()
    with browser.visit(guest.address) as friend:
        friend.open(guest.path, "Generation")
        assert all(text.startswith("JULIET:\nO") for text in texts(guest))
        expect_texts(friend, texts(guest))


def test_leaving_and_coming_back_loses_nothing(guest: Visit) -> None:
    guest.open("/generation", "Generation")
    begin_with(guest, "MENENIUS:")
    before = texts(guest)
    for name in ("Cells", "Generation"):
        guest.page.get_by_test_id("stTopNavLink").filter(has_text=name).click()
        expect(guest.page.get_by_role("heading", level=1)).to_have_text(name)
        guest.settle()
    expect(guest.page.get_by_role("textbox", name="Your beginning")).to_have_value("MENENIUS:")
    expect_texts(guest, before)


def test_bad_url_is_answered_in_a_sentence(guest: Visit) -> None:
    for query in BAD_QUERIES:
        guest.open(f"/generation?{query}&top_k=5&max_new_tokens=20", "Generation")
        expect(guest.page.get_by_test_id("stAlert")).to_have_count(1)
        guest.expect_query(**{query.split("=")[0]: None}, top_k="5")
        guest.expect_no_complaints()
    guest.page.go_back()


def test_text_of_a_visitor_is_never_read_as_markup(guest: Visit) -> None:
    hostile = (
        "<img src=x onerror=alert(1)> ![x](https://example.invalid/x.png) $\\alpha$ <script>alert(2)</script> "
        "[a](javascript:alert(3))"
    )
    guest.open("/generation?max_new_tokens=20", "Generation")
    begin_with(guest, hostile)
    assert [text.startswith(hostile) for text in texts(guest)] == [True] * 3


def test_figures_follow_when_the_visitor_changes_the_theme(guest: Visit) -> None:
    guest.open("/generation", "Generation")
    expect_bars(guest, "rgb(0, 114, 178)")
    guest.page.get_by_test_id("stMainMenu").click()
    guest.page.get_by_test_id("stMainMenuItem-theme-Dark").click()
    expect_bars(guest, "rgb(79, 169, 226)")


def expect_bars(guest: Visit, colour: str) -> None:
    """Wait until bars of the figure are drawn in `colour`."""

    def check() -> None:
        bars = guest.page.locator(".js-plotly-plot .bars path")
        assert colour in bars.evaluate_all("bars => bars.map(bar => getComputedStyle(bar).fill)")

    eventually(check)
