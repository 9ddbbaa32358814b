"""The bottleneck press as a visitor uses it: the slider by keyboard, a click into the curve, against the engine's own
numbers."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from playwright.sync_api import expect

from engine.inspection.translation.bottleneck import press, press_sentence
from engine.models.folder import load_model
from tests.browser.browsing import Chromium, eventually

WITH, WITHOUT = "en-fr-attention", "en-fr-no-attention"
SENTENCE = "A black dog runs on the beach."
QUERY = urlencode({"tool": "Bottleneck", "text": SENTENCE, "search": "Greedy", "bottleneck_size": 17})


def test_the_press_breaks_one_network_and_not_the_other(browser: Chromium, server: str) -> None:
    with browser.visit(server) as guest:
        guest.open(f"/translation?{QUERY}", "Translation")
        page = guest.page
        columns = page.get_by_test_id("stColumn")

        def shows(size: int) -> None:
            for name, heading in ((WITHOUT, "Without attention"), (WITH, "With attention")):
                row = press(load_model(name), SENTENCE, (size,)).rows.iloc[1]
                column = columns.filter(has=page.get_by_text(f"{heading}, squeezed to {size}", exact=True))
                expect(column).to_contain_text(f"{row.log_prob:.2f} nats")

                def expect_its_text() -> None:
                    text = re.sub(r"\s+", "", column.inner_text())
                    assert re.sub(r"\s+", "", row.text) in text.replace("≠", "")
                    assert ("≠" in text) == bool(row.breaks_at)

                eventually(expect_its_text)

        shows(17)
        expect(page.get_by_text(press_sentence(press(load_model(WITHOUT), SENTENCE))).first).to_be_visible()
        slider = page.get_by_role("slider", name="Directions kept")
        slider.press("ArrowLeft")
        shows(16)
        expect(page).to_have_url(re.compile("bottleneck_size=16"))
        guest.click_mark(guest.chart("bottleneck-press", ".scatterlayer .trace").first.locator(".point").nth(2))
        shows(4)
        expect(page).to_have_url(re.compile(r"bottleneck_size=4\b"))
