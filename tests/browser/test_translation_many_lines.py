"""Translating anything, by hand: a file in and a file out, a seed that gives the same text again, and a test sentence
opened with one click."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from engine.corpora.sources import mirror_folder
from engine.decoding.limits import SamplingSettings
from engine.decoding.text import sample_translations, translate_lines
from engine.inspection.stored.sentence_scores import order_sentences, read_texts, stored_sentences
from engine.inspection.translation.hypotheses import alternatives_sentence, word_alternatives
from engine.inspection.translation.translations import inspect_translation
from engine.models.folder import find_folder, load_model
from tests.browser.browsing import Visit

WITH = "en-fr-attention"
SENTENCE = "Two children are playing in the snow."


def test_a_file_of_lines_goes_in_and_its_translations_come_out(guest: Visit, tmp_path: Path) -> None:
    guest.open("/translation?tool=many_lines&text=A+dog+runs.&search=greedy", "Translation")
    bad, good = tmp_path / "lines.xlsx", tmp_path / "lines.txt"
    bad.write_bytes(b"PK\x03\x04")
    lines = [SENTENCE, "", "A dog runs across the beach."] * 8
    good.write_text("\n".join(lines) + "\n", encoding="utf-8")
    chooser = guest.page.locator(".st-key-many-lines-file input[type=file]")
    chooser.set_input_files(bad)
    expect(guest.page.get_by_test_id("stAlert").get_by_text("lines.xlsx is a zip archive")).to_be_visible()
    chooser.set_input_files(good)
    guest.page.get_by_role("button", name=f"Translate {len(lines)} lines").click()
    expect(
        guest.page.get_by_text(re.compile(rf"16 of {len(lines)} lines translated in .* sentences per second"))
    ).to_be_visible()
    with guest.page.expect_download() as download:
        guest.page.get_by_role("button", name="Download the translations as text").click()
    found = dict(translate_lines(load_model(WITH), lines, beam_size=1))
    assert Path(download.value.path()).read_text(encoding="utf-8") == "".join(
        f"{found[i]}\n" for i in range(len(lines))
    )


def test_a_seed_gives_its_text_and_a_bar_opens_the_other_choices(guest: Visit) -> None:
    guest.open(f"/translation?text={SENTENCE.replace(' ', '+')}&search=sampling&temperature=1&seed=5", "Translation")
    drawn = sample_translations(load_model(WITH), SENTENCE, SamplingSettings(temperature=1.0, seed=5))[0]
    expect(guest.page.get_by_role("heading", name=drawn.text, exact=True).first).to_be_visible()
    guest.page.get_by_text("Greedy", exact=True).click()
    report = inspect_translation(load_model(WITH), SENTENCE, 1, 0.0)
    expect(guest.page.get_by_role("heading", name=report.text, exact=True).first).to_be_visible()
    position = len(report.target_words) - 1
    guest.click_mark(guest.chart(f"confidence-{WITH}", ".bars .point").nth(position))
    frame = word_alternatives(load_model(WITH), SENTENCE, report.target_ids, position)
    expect(guest.page.get_by_text(alternatives_sentence(frame)[:50]).first).to_be_visible()


def test_the_worst_test_sentence_is_the_engines_and_opens_with_one_click(guest: Visit) -> None:
    guest.open("/translation?tool=test_set&search=greedy", "Translation")
    own = stored_sentences(WITH, str(find_folder(WITH)))
    worst = order_sentences(own[own["corpus"] == "multi30k_en_fr"], None, "worst").iloc[0]
    position = int(worst["index"])
    expect(guest.page.get_by_text(f"Sentence {position + 1:,} · chrF {worst['chrf']:.1f}").first).to_be_visible()
    if mirror_folder("multi30k_en_fr") is None:  # the texts are not shipped
        expect(guest.page.get_by_text("The sentences themselves are not shipped").first).to_be_visible()
        return
    texts = read_texts("multi30k_en_fr", "en").set_index("index")
    guest.page.locator(f".st-key-test-set-open-{position} button").click()
    box = guest.page.get_by_role("textbox", name="Text to translate", exact=True)
    expect(box).to_have_value(texts.loc[position, "source"])
    translated = inspect_translation(load_model(WITH), texts.loc[position, "source"], 1, 0.0).text
    expect(guest.page.get_by_role("heading", name=translated, exact=True).first).to_be_visible()
