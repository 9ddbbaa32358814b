"""Neurons, the cell detective and activation clamping on the page: their numbers are the engine's, bad input gets a
sentence."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.decoding.limits import SamplingSettings
from engine.inspection.cells.units import unit_course
from engine.inspection.stored import clear_units
from engine.inspection.stored.model_files import weights_in
from engine.inspection.writing import unseen
from engine.inspection.writing.activation_clamping import Strings, perform
from engine.inspection.writing.probing import investigate
from engine.models.folder import load_model
from pages.components.generation.view import DEFAULT_PROMPT
from tests.pages import charts
from tests.pages.open import alternative_texts, open_page, sentences, written

SHORT = {"max_new_tokens": "30", "model": "small-lstm"}
SETTINGS = SamplingSettings(max_new_tokens=30)
STORY = "MARA:\nDid you (or the old dog) see the fog?\n\nTOM:\nI saw it, all of it, and it saw me!\n\n" * 20


@pytest.fixture(autouse=True)
def short_stories(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the unseen text be a short one, and nothing else be there."""
    monkeypatch.delenv("UNROLLED_DATA", raising=False)
    monkeypatch.setattr(unseen, "_stories", lambda: STORY)


def text_of(at) -> str:
    """Return the prompt and what the LSTM wrote."""
    return [text.value for text in at.text if text.value.startswith(DEFAULT_PROMPT)][1]


def colours(at, name: str) -> list[float]:
    """Return the values a grid of text is coloured by, in reading order."""
    heat = charts.figure(at, name)["data"][0]
    cells = np.array(heat["z"], dtype=float).ravel()
    return cells[np.isfinite(cells)].tolist()


def test_neurons_colours_what_the_network_wrote(models: Path) -> None:
    at = open_page("generation", tool="neurons", neurons_layer="1", neurons_part="cell", neurons_unit="5", **SHORT)
    assert not at.exception
    truth = unit_course(load_model(models / "small-lstm"), text_of(at), 0, 5, "cell")
    assert colours(at, "neurons-text") == pytest.approx(truth.values.tolist(), abs=1e-5)
    assert truth.summary() in written(at)
    assert sentences(at) == []


def test_neurons_colours_a_text_of_ones_own(models: Path) -> None:
    at = open_page("generation", tool="neurons", neurons_text="Oh 😀 no", neurons_part="forget_gate", **SHORT)
    truth = unit_course(load_model(models / "small-lstm"), "Oh 😀 no", 0, 0, "forget_gate")
    assert colours(at, "neurons-text") == pytest.approx(truth.values.tolist(), abs=1e-5)


