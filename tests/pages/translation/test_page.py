"""The translation page: words and numbers are the engine's, the URL is its state, bad input a sentence."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from engine.decoding.limits import MAX_SOURCE_WORDS
from engine.inspection.translation import length_gap
from engine.inspection.translation.examples import list_translation_examples
from engine.inspection.translation.forcing import forcing_sentence, inspect_forcing
from engine.inspection.translation.translations import inspect_translation
from engine.models.folder import load_model
from pages.components.translation.view import MAX_LINES
from tests.pages.charts import figure, names
from tests.pages.open import alternative_texts, notes, open_page, sentences, written

WITH, WITHOUT = "small-en-fr-dot", "small-en-fr-none"
FIRST = list_translation_examples()[0]
CHEAP = "many_lines"  # a tool that computes nothing by itself, where only the translations are looked at


def headings(at) -> list[str]:
    """Return the larger lines of the page: translations and titles of sections."""
    return [heading.value.replace("\\", "") for heading in at.subheader]


def test_opens_with_both_translations_of_an_example(models: Path) -> None:
    at = open_page("translation")
    assert not at.exception
    assert [title.value for title in at.title] == ["Translation"]
    assert at.text_area(key="text").value == FIRST.source
    for name in (WITH, WITHOUT):
        report = inspect_translation(load_model(models / name), FIRST.source, 5, 1.0)
        assert (report.text or "(nothing)") in headings(at)
    assert "With attention" in written(at)
    assert "BLEU 12.5" in written(at)


def test_names_and_numbers_that_are_kept_stand_below_the_networks_own_words(models: Path, monkeypatch) -> None:
    monkeypatch.setattr("engine.decoding.kept_words.keep_in_lines", lambda *given: ["Anna a 25 dollars."])
    at = open_page("translation", text="a black dog", search="greedy", tool=CHEAP)
    report = inspect_translation(load_model(models / WITH), "a black dog", 1, 0.0)
    assert (report.text or "(nothing)") in headings(at)
    assert "With its names and numbers kept: Anna a 25 dollars." in written(at).replace("*", "").replace("\\", "")


def test_the_map_shows_the_networks_own_weights(models: Path) -> None:
    at = open_page("translation", text="a black dog", search="greedy", unit="pieces", tool="Attention")
    report = inspect_translation(load_model(models / WITH), "a black dog", 1, 0.0)
    heat = figure(at, "attention")["data"][0]
    assert len(heat["z"]) == len(report.target_pieces)
    for drawn, own in zip(heat["z"], report.weights, strict=True):
        assert drawn == pytest.approx(own, abs=1e-6)


def test_the_bars_show_the_networks_own_confidence(models: Path) -> None:
    at = open_page("translation", text="a black dog", search="greedy", tool=CHEAP)
    for name in (WITH, WITHOUT):
        report = inspect_translation(load_model(models / name), "a black dog", 1, 0.0)
        bars = figure(at, f"confidence-{name}")["data"][0]["y"]
        assert bars == pytest.approx([100 * share for share in report.word_probabilities])


def test_beam_and_greedy_reach_the_decoder(models: Path) -> None:
    at = open_page("translation", text="The dog runs", search="beam", beam_size="12", length_penalty="0", tool=CHEAP)
    report = inspect_translation(load_model(models / WITH), "The dog runs", 12, 0.0)
    assert (report.text or "(nothing)") in headings(at)
    assert at.slider(key="beam_size").value == 12
    other = open_page("translation", search="greedy", tool=CHEAP)
    assert not [slider for slider in other.slider if slider.key == "beam_size"]


def test_an_example_brings_its_reference_and_its_lesson(models: Path) -> None:
    at = open_page("translation")
    example = list_translation_examples()[2]
    at.button(key=f"example-{example.name}").click().run()
    assert at.text_area(key="text").value == example.source
    assert at.text_input(key="reference").value == example.reference
    assert example.lesson in written(at)


def test_a_reference_of_another_sentence_is_not_forced(models: Path) -> None:
    at = open_page("translation")
    at.text_area(key="text").set_value("a small boat").run()
    own = inspect_translation(load_model(models / WITH), "a small boat", 5, 1.0).text
    assert any(f"beam size 5: {own} Type yours" in note for note in notes(at))
    assert at.text_input(key="reference").value == FIRST.reference
    at.text_input(key="reference").set_value("un petit bateau").run()
    assert not any("stands in with its own" in note for note in notes(at))
    assert any("timelines" in name for name in names(at))


def test_several_lines_are_all_translated_and_one_is_looked_at(models: Path) -> None:
    at = open_page("translation", text="a dog\n\na cat runs", search="greedy", line="2", tool=CHEAP)
    table = at.dataframe[0].value
    assert list(table["sentence"]) == ["a dog", "a cat runs"]
    own = inspect_translation(load_model(models / WITH), "a cat runs", 1, 0.0)
    assert table["With attention"][1] == own.text
    assert (own.text or "(nothing)") in headings(at)


def test_another_example_typed_by_hand_is_forced_along_its_own_reference(models: Path) -> None:
    example = list_translation_examples()[1]
    at = open_page("translation", text=example.source)
    assert any(f"its own reference is used: {example.reference}" in note.value.replace("\\", "") for note in at.info)
    report = inspect_forcing(load_model(models / WITH), example.source, example.reference)
    assert forcing_sentence(report) in written(at)


def test_text_that_cannot_be_translated_gets_one_sentence_and_stays(models: Path) -> None:
    at = open_page("translation", tool=CHEAP)
    for text, words in (
        ("", "nothing to translate"),
        ("  \n \n", "nothing to translate"),
        ("word " * (MAX_SOURCE_WORDS + 1), f"{MAX_SOURCE_WORDS + 1} words; at most {MAX_SOURCE_WORDS}"),
        ("m" * 50_000, "50,000 characters"),
        ("one\n" * (MAX_LINES + 1), f"{MAX_LINES + 1} lines; at most {MAX_LINES}"),
    ):
        at.text_area(key="text").set_value(text).run()
        assert not at.exception
        assert len([sentence for sentence in sentences(at) if words in sentence]) == 1
        assert at.text_area(key="text").value == text
        assert not at.subheader


def test_characters_never_seen_are_shown(models: Path) -> None:
    at = open_page("translation", text="A 漢 dog 😀 runs", tool=CHEAP)
    assert not at.exception
    assert any("漢, 😀" in note.value.replace("\\", "") for note in at.info)


def test_markup_in_the_source_stays_text(models: Path) -> None:
    at = open_page(
        "translation", text='<img src=x onerror="alert(1)"> **dog**', search="greedy", unit="pieces", tool="Attention"
    )
    assert not at.exception
    for label in figure(at, "attention")["layout"]["xaxis"]["ticktext"]:
        assert "<" not in label
    assert not any("<img" in part.value for part in [*at.markdown, *at.caption])


@pytest.mark.parametrize(
    "bad",
    [
        {
            "beam_size": ("0", "between 1 and 12"),
            "length_penalty": ("nan", "finite"),
            "search": ("magic", "Greedy, Beam"),
            "unit": ("letters", "Words, Subword tokens"),
            "line": ("99", f"between 1 and {MAX_LINES}"),
            "teacher_forcing": ("maybe", "true or false"),
            "network": ("../../etc", "With attention, Without attention"),
        },
        {"beam_size": ("inf", "a whole number"), "length_penalty": ("-1", "between 0 and 3")},
    ],
)
def test_a_bad_address_is_named_and_the_default_used(models: Path, bad: dict[str, tuple[str, str]]) -> None:
    at = open_page("translation", **{name: value for name, (value, _) in bad.items()})
    assert not at.exception
    for name, (_, allowed) in bad.items():
        (sentence,) = [sentence for sentence in sentences(at) if f"{name} = " in sentence]
        assert allowed in sentence
    assert FIRST.source in at.text_area(key="text").value


def test_one_damaged_model_leaves_the_other(models: Path) -> None:
    (models / WITHOUT / "config.json").write_text("{")
    at = open_page("translation")
    assert not at.exception
    assert any(WITHOUT in sentence for sentence in sentences(at))
    assert "With attention" in written(at)
    assert "Without attention" not in written(at).replace("The network without attention", "")


def test_no_translation_model_is_said_once(models: Path) -> None:
    for name in (WITH, WITHOUT):
        shutil.rmtree(models / name)
    at = open_page("translation")
    assert [sentence for sentence in sentences(at) if "No translation model" in sentence]


def test_bleu_by_length_is_drawn_from_the_measured_table(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert any(
        "not been measured for" in sentence for sentence in sentences(open_page("translation", tool="Bottleneck"))
    )
    monkeypatch.setattr(length_gap, "TABLE", tmp_path / "by_length.parquet")
    assert any(
        "has not been measured" in sentence for sentence in sentences(open_page("translation", tool="Bottleneck"))
    )
    rows = [
        (name, bucket, shortest, 10, bleu)
        for name, scores in ((WITH, (50.0, 48.0)), (WITHOUT, (47.0, 21.5)))
        for bucket, shortest, bleu in zip(("1-7", "18-60"), (1, 18), scores, strict=True)
    ]
    pd.DataFrame(rows, columns=length_gap.COLUMNS).to_parquet(length_gap.TABLE)
    at = open_page("translation", tool="Bottleneck")
    assert "26.5 apart" in written(at)
    drawn = figure(at, "bleu-by-length")["data"]
    assert [line["name"] for line in drawn] == ["With attention", "Without attention"]
    assert drawn[1]["y"] == pytest.approx([47.0, 21.5])


def test_every_chart_is_described_with_numbers(models: Path) -> None:
    texts = alternative_texts(open_page("translation"))
    assert len(texts) == 6
    assert all(any(character.isdigit() for character in text) for text in texts)


def test_an_example_turns_with_the_direction(models: Path) -> None:
    folder = shutil.copytree(models / WITH, models / "small-fr-en")
    config = json.loads((folder / "config.json").read_text()) | {"source_language": "fr", "target_language": "en"}
    (folder / "config.json").write_text(json.dumps(config))
    at = open_page("translation", direction="French to English")
    assert (at.text_area(key="text").value, at.text_input(key="reference").value) == (FIRST.reference, FIRST.source)
    at.text_area(key="text").set_value("un bateau").run()
    assert at.text_area(key="text").value == "un bateau"
    at.text_area(key="text").set_value(FIRST.reference).run()
    at.button_group(key="direction").set_value("en-fr").run()
    assert not at.exception
    assert (at.text_area(key="text").value, at.text_input(key="reference").value) == (FIRST.source, FIRST.reference)
