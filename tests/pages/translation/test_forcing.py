"""Teacher forcing on the page: switches, coins and the wrong word are the engine's numbers, the URL is the state."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.inspection.translation.forcing import (
    chosen_steps,
    coin_outcomes,
    coins_sentence,
    forcing_sentence,
    inspect_forcing,
    lesson,
    mixed_sentence,
    tossed_steps,
)
from engine.inspection.translation.translations import inspect_translation
from engine.inspection.translation.wrong_word import put_wrong_word, wrong_word_sentence
from engine.models.folder import load_model
from tests.pages.charts import figure, names
from tests.pages.open import alternative_texts, notes, open_page, receipt_lines, sentences, written

NAME = "small-en-fr-none"
SOURCE, REFERENCE = "A dog runs on the beach .", "Un chien court sur la plage ."
ASKED = {"tool": "forcing", "text": SOURCE, "reference": REFERENCE, "network": NAME, "search": "greedy"}


def told(at) -> list[bool]:
    """Return what the marks of the switches say."""
    (marks,) = [trace for trace in figure(at, "timelines")["data"] if trace.get("name") == "switches"]
    return [symbol == "square" for symbol in marks["marker"]["symbol"]]


def test_opens_with_the_forced_the_mixed_and_the_free_row(models: Path) -> None:
    at = open_page("translation", **ASKED)
    assert not at.exception
    loaded = load_model(models / NAME)
    report = inspect_forcing(loaded, SOURCE, REFERENCE, chosen_steps(loaded, SOURCE, REFERENCE, "first"))
    for sentence in (forcing_sentence(report), lesson(report), mixed_sentence(report)):
        assert sentence in written(at)
    losses = [metric.value for metric in at.metric][-4:]
    runs = (report.forced, report.mixed, report.free)
    assert losses == [f"{run.mean_loss:.2f} nats" for run in runs] + [f"{report.exposure_gap:.2f} nats"]
    drawn = figure(at, "step-losses")["data"]
    for trace, values in zip(drawn, [*(run.losses for run in runs), report.mixed_kl, report.free_kl], strict=True):
        assert trace["y"] == pytest.approx(values, abs=1e-5)
    assert told(at) == list(report.told)
    assert len(figure(at, "timelines")["layout"]["shapes"]) == 1
    likeliest, _ = report.alternatives[3][0]
    found = put_wrong_word(load_model(models / NAME), SOURCE, REFERENCE, 4, likeliest)
    assert wrong_word_sentence(found) in written(at), "without a word the likeliest other piece is put in"
    assert all(any(character.isdigit() for character in text) for text in alternative_texts(at))


def test_by_default_the_three_rows_are_three_and_a_wrong_word_is_read_on_its_own(models: Path) -> None:
    """It used to open with Yours equal to Forced, and with a wrong word among references: "recovers at once"."""
    at = open_page("translation", **ASKED, forcing_wrong_word="chien")
    loaded = load_model(models / NAME)
    report = inspect_forcing(loaded, SOURCE, REFERENCE, chosen_steps(loaded, SOURCE, REFERENCE, "first"))
    assert 0 < sum(report.told) < len(report.told)
    assert told(at) == list(report.told)
    found = put_wrong_word(loaded, SOURCE, REFERENCE, 4, "chien")
    assert found.changed.reads[4:] == found.changed.pieces[4:], "after the word it reads its own words"
    (text,) = [text.value for text in at.text if "It writes with the word" in text.value]
    assert text.endswith(found.changed.text)
    assert REFERENCE not in text


def test_a_link_tells_some_steps_and_the_bulk_buttons_change_them(models: Path) -> None:
    at = open_page("translation", **ASKED, forcing_steps="1-2, 4")
    report = inspect_forcing(load_model(models / NAME), SOURCE, REFERENCE, "1-2, 4")
    count = len(report.told)
    assert mixed_sentence(report) in written(at)
    assert told(at) == list(report.told)
    assert any(f"Your row reads: {report.mixed.text}" in text.value for text in at.text)
    at.button(key="forcing-invert").click().run()
    assert told(at) == [not flag for flag in report.told]
    assert at.text_input(key="forcing_steps").value == f"3, 5-{count}"
    at.button(key="forcing-none").click().run()
    assert not any(told(at))
    at.slider(key=f"forcing-first-{count}").set_value(3).run()
    assert told(at) == [True] * 3 + [False] * (count - 3)
    assert at.text_input(key="forcing_steps").value == "1-3"
    at.button(key="forcing-all").click().run()
    assert all(told(at))


def test_pills_turn_single_steps(models: Path) -> None:
    at = open_page("translation", **ASKED, forcing_steps="2")
    (pills,) = [group for group in at.button_group if group.key.startswith("forcing-pills")]
    assert pills.value == [1]
    pills.set_value([1, 3]).run()
    assert at.text_input(key="forcing_steps").value == "2, 4"
    assert [position for position, flag in enumerate(told(at)) if flag] == [1, 3]


def test_the_whole_sentence_has_a_switch(models: Path) -> None:
    at = open_page("translation", **ASKED, teacher_forcing="false")
    report = inspect_forcing(load_model(models / NAME), SOURCE, REFERENCE, "none")
    assert not at.toggle(key="teacher_forcing").value
    assert at.slider(key=f"forcing-first-{len(report.told)}").value == 0
    assert not any(told(at))
    assert mixed_sentence(report) in written(at)
    at.toggle(key="teacher_forcing").set_value(True).run()
    assert sum(told(at)) == 1, "at first where the free row leaves the reference"
    at.toggle(key="teacher_forcing").set_value(False).run()
    at.button(key="forcing-all").click().run()
    assert at.toggle(key="teacher_forcing").value, "who tells a step wants teacher forcing"


def test_coins_decide_as_in_scheduled_sampling_and_their_steps_can_be_kept(models: Path) -> None:
    at = open_page("translation", **ASKED, forcing_by="coins", forcing_share="0.4", forcing_seed="3")
    loaded = load_model(models / NAME)
    steps = tossed_steps(loaded, SOURCE, REFERENCE, 0.4, 3)
    report = inspect_forcing(loaded, SOURCE, REFERENCE, steps)
    assert told(at) == list(report.told)
    outcomes = coin_outcomes(loaded, SOURCE, REFERENCE)
    assert coins_sentence(outcomes) in written(at)
    dots, _, own = figure(at, "forcing-coins")["data"]
    assert dots["y"] == pytest.approx(list(outcomes["nats_per_token"]))
    assert own["y"] == pytest.approx([report.mixed.mean_loss])
    (keep,) = [button for button in at.button if button.label == "Keep these steps"]
    keep.click().run()
    assert at.text_input(key="forcing_steps").value == steps
    assert told(at) == list(report.told)
    assert not [name for name in names(at) if "forcing-coins" in name]


def test_a_wrong_word_is_put_in_and_the_verdict_is_the_engines(models: Path) -> None:
    at = open_page("translation", **ASKED, forcing_wrong_step="3", forcing_wrong_word="chien")
    found = put_wrong_word(load_model(models / NAME), SOURCE, REFERENCE, 3, "chien")
    assert wrong_word_sentence(found) in written(at)
    assert figure(at, "wrong-word-felt")["data"][0]["y"] == pytest.approx(found.kl, abs=1e-5)
    report = inspect_forcing(load_model(models / NAME), SOURCE, REFERENCE)
    name, _ = report.alternatives[2][1]
    at.button(key=f"forcing-put-{name}").click().run()
    assert at.text_input(key="forcing_wrong_word").value == name
    assert wrong_word_sentence(put_wrong_word(load_model(models / NAME), SOURCE, REFERENCE, 3, name)) in written(at)


def test_equal_pieces_can_stand_together(models: Path) -> None:
    at = open_page("translation", **ASKED, forcing_rows="pieces", forcing_steps="none")
    assert not at.exception
    assert len(told(at)) == len(inspect_forcing(load_model(models / NAME), SOURCE, REFERENCE).told)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"forcing_steps": "some of them"}, "“all”, “none”, “first” or numbers"),
        ({"forcing_wrong_word": "\N{CJK UNIFIED IDEOGRAPH-72AC}"}, "cannot read"),
    ],
)
def test_bad_input_is_one_sentence_and_nothing_breaks(models: Path, asked: dict[str, str], words: str) -> None:
    at = open_page("translation", **(ASKED | asked))
    assert not at.exception
    assert len([sentence for sentence in sentences(at) if words in sentence]) == 1


def test_without_a_reference_the_networks_own_translation_stands_in(models: Path) -> None:
    at = open_page("translation", **(ASKED | {"text": "a small boat", "reference": " "}))
    own = inspect_translation(load_model(models / NAME), "a small boat", 5, 1.0).text
    assert [note for note in notes(at) if f"beam size 5: {own} Type yours" in note]
    assert [name for name in names(at) if "timelines" in name]


def test_bad_addresses_are_all_named_at_once(models: Path) -> None:
    bad = {
        "forcing_share": ("2", "between 0 and 1"),
        "forcing_seed": ("-1", "between 0 and"),
        "forcing_wrong_step": ("0", "between 1 and"),
        "forcing_by": ("dice", "By hand, By coins"),
    }
    at = open_page("translation", **ASKED, **{name: value for name, (value, _) in bad.items()})
    assert not at.exception
    for name, (_, allowed) in bad.items():
        assert len([sentence for sentence in sentences(at) if f"{name} = " in sentence and allowed in sentence]) == 1


def test_markup_in_the_reference_and_the_word_stays_text(models: Path) -> None:
    hostile = "<b>chien</b> **court** $x$"
    at = open_page("translation", **(ASKED | {"reference": hostile, "forcing_wrong_word": "<i>"}))
    assert not at.exception
    assert not any("<b>" in part.value or "<i>" in part.value for part in [*at.markdown, *at.caption])


def test_a_reference_in_another_language_is_said(models: Path) -> None:
    """An untrained network finds everything unlikely: the note comes with the measured number."""
    at = open_page("translation", **(ASKED | {"reference": "xyz qqq www kkk zzz jjj"}))
    loss = inspect_forcing(load_model(models / NAME), SOURCE, "xyz qqq www kkk zzz jjj").forced.mean_loss
    said = [
        note.value.replace("\\", "")
        for note in at.info
        if "does not read like a translation" in note.value.replace("\\", "")
    ]
    assert len(said) == (loss >= 4.5)
    assert all(f"{loss:.1f} nats" in sentence for sentence in said)


def test_the_receipts_reproduce_what_is_shown(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = open_page(
        "translation",
        **ASKED,
        forcing_by="coins",
        forcing_share="0.4",
        forcing_seed="3",
        forcing_wrong_step="2",
        forcing_wrong_word="chien",
    )
    for lines in receipt_lines(at):
        exec(lines, {})
    printed, loaded = capsys.readouterr().out, load_model(models / NAME)
    steps = tossed_steps(loaded, SOURCE, REFERENCE, 0.4, 3)
    assert steps in printed
    assert f"{inspect_forcing(loaded, SOURCE, REFERENCE, steps).exposure_gap}" in printed
    assert wrong_word_sentence(put_wrong_word(loaded, SOURCE, REFERENCE, 2, "chien")) in printed
