"""The Entities page in a visitor's hands: marks, tags of a clicked word, a file in and out, and the test sentences, as
the engine has them."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from engine.corpora.sources import mirror_folder
from engine.inspection.tagging.predictions import Tagging, tag_words
from engine.inspection.tagging.quality import measure_quality, quality_sentence
from engine.inspection.tagging.texts import describe_spans, describe_word, read_text
from engine.models.folder import find_folder, load_model
from pages.components.entities.texts import EXAMPLES
from pages.components.entities.view import DEFAULT_TEXT
from tests.browser.browsing import Visit

BEST = "gmb-bilstm-crf"


def read(text: str) -> tuple:
    """Return a text as one line and what the best tagger makes of it."""
    (line,) = read_text(text, 1)
    return line, tag_words(load_model(BEST), line.words)


def expect_marks(guest: Visit, tagging: Tagging) -> None:
    """Wait until the first text on the page carries exactly the tagger's marks."""
    marks = guest.page.locator(".st-key-entities-texts .stMarkdownColoredBackground")
    expect(marks).to_have_text(
        [f"{' '.join(tagging.words[span.start : span.end])} {span.type}" for span in tagging.spans]
    )


def test_own_text_is_marked_and_a_clicked_word_shows_its_tags(guest: Visit) -> None:
    guest.open("/entities?tool=words", "Entities")
    line, tagging = read(DEFAULT_TEXT)
    expect_marks(guest, tagging)
    expect(guest.page.get_by_text(describe_spans(tagging, line)).first).to_be_visible()
    position = line.words.index("Lima")
    guest.click_mark(guest.chart("entity-words", ".scatterlayer .point").nth(position))
    expect(guest.page.get_by_text(describe_word(tagging, position)).first).to_be_visible()
    name, text = list(EXAMPLES.items())[1]
    guest.page.get_by_role("button", name=name).click()
    line, tagging = read(text)
    expect_marks(guest, tagging)
    expect(guest.page.get_by_text(describe_word(tagging, position)).first).to_be_visible()
    guest.page.get_by_role("textbox", name="Text to read").fill("😀 !")
    guest.page.keyboard.press("Control+Enter")
    expect(guest.page.get_by_test_id("stAlert").get_by_text("only signs or emoji")).to_be_visible()


def test_a_table_goes_in_and_tagged_words_come_out_and_quality_is_the_engines(guest: Visit, tmp_path: Path) -> None:
    guest.open("/entities?tool=many_lines", "Entities")
    bad, good = tmp_path / "bad.csv", tmp_path / "good.csv"
    bad.write_text("text;age\n;4\n", encoding="utf-8")
    texts = list(EXAMPLES.values())
    good.write_text(
        "id;text\n" + "".join(f'{position};"{text}"\n' for position, text in enumerate(texts)), encoding="utf-8"
    )
    chooser = guest.page.locator(".st-key-entities-many-lines-file input[type=file]")
    chooser.set_input_files(bad)
    expect(guest.page.get_by_test_id("stAlert").get_by_text("bad.csv has no column of texts")).to_be_visible()
    chooser.set_input_files(good)
    found = [read(text)[1] for text in texts]
    expect(guest.page.get_by_text(f"{len(texts)} of {len(texts)} lines tagged in").first).to_contain_text(
        f"{sum(len(tagging.spans) for tagging in found)} entities"
    )
    with guest.page.expect_download() as download:
        guest.page.get_by_role("button", name="Download the tags").click()
    lines = [
        "".join(f"{word}\t{tag}\n" for word, tag in zip(tagging.words, tagging.tags, strict=True)) + "\n"
        for tagging in found
    ]
    assert Path(download.value.path()).read_text(encoding="utf-8") == "".join(lines)

    guest.page.locator(".st-key-tool button", has_text="Quality").click()
    quality = measure_quality(BEST, str(find_folder(BEST)))
    expect(guest.page.get_by_text(quality_sentence(quality, None)[:70]).first).to_be_visible()
    error = quality.outcomes[quality.outcomes["outcome"] != "found"].iloc[0]
    if mirror_folder("ner_gmb") is None:  # the sentences are not shipped
        expect(guest.page.get_by_text("The sentences themselves are not shipped").first).to_be_visible()
        expect(guest.page.get_by_text("On the built-in sample").first).to_be_visible()
        return
    expect(guest.page.get_by_text(f"Sentence {error['row'] + 1:,} (").first).to_be_visible()
    guest.page.locator(".st-key-quality-open-0 button").click()
    expect(guest.page.get_by_role("textbox", name="Text to read")).not_to_have_value(DEFAULT_TEXT)
