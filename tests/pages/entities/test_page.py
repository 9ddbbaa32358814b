"""The Entities page: a text's marks and numbers are the tagger's own, and whatever is typed gets an answer."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from engine.inspection.tagging.agreement import apart_from
from engine.inspection.tagging.predictions import MAX_WORDS, Tagging, split_words, tag_words
from engine.models.folder import load_model
from pages.components.computing import writing
from pages.components.entities.thumbnail import SENTENCE as ENTITY_SENTENCE
from pages.components.entities.view import DEFAULT_TEXT, MAX_LINES
from tests.pages.open import alternative_texts, notes, open_page, sentences, written

BEST = "gmb-bilstm-crf"
ODD = "<script>alert(1)</script> [Anna](x) *lives* in :red[Rome] & `Paris` $x$."


def tagged(models: Path, name: str, text: str) -> Tagging:
    return tag_words(load_model(name, models), tuple(word.text for word in split_words(text)))


def marked(at) -> list[str]:
    """Return the paragraphs with marks in them."""
    return [part.value for part in at.markdown if "-background[" in part.value]


def test_default_text_is_marked_as_the_network_marks_it_and_every_tag_is_shown(taggers: Path) -> None:
    at = open_page("entities", tool="words", words_position="4")
    assert not at.exception
    assert sentences(at) == []
    assert at.text_area(key="text").value == DEFAULT_TEXT
    found = tagged(taggers, BEST, DEFAULT_TEXT)
    assert found.spans
    first = marked(at)[0]
    assert first.count("-background[") == len(found.spans)
    for span in found.spans:
        assert f"{' '.join(found.words[span.start : span.end])} :small[**{span.type}**]]" in first.replace("\\", "")
    table = next(frame.value for frame in at.dataframe if "entity" in frame.value)
    assert table["probability"].tolist() == pytest.approx([span.probability for span in found.spans], abs=1e-4)
    assert all(DEFAULT_TEXT[row.start : row.end] == row.entity for row in table.itertuples())
    tags = next(frame.value for frame in at.dataframe if list(frame.value) == ["tag", "probability"])
    assert dict(zip(tags["tag"], tags["probability"], strict=True)) == pytest.approx(
        dict(zip(found.labels, found.marginals[3], strict=True))
    )
    assert any(f"“Lima” (word 4) is tagged {found.tags[3]}" in text for text in alternative_texts(at))
    bars = json.loads(next(chart.proto.spec for chart in at.get("plotly_chart") if "is tagged" in chart.proto.alt))
    assert found.tags[3] in bars["layout"]["yaxis"]["ticktext"][list(tags["tag"]).index(found.tags[3])]


def test_a_line_in_capitals_is_read_as_a_headline_and_the_page_says_so(taggers: Path) -> None:
    at = open_page("entities", text="ANNA LIVES IN ROME", tool="words")
    assert not at.exception
    assert "Read as: Anna Lives In Rome" in notes(at)
    table = next(frame.value for frame in at.dataframe if "entity" in frame.value)
    found = tagged(taggers, BEST, "Anna Lives In Rome")
    assert table["entity"].tolist() == [" ".join(found.words[s.start : s.end]).upper() for s in found.spans]
    assert found.spans


def test_other_networks_are_compared_by_what_they_mark(taggers: Path) -> None:
    at = open_page("entities", text="Anna lives in Rome\nPeter lives in Paris , not in London .", line="2")
    assert not at.exception
    line = "Peter lives in Paris , not in London ."
    readings = {name: tagged(taggers, name, line) for name in (BEST, "gmb-bilstm", "gmb-lstm-crf", "ewt-bilstm-crf")}
    table = next(frame.value for frame in at.dataframe if "Without the CRF" in frame.value)
    for name, column in ((BEST, "Both directions, CRF"), ("ewt-bilstm-crf", "Web texts")):
        here = {" ".join(readings[name].words[span.start : span.end]): span.type for span in readings[name].spans}
        assert {row["words"]: row[column] for _, row in table.iterrows() if row[column]} == here
    rows = [part for part in marked(at) if "Peter" in part][1:]
    for row, reading in zip(rows, list(readings.values())[1:], strict=True):
        apart, covered = (
            apart_from(readings[BEST], reading),
            {position for span in reading.spans for position in range(span.start, span.end)},
        )
        unmarked = [mark for mark in apart.missed if covered.isdisjoint(range(*mark[:2]))]
        assert row.count("≠ ") == len(apart.invented) + len(unmarked)
        assert row.count("no mark") == len(unmarked)
    assert "".join(rows).count("≠ ") > 3


def test_what_cannot_be_read_gets_a_sentence_and_is_not_lost(taggers: Path) -> None:
    at = open_page("entities")
    for text, words in (
        ("", "There is nothing to read"),
        ("  \n ", "There is nothing to read"),
        ("😀 🎉 !!", "only signs or emoji"),
        ("word " * 3000, f"The text has more than {MAX_WORDS:,} words"),
        ("Hello.\n" + "word " * 1001, f"Line 2 has more than {MAX_WORDS:,} words"),
        ("a\n" * (MAX_LINES + 1), f"There are {MAX_LINES + 1} lines; at most {MAX_LINES}"),
    ):
        at.text_area(key="text").set_value(text).run()
        assert not at.exception
        assert len(sentences(at)) == 1
        assert words in sentences(at)[0]
        assert at.text_area(key="text").value == text


def test_signs_of_html_and_markdown_are_shown_as_they_are_and_unknown_words_said_to_be(taggers: Path) -> None:
    at = open_page("entities", text=ODD)
    assert not at.exception
    (shown,) = [part.value for part in at.markdown if "script" in part.value][:1]
    plain = shown
    for span in tagged(taggers, BEST, ODD).spans:
        plain = plain.replace(f" :small[**{span.type}**]]", "", 1)
    for tint in ("blue", "orange", "green", "violet", "gray", "yellow", "red", "primary"):
        plain = plain.replace(f":{tint}-background[", "")
    assert plain.replace("\\", "") == ODD
    ours = r":[a-z]+-background\[|:small\[\*\*[a-z]+\*\*\]\]"
    assert not re.search(r"(?<!\\)[<>\[\]`*$:&]", re.sub(ours, "", shown)), (
        "every sign of the visitor's is kept from Markdown"
    )
    foreign = open_page("entities", text="Der Hund schläft auf dem alten Sofa im Wohnzimmer")
    assert any("9 of the 9 words never occurred in training often enough" in note for note in notes(foreign))


def test_page_without_taggers_says_so(models: Path) -> None:
    at = open_page("entities")
    assert not at.exception
    assert any("No tagger is installed" in sentence for sentence in sentences(at))
    assert "Entities" in written(at)


def test_home_shows_a_marked_text_and_leads_here(taggers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "FLUSH_SECONDS", 0.02)
    at = open_page("home")
    assert not at.exception
    found = tagged(taggers, BEST, ENTITY_SENTENCE)
    (shown,) = marked(at)
    assert shown.count("-background[") == len(found.spans)
    assert "entities" in [link.proto.page for link in at.get("page_link")]