def test_neurons_opens_with_the_unit_that_was_searched_for(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = pd.DataFrame(dict.fromkeys(clear_units.COLUMNS, "") | {"model": ["small-lstm"], "title": "Stories"})
    best = {"weights": weights_in(models / "small-lstm"), "question": "Late in the line", "needs": "memory"}
    numbers = {"layer": 0, "part": "cell", "unit": 3, "auc": 0.95, "units": 32, "characters": 4000}
    table = tmp_path / "clear_units.parquet"
    found.assign(**best, **numbers).to_parquet(table)
    monkeypatch.setattr(clear_units, "TABLE", table)
    at = open_page("generation", tool="neurons", **SHORT)
    assert not at.exception
    truth = unit_course(load_model(models / "small-lstm"), text_of(at), 0, 3, "cell")
    assert colours(at, "neurons-text") == pytest.approx(truth.values.tolist(), abs=1e-5)
    assert "it tells “late in the line” best" in written(at)
    at.number_input(key="neurons_unit").set_value(4.0).run()
    assert "late in the line" not in written(at), "it is said of the unit that was found alone"


def test_a_busy_unit_is_one_click_away(models: Path) -> None:
    at = open_page("generation", tool="neurons", **SHORT)
    busiest = unit_course(load_model(models / "small-lstm"), text_of(at), 0, 0).busiest[0]
    at.button(key=f"neurons-unit-{busiest}").click()
    at.run()
    assert at.number_input(key="neurons_unit").value == busiest
    assert f"Hidden state of unit {busiest} in layer 1" in written(at)


@pytest.mark.parametrize(
    ("tool", "parameters", "sentence"),
    [
        ("neurons", {"neurons_unit": "12"}, "There is no unit 12 in layer 1 of the LSTM; its units run from 0 to 11."),
        ("neurons", {"neurons_unit": "-1"}, "neurons_unit = -1"),
        ("neurons", {"neurons_unit": "1e400"}, "a whole number"),
        ("neurons", {"neurons_layer": "9"}, "Layer must be one of 1"),
        ("neurons", {"neurons_part": "reset_gate"}, "must be one of Hidden state, Memory cell, Input gate"),
        ("neurons", {"neurons_text": "x" * 5001}, "5,001 characters; at most 5,000"),
        ("probing", {"probing_text": "too short"}, "probing needs 1,000 to 50,000"),
        ("probing", {"probing_question": "rhymes"}, "must be one of"),
        (
            "activation_clamping",
            {"clamping_action": "silence", "clamping_units": "3, 12"},
            "no unit 12 in layer 1 of the LSTM",
        ),
        ("activation_clamping", {"clamping_action": "silence", "clamping_units": "all"}, "'all' names no unit"),
        (
            "activation_clamping",
            {"clamping_action": "clamp", "clamping_value": "5", "clamping_units": "1"},
            "between -1 and 1, not 5",
        ),
        (
            "activation_clamping",
            {"clamping_gate": "update_gate"},
            "must be one of Input gate, Forget gate, Output gate",
        ),
        ("activation_clamping", {"clamping_value": "nan"}, "finite"),
    ],
)
def test_bad_input_gets_one_sentence_and_the_rest_of_the_page_stays(tool: str, parameters: dict, sentence: str) -> None:
    at = open_page("generation", tool=tool, **SHORT, **parameters)
    assert not at.exception
    (found,) = sentences(at)
    assert sentence in found
    assert text_of(at)


def test_changing_to_a_network_without_the_part_falls_back_silently() -> None:
    at = open_page("generation", tool="neurons", neurons_part="cell", **SHORT)
    at.button_group(key="model").set_value("small-rnn")
    at.run()
    assert not at.exception
    assert sentences(at) == []
    assert at.selectbox(key="neurons_part").value == "hidden"


def test_detective_shows_the_engines_winners_and_opens_them_in_neurons(models: Path) -> None:
    at = open_page("generation", tool="probing", **SHORT)
    assert not at.exception
    truth = investigate(load_model(models / "small-lstm")).winners
    bars, marks = charts.figure(at, "detective-winners")["data"][:2]
    assert [0.5 + x for x in bars["x"]] == pytest.approx(truth["auc"].tolist()[::-1], abs=1e-6)
    assert marks["x"] == pytest.approx(truth["control"].tolist()[::-1], abs=1e-6)
    assert f"24 units (hidden states and memory cells) read {len(STORY):,} characters" in written(at)
    second = truth.iloc[1]
    at.selectbox(key="probing_question").set_value(second["predicate"])
    at.run()
    course = unit_course(
        load_model(models / "small-lstm"), text_of(at), second["layer"], second["unit"], second["part"]
    )
    assert colours(at, "detective-text") == pytest.approx(course.values.tolist(), abs=1e-5)
    at.button(key="detective-open").click()
    at.run()
    assert not at.exception
    assert at.number_input(key="neurons_unit").value == second["unit"]
    assert at.selectbox(key="neurons_part").value == second["part"]
    assert colours(at, "neurons-text") == pytest.approx(course.values.tolist(), abs=1e-5)


def test_detective_reads_a_text_of_ones_own(models: Path) -> None:
    text = ("The dog, the old dog, said (no) and sat.\n" * 40)[:1500]
    at = open_page("generation", tool="probing", probing_text=text, **SHORT)
    truth = investigate(load_model(models / "small-lstm"), text=text)
    assert "read 1,500 characters of your own text" in written(at)
    assert f"{truth.winners.iloc[0]['auc']:.3f}" in written(at)
    assert "Not tested" in written(at)


def test_activation_clamping_shows_the_engines_texts_losses_and_verdict(models: Path) -> None:
    at = open_page(
        "generation",
        tool="activation_clamping",
        clamping_action="clamp",
        clamping_units="2, 4",
        clamping_value="-1",
        **SHORT,
    )
    assert not at.exception
    truth = perform(
        load_model(models / "small-lstm"), DEFAULT_PROMPT, SETTINGS, Strings(action="clamp", units="2, 4", value=-1.0)
    )
    metrics = {metric.label: metric.value for metric in at.metric}
    assert metrics["Surprise of its own text"] == f"{truth.free_surprise.mean():.2f} nats per token"
    assert metrics["Surprise of the text with it held"] == f"{truth.held_surprise.mean():.2f} nats per token"
    assert metrics["Loss on its own text while held"] == f"{truth.change:+.3f} ± {truth.error:.3f} nats"
    assert truth.verdict in written(at)
    assert f"first differ at character {truth.first_difference + 1}." in written(at)
    assert colours(at, "puppeteer-held") == pytest.approx(truth.held_surprise.tolist(), abs=1e-5)


def test_activation_clamping_opens_with_a_gate_held_and_an_rnn_with_a_unit_silenced(models: Path) -> None:
    at = open_page("generation", tool="activation_clamping", **SHORT)
    truth = perform(load_model(models / "small-lstm"), DEFAULT_PROMPT, SETTINGS, Strings())
    assert truth.verdict in written(at)
    at = open_page("generation", tool="activation_clamping", clamping_units="3", **(SHORT | {"model": "small-rnn"}))
    truth = perform(load_model(models / "small-rnn"), DEFAULT_PROMPT, SETTINGS, Strings(action="silence", units="3"))
    assert truth.verdict in written(at)
    assert len(alternative_texts(at)) == 2


@pytest.mark.parametrize("tool", ["neurons", "probing", "activation_clamping"])
def test_receipts_give_the_shown_numbers_again(models: Path, tool: str, capsys: pytest.CaptureFixture[str]) -> None:
    own = {"probing_text": STORY[:1200]} if tool == "probing" else {}
    at = open_page("generation", tool=tool, **SHORT, **own)
    words = {"neurons": "unit_course", "probing": "investigate", "activation_clamping": "perform"}[tool]
    code = next(block.value for block in at.code if words in block.value)
    capsys.readouterr()
    exec(code.replace("'small-lstm'", repr(str(models / "small-lstm"))), {})
    printed = [float(number) for number in re.findall(r"-?\d+\.\d+", capsys.readouterr().out)]
    shown = {
        "neurons": lambda: charts.figure(at, "neurons-text")["data"][0]["z"][0][0],
        "probing": lambda: 0.5 + charts.figure(at, "detective-winners")["data"][0]["x"][-1],
        "activation_clamping": lambda: float(at.metric[2].value.split()[0]),
    }[tool]()
    assert any(number == pytest.approx(shown, abs=6e-4) for number in printed)
