"""Activation patching on the page: what it shows is the engine's, and bad passages are answered in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.decoding.limits import SamplingSettings
from engine.decoding.text import write_text
from engine.inspection.writing.activation_patching import donor_influence, write_after_transplant
from engine.models.folder import load_model
from tests.pages.charts import figure
from tests.pages.open import alternative_texts, open_page, sentences, written

DONOR, PASSAGE = "MARA: no!", "the ferry left at noon"
SETTINGS = SamplingSettings(max_new_tokens=20, seed=3)  # with this seed the small RNN writes on differently


def open_tool(**parameters: str) -> AppTest:
    """Return the page with the tool open on two short passages."""
    given = {"max_new_tokens": "20", "seed": "3", "model": "RNN", "transplant_position": "1"}
    given |= {"transplant_donor": DONOR, "transplant_passage": PASSAGE}
    return open_page("generation", tool="activation_patching", **(given | parameters))


def texts(at: AppTest) -> list[str]:
    """Return what was written on, untouched and transplanted."""
    return [text.value.split("▏")[1] for text in at.text if "▏" in text.value]


def test_texts_and_curves_are_the_engines(models: Path) -> None:
    at = open_tool()
    assert not at.exception
    assert not at.warning
    rnn = load_model(models / "small-rnn")
    free, moved = texts(at)
    assert free == "".join(write_text(rnn, PASSAGE[:1], SETTINGS))
    assert free != moved
    assert moved == write_after_transplant(rnn, DONOR, PASSAGE[:1], 1.0, SETTINGS)
    lines = [trace for trace in figure(at, "transplant-influence")["data"] if trace["mode"] == "lines+markers"]
    assert [line["name"] for line in lines] == ["RNN", "LSTM", "GRU"]
    frame = donor_influence(rnn, DONOR, PASSAGE, 1.0).frame
    assert lines[0]["y"] == pytest.approx(
        [max(frame["kl_nats"][position:].max(), 1e-6) for position in range(len(PASSAGE))]
    )
    assert f"{frame['kl_nats'][0]:.2g} nats there" in written(at)


def test_at_zero_both_runs_are_the_same_and_it_says_so(models: Path) -> None:
    at = open_tool(transplant_amount="0")
    free, moved = texts(at)
    assert free == moved
    assert "both runs are the same" in written(at)
    assert written(at).count("**No prediction** in B differs") == 3
    assert "the same to the last character" in written(at)


def test_how_long_predictions_differ_stands_in_words_and_in_the_alternative_text(models: Path) -> None:
    at = open_tool()
    (alt,) = [alt for alt in alternative_texts(at) if "donor" in alt]
    for name, label in (("small-rnn", "RNN"), ("small-lstm", "LSTM"), ("small-gru", "GRU")):
        lasts = donor_influence(load_model(models / name), DONOR, PASSAGE, 1.0).lasts_characters
        words = {None: "still differs", 0: "No prediction"}.get(lasts, f"comes after **{lasts} characters**")
        assert words in written(at)
        assert f"{label} is at most" in alt


def test_the_receipts_give_the_shown_numbers_again(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = open_tool()
    influence, both_texts = [
        code.value for code in at.code if "engine.inspection.writing.activation_patching" in code.value
    ]
    exec(influence, {})
    lasts = donor_influence(load_model(models / "small-rnn"), DONOR, PASSAGE, 1.0).lasts_characters
    assert f"small-rnn {lasts} " in capsys.readouterr().out
    exec(both_texts, {})
    assert capsys.readouterr().out == "".join(
        f"{amount} {text}\n" for amount, text in zip((0.0, 1.0), texts(at), strict=True)
    )


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"transplant_donor": ""}, "The donor passage is empty: type or paste some text."),
        ({"transplant_passage": ""}, "The passage is empty: type or paste some text."),
        ({"transplant_passage": "b" * 100_000}, "The passage has 100,000 characters; at most 2,000 are read."),
        ({"transplant_amount": "7"}, "How much of A's state"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_typed_is_lost(models: Path, parameters: dict, sentence: str) -> None:
    at = open_tool()
    for name, value in parameters.items():
        if name == "transplant_amount":
            at = open_tool(**parameters)
        else:
            at.text_area(key=name).set_value(value)
            at.run()
    assert not at.exception
    assert any(sentence in warning for warning in sentences(at))
    kept = {"transplant_donor": DONOR, "transplant_passage": PASSAGE} | parameters
    assert at.text_area(key="transplant_donor").value == kept["transplant_donor"]
    assert at.text_area(key="transplant_passage").value == kept["transplant_passage"]


def test_a_passage_of_one_character_or_of_emoji_is_read(models: Path) -> None:
    at = open_tool(transplant_passage="t", transplant_donor="🎭α")
    assert not at.exception
    assert len(texts(at)) == 2
    assert "has never seen: 🎭, α" in "\n".join(info.value.replace("\\", "") for info in at.info)
