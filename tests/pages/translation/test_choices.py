"""Searching on the translation page: sampling by seed, the source as it is read, and the words and translations that
lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.decoding.limits import SamplingSettings
from engine.decoding.text import sample_translations
from engine.inspection.translation.hypotheses import alternatives_sentence, hypotheses_table, word_alternatives
from engine.inspection.translation.search import inspect_search
from engine.models.folder import load_model
from tests.pages.charts import figure
from tests.pages.open import open_page, sentences, written

WITH, WITHOUT = "small-en-fr-dot", "small-en-fr-none"
TEXT = "a black dog runs"


def headings(at) -> list[str]:
    return [heading.value.replace("\\", "") for heading in at.subheader]


def test_sampling_follows_its_seed_and_settings(models: Path) -> None:
    asked = {"text": TEXT, "search": "sampling", "temperature": "1.4", "top_k": "20", "top_p": "0.9", "seed": "11"}
    at = open_page("translation", **asked)
    assert not at.exception
    settings = SamplingSettings(temperature=1.4, top_k=20, top_p=0.9, seed=11)
    for name in (WITH, WITHOUT):
        (report,) = sample_translations(load_model(models / name), TEXT, settings)
        assert (report.text or "(nothing)") in headings(at)
    five = sample_translations(load_model(models / WITH), TEXT, settings, 5)
    table = next(frame.value for frame in at.dataframe if "seed" in frame.value)
    assert list(table["seed"]) == [11, 12, 13, 14, 15]
    assert list(table["With attention"]) == [report.text for report in five]
    at.number_input(key="seed").set_value(12.0).run()
    assert (five[1].text or "(nothing)") in headings(at)


@pytest.mark.parametrize(
    ("name", "value"), [("temperature", "9"), ("top_p", "0"), ("seed", "-1"), ("choices_word", "x")]
)
def test_a_bad_setting_in_the_address_is_named(models: Path, name: str, value: str) -> None:
    at = open_page("translation", text=TEXT, search="sampling", tool="choices", **{name: value})
    assert not at.exception
    assert any(f"{name} = {value}" in sentence for sentence in sentences(at))


def test_the_source_is_shown_with_its_pieces_and_what_was_never_seen(models: Path) -> None:
    at = open_page("translation", text="A zebra 漢 *runs* <b>")
    line = next(part.value for part in at.markdown if part.value.startswith("**As it is read**"))
    plain = line.replace("\\", "")
    assert ":yellow-background[" in line
    assert "‹漢›" in plain
    assert "\\*" in line
    assert "\\<" in line
    assert "e·b·r·a" in plain


def test_another_language_gets_a_note_not_an_error(models: Path) -> None:
    at = open_page("translation", text="Un chien noir court sur la plage .", tool="choices")
    assert any("looks like French, not English" in note.value for note in at.info)
    assert headings(at)
    assert not sentences(at)


def test_the_other_choices_are_the_engines(models: Path) -> None:
    at = open_page("translation", text=TEXT, search="beam", beam_size="3", tool="choices", choices_word="0")
    assert not at.exception
    loaded = load_model(models / WITH)
    reports = inspect_search(loaded, TEXT, 3, 1.0).translations
    frame = word_alternatives(loaded, TEXT, reports[0].target_ids, 0)
    assert alternatives_sentence(frame) in written(at)
    assert figure(at, "choices")["data"][0]["x"] == pytest.approx(list(100 * frame["probability"]))
    table = next(shown.value for shown in at.dataframe if "score" in shown.value)
    assert list(table["translation"]) == list(hypotheses_table(reports)["translation"])
    assert len(table) == 3


def test_the_bars_tell_a_click_which_word_it_hit(models: Path) -> None:
    at = open_page("translation", text=TEXT, search="greedy", tool="choices")
    bars = figure(at, f"confidence-{WITH}")["data"][0]
    assert bars["customdata"] == list(range(len(bars["y"])))
    assert any("Choose Beam at the top" in note.value for note in at.info)


@pytest.mark.parametrize("search", ["beam", "sampling"])
def test_receipts_give_the_numbers_again(models: Path, search: str, capsys: pytest.CaptureFixture[str]) -> None:
    at = open_page("translation", text=TEXT, search=search, seed="3", beam_size="3", tool="choices", choices_word="0")
    reports = (
        inspect_search(load_model(models / WITH), TEXT, 3, 1.0).translations
        if search == "beam"
        else sample_translations(load_model(models / WITH), TEXT, SamplingSettings(seed=3), 5)
    )
    frame = word_alternatives(load_model(models / WITH), TEXT, reports[0].target_ids, 0)
    expected = [
        str(reports[0].word_probabilities),
        frame.to_string(),
        hypotheses_table(reports).to_string(),
    ]
    said = ""
    for code in at.code:
        if code.value.startswith("from engine") and WITH in code.value:
            exec(compile(code.value, "receipt", "exec"), {})
            said += capsys.readouterr().out
    for numbers in expected:
        assert numbers in said


def test_other_choices_open_with_the_word_that_is_least_sure(models: Path) -> None:
    at = open_page("translation", text=TEXT, search="sampling", seed="3", tool="choices")
    (report,) = sample_translations(load_model(models / WITH), TEXT, SamplingSettings(seed=3))
    chances = report.word_probabilities
    assert at.selectbox(key="choices_word").value == chances.index(min(chances)) > 0
