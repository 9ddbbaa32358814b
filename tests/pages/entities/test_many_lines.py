"""Many lines: boxes and files of three kinds in, the network's own entities out; bad files get a sentence and lose
nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.inspection.tagging.predictions import MAX_WORDS, split_words, tag_words
from engine.models.folder import load_model
from pages.components.computing import batches, cache
from pages.components.entities import many_lines
from tests.pages.open import open_page, sentences, written

BEST = "gmb-bilstm-crf"
NAME = many_lines.NAME


def open_tool():
    return open_page("entities", tool="many_lines")


def by_line(at):
    return next(frame.value for frame in at.dataframe if "problem" in frame.value)


def entities(at):
    return next(frame.value for frame in at.dataframe if list(frame.value)[:2] == ["line", "entity"])


def put(at, name: str, text: str):
    return at.file_uploader(key=f"{NAME}-file").set_value((name, text.encode(), "text/plain")).run()


def test_lines_in_the_box_get_the_networks_entities_and_their_places(taggers: Path) -> None:
    lines = ["Anna lives in Rome.", "", "word " * (MAX_WORDS + 1), "<b>Peter</b> works, in Paris"]
    at = open_tool()
    at.text_area(key=f"{NAME}-text").set_value("\n".join(lines)).run()
    assert not at.exception
    frame, found = by_line(at), entities(at)
    assert list(frame["text"]) == lines
    assert "1,000 words" in frame["problem"][2]
    loaded, expected = load_model(BEST, taggers), []
    for position in (0, 3):
        words = split_words(lines[position])
        for span in tag_words(loaded, tuple(word.text for word in words)).spans:
            begin, end = words[span.start].start, words[span.end - 1].end
            expected.append((position + 1, lines[position][begin:end], span.type, begin, end))
    assert expected
    assert list(found[["line", "entity", "type", "start", "end"]].itertuples(index=False, name=None)) == expected
    assert "2 of 4 lines tagged in " in written(at)
    assert "1 line has a problem" in written(at)


def test_the_receipt_says_the_day_on_which_the_lines_were_tagged(
    taggers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "today", lambda: "2031-05-06")
    at = open_tool()
    monkeypatch.setattr(cache, "today", lambda: "2031-05-07")
    assert "Measured: 2031-05-06, on the server's processor" in at.run().text[-1].value


def test_a_table_and_a_token_file_are_told_from_what_is_in_them(taggers: Path) -> None:
    at = put(open_tool(), "a.txt", 'id;Text\n1;"Anna lives; in Rome."\n2;Peter\n')
    assert not at.exception
    assert list(by_line(at)["text"]) == ["Anna lives; in Rome.", "Peter"]
    at = put(open_tool(), "a.conll", "# text\n1\tAnna\tB-per\n2\tdon't\tO\n\n1\tRome\tB-geo\n")
    frame = by_line(at)
    assert list(frame["text"]) == ["Anna don't", "Rome"]
    assert list(frame["words"]) == [2, 1], "words of such a file are not cut again"
    found = entities(at)
    assert len(found)
    assert set(found["entity"]) <= {"Anna", "don't", "Anna don't", "Rome"}, "entities stand on whole words"
    assert all(frame["text"][row.line - 1][row.start : row.end] == row.entity for row in found.itertuples())


def test_a_file_that_cannot_be_read_gets_a_sentence_and_the_box_stays(taggers: Path) -> None:
    at = open_tool()
    before = at.text_area(key=f"{NAME}-text").value
    for name, text, said in (
        ("a.csv", "text,stars\n,2\n", "no column of texts: there are no words in “text” and “stars”"),
        ("b.csv", "text\n\n", "there are no words in “text”"),
        ("c.txt", "\n \n", "nothing in it"),
        ("d.conll", "# only a remark\n", "no token in it"),
    ):
        at = put(at, name, text)
        assert not at.exception
        assert any(said in sentence and "still there" in sentence for sentence in sentences(at))
        assert at.text_area(key=f"{NAME}-text").value == before


def test_what_is_done_stays_when_it_is_stopped_and_it_goes_on_from_there(
    taggers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, begun_with, tagged = many_lines.tag_lines, [], []

    def stopped_after_one_batch(loaded, lines, is_done):
        """Tag, and have the visitor say stop after the first batch of the first run."""
        begun_with.append(len(is_done))
        for batch in real(loaded, lines, is_done):
            tagged.extend(row.index for row in batch)
            yield batch
            if len(begun_with) == 1:
                batches.stop(many_lines.PAGE, NAME)
                return

    at = open_tool()
    at.text_area(key=f"{NAME}-text").set_value(
        "\n".join(f"Anna lives in Rome {position}" for position in range(40))
    ).run()
    monkeypatch.setattr(many_lines, "tag_lines", stopped_after_one_batch)
    at.button(key=f"{NAME}-start").click().run()
    at.run()
    assert "Stopped: 16 of 40 lines tagged" in written(at)
    at.button(key=f"{NAME}-start").click().run()
    assert begun_with == [0, 16]
    assert tagged == list(range(40)), "no line is tagged twice"
    assert "40 of 40 lines tagged" in written(at)
    assert not [button for button in at.button if button.key == f"{NAME}-stop"]
