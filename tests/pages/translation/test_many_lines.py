"""Many lines: pasted or brought as a file, translated in order, stopped and gone on with; bad files get a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.decoding.limits import MAX_LINES, MAX_SOURCE_WORDS
from engine.inspection.translation.translations import inspect_translation
from engine.models.folder import load_model
from pages.components.computing import batches
from pages.components.translation import many_lines
from tests.pages.open import open_page, sentences, written

WITH = "small-en-fr-dot"
LINES = ["a black dog", "", "word " * (MAX_SOURCE_WORDS + 1), "A dog runs on the beach ."]


def type_in(at, text: str):
    return at.text_area(key="many-lines-text").set_value(text).run()


def table(at):
    return next(frame.value for frame in at.dataframe if "problem" in frame.value)


def open_tool(**parameters):
    return open_page("translation", text="a dog", search="greedy", tool="many_lines", **parameters)


def test_lines_come_back_in_order_with_their_problems(models: Path) -> None:
    at = type_in(open_tool(), "\n".join(LINES))
    at.button(key="many-lines-start").click().run()
    assert not at.exception
    frame = table(at)
    assert list(frame["source"]) == LINES
    loaded = load_model(models / WITH)
    for position in (
        0,
        3,
    ):  # an untrained network runs into the length limit, which is that of the longest line of the batch
        assert frame["translation"][position].startswith(inspect_translation(loaded, LINES[position], 1, 0.0).text[:20])
    assert list(frame["translation"][[1, 2]]) == ["", ""]
    assert f"at most {MAX_SOURCE_WORDS}" in frame["problem"][2]
    assert "2 of 4 lines translated" in written(at)
    assert "sentences per second" in written(at)
    assert not [button for button in at.button if button.key == "many-lines-stop"]


def test_ten_thousand_lines_are_offered_in_parts_and_none_is_lost(models: Path) -> None:
    text = "\n".join(f"dog {position}" for position in range(10_000))
    at = type_in(open_tool(), text)
    assert not at.exception
    assert any(f"10,000 lines; at most {MAX_LINES:,}" in note.value.replace("\\", "") for note in at.info)
    assert at.text_area(key="many-lines-text").value == text
    part = at.selectbox(key="many_lines_part")
    assert len(part.options) == 10
    assert part.options[-1] == "lines 9,001 to 10,000"
    assert at.button(key="many-lines-start").label == f"Translate {MAX_LINES:,} lines"


def test_what_is_done_stays_when_it_is_stopped_and_it_goes_on_from_there(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = many_lines.translate_many, []

    def two_batches(loaded, lines, search, sampling, is_done):
        """Translate three lines at a time, and have the visitor say stop after the second batch of the first run."""
        calls.append(tuple(is_done))
        rest = [position for position in range(len(lines)) if position not in is_done]
        for first in range(0, len(rest), 3):
            batch = rest[first : first + 3]
            skipped = [position for position in range(len(lines)) if position not in batch]
            yield next(real(loaded, lines, search, sampling, skipped))
            if len(calls) == 1 and first == 3:
                batches.stop(many_lines.PAGE, many_lines.NAME)
                return

    monkeypatch.setattr(many_lines, "translate_many", two_batches)
    at = type_in(open_tool(), "\n".join(f"a dog {'runs ' * position}" for position in range(10)))
    at.button(key="many-lines-start").click().run()
    at.run()
    assert not at.exception
    assert "Stopped: 6 of 10 lines translated" in written(at)
    kept = list(table(at)["translation"][:6])
    at.button(key="many-lines-start").click().run()
    assert calls[-1] == (0, 1, 2, 3, 4, 5)
    assert "10 of 10 lines translated" in written(at)
    assert list(table(at)["translation"][:6]) == kept


def test_the_box_of_one_sentence_hands_a_long_text_over(models: Path) -> None:
    at = open_page("translation", search="greedy")
    text = "\n".join(f"a dog {position}" for position in range(20))
    at.text_area(key="text").set_value(text).run()
    assert any("20 lines" in sentence and "Many lines" in sentence for sentence in sentences(at))
    at.button(key="move-lines").click().run()
    assert not at.exception
    assert at.text_area(key="text").value == "a dog 0"
    assert at.text_area(key="many-lines-text").value == text


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.txt", "été\n".encode() + b"\xe9", "The file a.txt is not UTF-8 text: line 2 has the byte 0xE9"),
        ("b.txt", b"PK\x03\x04", "a zip archive"),
        ("c.txt", b"\n\n", "nothing in it"),
        ("d.txt", b"a\0b", "no text"),
    ],
)
def test_a_file_that_cannot_be_read_gets_a_sentence_and_the_box_stays(
    models: Path, name: str, data: bytes, words: str
) -> None:
    at = type_in(open_tool(), "a dog\na cat")
    at.file_uploader(key="many-lines-file").set_value((name, data, "text/plain")).run()
    assert not at.exception
    assert any(words in sentence for sentence in sentences(at))
    assert at.text_area(key="many-lines-text").value == "a dog\na cat"


def test_a_file_comes_before_the_box(models: Path) -> None:
    at = type_in(open_tool(), "a dog\na cat\na boat")
    at.file_uploader(key="many-lines-file").set_value(("f.txt", "un été\n".encode(), "text/plain")).run()
    assert at.button(key="many-lines-start").label == "Translate 1 line"
    at.button(key="many-lines-start").click().run()
    assert list(table(at)["source"]) == ["un été"]
