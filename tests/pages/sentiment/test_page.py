"""The sentiment page: verdicts and the belief film are the engine's, the URL is its state, bad input a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from engine.inspection.classification.many_texts import BATCH_TEXTS, LineVerdict, classify_many
from engine.inspection.classification.predictions import MAX_WORDS, classify_texts, probabilities_of_words, split_text
from engine.inspection.classification.prefix_predictions import EVEN, belief_sentence, measure_belief
from engine.models import folder
from engine.models.folder import LoadedModel, load_model
from pages.components.computing import cache
from pages.components.sentiment import texts
from pages.components.sentiment.texts import AT_ONCE
from pages.components.sentiment.thumbnail import SENTENCE as OPINION
from pages.components.sentiment.view import FIRST
from tests.pages.charts import figure
from tests.pages.open import TIMEOUT_SECONDS, alternative_texts, notes, open_page, sentences, written
from tests.pages.small_classifiers import BLIND, BOTH, FORWARD, LONG, add_classifiers


@pytest.fixture(scope="module")
def small_classifiers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of four small classifiers."""
    return add_classifiers(tmp_path_factory.mktemp("classifiers"))


@pytest.fixture
def models(small_classifiers: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder that pages find: the small classifiers alone."""
    monkeypatch.setattr(folder, "PRETRAINED", small_classifiers)
    return small_classifiers


def network(models: Path, name: str = BOTH) -> LoadedModel:
    return load_model(models / name)


def test_opens_with_every_verdict_and_the_film_of_the_first_text(models: Path) -> None:
    at = open_page("sentiment")
    assert not at.exception
    assert sentences(at) == []
    assert at.text_area(key="text").value == FIRST
    (verdict,) = classify_texts(network(models), (FIRST,))
    assert f"{verdict.label.capitalize()}, {100 * verdict.probability:.1f} %" in written(at)
    positive = [
        classify_texts(network(models, name), (FIRST,))[0].probabilities[1] for name in (BOTH, FORWARD, BLIND, LONG)
    ]
    marks = figure(at, "sentiment-verdicts")["data"][1]
    assert marks["x"] == pytest.approx([100 * value for value in positive], abs=1e-4)
    assert marks["customdata"][0] == "Both directions"
    belief = measure_belief(network(models), split_text(network(models), FIRST))
    drawn = {line["name"]: line["y"] for line in figure(at, "sentiment-film")["data"]}
    assert drawn["Whole network"] == pytest.approx((100 * belief.both).tolist(), abs=1e-4)
    assert drawn["Forward half"] == pytest.approx((100 * belief.forward).tolist(), abs=1e-4)
    assert drawn["Backward half"] == pytest.approx((100 * belief.backward).tolist(), abs=1e-4)
    words = split_text(network(models), FIRST)
    prefixes = probabilities_of_words(network(models, BLIND), [words[: position + 1] for position in range(len(words))])
    assert drawn["Blind to order"] == pytest.approx((100 * prefixes[:, 1]).tolist(), abs=1e-4)
    assert any(text.startswith(belief_sentence(belief)) for text in alternative_texts(at))


def test_stepping_through_the_film_is_in_the_url_and_says_what_was_read(models: Path) -> None:
    at = open_page("sentiment", film_word="3", network=FORWARD)
    words = split_text(network(models, FORWARD), FIRST)
    share = probabilities_of_words(network(models, FORWARD), [words[:3]])[0, 1]
    assert "3 of 8 read: he said **the**" in written(at)
    assert f"whole network **{100 * share:.1f} %**" in written(at)
    assert [line["name"] for line in figure(at, "sentiment-film")["data"]] == ["Blind to order", "Whole network"]
    at.button(key="film-next").click().run()
    assert "4 of 8 read: he said the **food**" in written(at)
    assert at.query_params["film_word"] in ("4", ["4"])


def test_a_text_that_cannot_be_judged_is_one_sentence_and_stays(models: Path) -> None:
    at = open_page("sentiment", tool="texts")
    bad = {
        "  \n ": "The text is empty",
        "😀 🎉 !!": "only signs or pictures",
        "word " * 5000: f"has 5,000 words; at most {MAX_WORDS:,}",
    }
    for text, said in bad.items():
        at.text_area(key="text").set_value(text).run()
        assert not at.exception
        assert len([sentence for sentence in sentences(at) if said in sentence]) == 1
        assert at.text_area(key="text").value == text
        assert "Lines to judge" in [area.label for area in at.text_area], "a tool without the text still works"


def test_html_and_markdown_are_words_and_another_language_is_said_to_be_one(models: Path) -> None:
    at = open_page("sentiment", text="<b>the food</b> was *not* [good](http://a.b)")
    assert not at.exception
    assert "<b>" not in "".join(block.value for block in at.markdown)
    assert "](http" not in "".join(block.value for block in at.markdown)
    at.text_area(key="text").set_value("Dieser Film hat uns wirklich sehr gut gefallen").run()
    assert any("does not look like English" in sentence for sentence in sentences(at))


def test_a_page_without_classifiers_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "PRETRAINED", tmp_path)
    at = open_page("sentiment")
    assert not at.exception
    assert any("No classifier is installed" in sentence for sentence in sentences(at))


def test_the_card_on_the_home_page_is_a_film_of_now(models: Path) -> None:
    at = AppTest.from_string(
        "from pages.components.drawing import thumbnails\nthumbnails.draw('sentiment')", default_timeout=TIMEOUT_SECONDS
    ).run()
    assert not at.exception
    belief = measure_belief(network(models), split_text(network(models), OPINION))
    assert alternative_texts(at) == [belief_sentence(belief)]


def test_many_lines_are_judged_as_one_by_one_and_a_bad_one_has_its_problem(models: Path) -> None:
    at = open_page("sentiment", tool="texts")
    lines = ["The food was good.", "", "😀", "a dull and cold mess"]
    at.text_area(key="texts-text").set_value("\n".join(lines)).run()
    assert not at.exception
    table = at.dataframe[-1].value
    assert table["text"].tolist() == lines
    assert table["class"].tolist()[1:3] == ["", ""]
    assert "only signs" in table["problem"][2]
    for position in (0, 3):
        (verdict,) = classify_texts(network(models), (lines[position],))
        assert table["class"][position] == verdict.label
        assert table["probability"][position] == pytest.approx(verdict.probability, abs=1e-4)
    assert "2 of 4 lines judged" in written(at)
    assert "1 line has a problem" in written(at)


def test_the_receipt_says_the_day_on_which_the_lines_were_judged(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "today", lambda: "2031-05-06")
    at = open_page("sentiment", tool="texts")
    monkeypatch.setattr(cache, "today", lambda: "2031-05-07")
    assert "Measured: 2031-05-06, on the server's processor" in at.run().text[-1].value


def test_files_are_read_or_refused_in_a_sentence_and_the_box_keeps_its_lines(models: Path) -> None:
    at = open_page("sentiment", tool="texts")
    own = at.text_area(key="texts-text").value
    for name, data, said in (
        ("table.csv", b"text;stars\n;3\n", "has no column of texts: there are no words in “text” and “stars”"),
        ("mixed.txt", "été à\n".encode() + b"\xe9", "is not UTF-8 text: line 2 has the byte 0xE9"),
        ("empty.txt", b"\n\n", "has nothing in it"),
    ):
        at.file_uploader(key="texts-file").set_value((name, data, "text/plain")).run()
        assert not at.exception
        assert any(said in sentence for sentence in sentences(at)), name
        assert at.text_area(key="texts-text").value == own
    data = b'stars;Text\n5;the food was good\n1;"not good; cold"\n'
    at.file_uploader(key="texts-file").set_value(("table.csv", data, "text/csv")).run()
    assert at.dataframe[-1].value["text"].tolist() == ["the food was good", "not good; cold"]


def test_more_lines_than_take_a_moment_are_begun_stopped_and_gone_on_with(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*args: object) -> Iterator[list[LineVerdict]]:
        """Yield one batch; then the visitor's click on Stop ends the script."""
        yield next(classify_many(*args))
        st.stop()

    at = open_page("sentiment", tool="texts")
    lines = ["the food was good"] * (AT_ONCE + 1)
    at.text_area(key="texts-text").set_value("\n".join(lines)).run()
    assert len(at.dataframe) == 2, "the verdicts and the film have their numbers; nothing else is judged yet"
    monkeypatch.setattr(texts, "classify_many", interrupted)
    at.button(key="texts-start").click().run()
    at.button(key="texts-stop").click().run()
    assert f"Stopped: {BATCH_TEXTS} of {len(lines)} lines judged" in written(at)
    monkeypatch.undo()
    monkeypatch.setattr(folder, "PRETRAINED", models)
    assert at.button(key="texts-start").label == f"Go on with the other {len(lines) - BATCH_TEXTS}"
    at.button(key="texts-start").click().run()
    assert f"{len(lines)} of {len(lines)} lines judged" in written(at)
    assert len(set(at.dataframe[-1].value["probability"])) == 1
    at.text_area(key="texts-text").set_value("\n".join(lines * 20)).run()
    assert any(f"There are {len(lines) * 20:,} lines; at most 1,000" in note for note in notes(at))
    assert at.selectbox(key="texts_part").options == ["lines 1 to 1,000", "lines 1,001 to 1,300"]


def test_the_turn_of_a_film_without_one_is_its_largest_change(models: Path) -> None:
    at = open_page("sentiment", text="food", network=LONG, tool="texts")
    (value,) = figure(at, "sentiment-film")["data"][-1]["y"]
    assert value == pytest.approx(100 * classify_texts(network(models, LONG), ("food",))[0].probabilities[1], abs=1e-4)
    assert not np.isclose(value, 100 * EVEN)
    assert notes(at) == []
