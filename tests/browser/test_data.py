"""The Data page in a real browser: a text is pasted, understood, mapped, divided, kept, found again and deleted, and
nobody else sees it."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.browsing import OUTPUT, Chromium, Visit

CANARY = "quicksilver-canary"
ROWS = "text;tone\n" + "".join(
    f"{word} {CANARY} {place} came home;{tone}\n"
    for word, tone in (("Happy", "glad"), ("Weary", "sad"), ("Merry", "glad"), ("Bitter", "sad"))
    for place in ("Anna", "Bruno", "Carla", "Dora")
)


def paste(guest: Visit, text: str) -> None:
    guest.open("/data?source=file", "Data")
    box = guest.page.get_by_role("textbox", name="Or paste it here")
    box.fill(text)
    box.press("Control+Enter")


def test_what_is_pasted_is_kept_for_its_owner_alone(browser: Chromium, server: str) -> None:
    with browser.visit(server) as owner:
        paste(owner, ROWS)
        expect(
            owner.page.get_by_text("Read as a table, columns separated by semicolons: 16 texts from “text”.")
        ).to_be_visible()
        expect(owner.page.get_by_text("Labelled texts. 16 rows")).to_be_visible()
        owner.expect_whole()
        owner.picture(OUTPUT / "data-brought-light-1280.png")
        title = owner.page.get_by_role("textbox", name="Title")
        title.fill("Homecomings")
        title.press("Enter")
        owner.page.get_by_role("button", name="Keep this data").click()
        expect(owner.page.get_by_text("Source: the data set “Homecomings”")).to_be_visible()
        owner.settle()
        link = owner.path
        assert "data=own-" in link
        owner.page.reload()
        expect(owner.page.get_by_text("Source: the data set “Homecomings”")).to_be_visible()
        with browser.visit(server) as other:
            other.open(link, "Data")
            expect(other.page.get_by_text("What this address names is not here")).to_be_visible()
            assert CANARY not in other.page.content()
        owner.page.get_by_role("button", name="Delete", exact=False).click()
        expect(owner.page.get_by_text("“Homecomings” was deleted.")).to_be_visible()
        owner.page.get_by_role("button", name="Undo").click()
        expect(owner.page.get_by_text("Source: the data set “Homecomings”")).to_be_visible()


def test_another_column_changes_the_preview(browser: Chromium, server: str, tmp_path: Path) -> None:
    with browser.visit(server, "dark", 375) as guest:
        paste(guest, ROWS)
        expect(guest.page.get_by_text("Labelled texts. 16 rows")).to_be_visible()
        guest.page.get_by_role("radio", name="Running text").click()
        expect(guest.page.get_by_text("Running text. 16 rows")).to_be_visible()
        guest.expect_whole()
        guest.picture(OUTPUT / "data-brought-dark-375.png")
