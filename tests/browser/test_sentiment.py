"""The sentiment page by hand: what it shows is the engine's, the film is stepped through and clicked, a table goes in
and out."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import expect

from engine.inspection.classification import quality
from engine.inspection.classification.predictions import classify_texts, split_text
from engine.inspection.classification.prefix_predictions import belief_sentence, find_turn, measure_belief
from engine.models.folder import load_model
from tests.browser.browsing import Visit

BEST, BLIND = "sst2-bilstm", "sst2-average"
TEXT = "The actors are wonderful, but the story is a dull mess."


def test_the_verdict_and_the_film_are_the_networks_own(guest: Visit) -> None:
    guest.open(f"/sentiment?text={TEXT.replace(' ', '+')}", "Sentiment")
    loaded = load_model(BEST)
    (verdict,) = classify_texts(loaded, (TEXT,))
    said = f"{verdict.label.capitalize()}, {100 * verdict.probability:.1f} %"
    expect(guest.page.get_by_role("heading", name=said, exact=True)).to_be_visible()
    words = split_text(loaded, TEXT)
    belief = measure_belief(loaded, words)
    expect(guest.page.get_by_text(belief_sentence(belief)).last).to_be_visible()
    turn = find_turn(belief)
    guest.page.get_by_role("button", name="To the flip").click()
    read = guest.page.get_by_text(re.compile(rf"^{turn.last} of {len(words)} read"))
    expect(read).to_be_visible()
    expect(read).to_contain_text(f"whole network {100 * belief.both[turn.last - 1]:.1f} %")
    expect(read).to_contain_text(f"forward half {100 * belief.forward[turn.last - 1]:.1f} %")
    guest.settle()
    guest.page.keyboard.press("n")
    expect(guest.page.get_by_text(re.compile(rf"^{turn.last + 1} of {len(words)} read"))).to_be_visible()
    # the whole network's line is drawn last; its third mark
    guest.click_mark(guest.chart("sentiment-film", ".scatterlayer .trace").last.locator(".point").nth(2))
    expect(guest.page.get_by_text(re.compile(rf"^3 of {len(words)} read"))).to_contain_text(
        f"whole network {100 * belief.both[2]:.1f} %"
    )
    expect(guest.page).to_have_url(re.compile("film_word=3"))


def test_a_table_goes_in_and_out_and_the_quality_is_the_stored_one(guest: Visit, tmp_path: Path) -> None:
    guest.open("/sentiment?tool=texts", "Sentiment")
    bad, good = tmp_path / "no_text.csv", tmp_path / "texts.csv"
    bad.write_text("text,stars\n,3\n")
    texts = [TEXT, "<b>What a film!</b>", "A long, long evening."] * 30
    pd.DataFrame({"stars": 1, "text": texts}).to_csv(good, index=False)
    chooser = guest.page.locator(".st-key-texts-file input[type=file]")
    chooser.set_input_files(bad)
    expect(guest.page.get_by_test_id("stAlert").get_by_text("no_text.csv has no column of texts")).to_be_visible()
    chooser.set_input_files(good)
    guest.page.get_by_role("button", name=f"Judge {len(texts)} lines").click()
    expect(guest.page.get_by_text(re.compile(f"{len(texts)} of {len(texts)} lines judged"))).to_be_visible()
    with guest.page.expect_download() as download:
        guest.page.locator(".st-key-sentiment-texts-download button").click()
    table = pd.read_csv(Path(download.value.path()))
    verdicts = classify_texts(load_model(BEST), tuple(texts[:3]))
    assert table["text"].tolist() == texts
    assert table["class"].tolist() == [verdict.label for verdict in verdicts] * 30
    assert table["probability"].tolist()[:3] == pytest.approx([verdict.probability for verdict in verdicts], abs=2e-4)
    if not quality.TABLE.is_file():
        pytest.skip("the predictions are not stored here")
    guest.page.get_by_text("Quality", exact=True).click()
    own = quality.of_model(quality.read_predictions(), BEST, "sst2")
    now = quality.measures(quality.confusion(own, 0.5))
    expect(
        guest.page.get_by_text(
            f"At 0.50: accuracy {100 * now['accuracy']:.1f} %, precision {100 * now['precision']:.1f} %"
        )
    ).to_be_visible()
    compared = quality.compare(own, quality.of_model(quality.read_predictions(), BLIND, "sst2"))
    expect(
        guest.page.get_by_text(
            f"({compared['only_first']} texts only the former has right, {compared['only_second']} only the latter)"
        )
    ).to_be_visible()
