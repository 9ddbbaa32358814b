"""The puppeteer's texts, bits and verdicts, against the engine's own generation and scoring."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import torch

from engine.cells import Interventions
from engine.decoding.clamped import ClampedModel
from engine.decoding.limits import SamplingSettings
from engine.decoding.scoring import score_windows
from engine.decoding.text import start_id, write_text
from engine.errors import InputError
from engine.inspection.writing import activation_clamping
from engine.inspection.writing.activation_clamping import (
    WINDOW,
    Strings,
    actions_of,
    attach,
    changed_characters,
    first_difference,
    gates_of,
    perform,
    read_units,
    verdict,
    window_bits,
)
from engine.inspection.writing.unseen import unseen_play
from engine.models.folder import LoadedModel, load_model

SETTINGS = SamplingSettings(max_new_tokens=60, seed=5)
FORGETFUL = Strings(layer=1, action="hold", gate="forget_gate", position=0.0)


def test_texts_and_bits_are_those_of_the_engine(corpus_cache: None) -> None:
    lstm = load_model("shakespeare-lstm")
    found = perform(lstm, "MARA:\n", SETTINGS, FORGETFUL)
    puppet = dataclasses.replace(
        lstm, model=ClampedModel(lstm.model, {0: Interventions(hold_gates={"forget_gate": 0.0})})
    )
    assert found.free_text == "".join(write_text(lstm, "MARA:\n", SETTINGS))
    assert found.held_text == "".join(write_text(puppet, "MARA:\n", SETTINGS))
    ids = torch.tensor(lstm.tokenizer.encode(unseen_play(lstm, 4096).text))
    for model, bits in ((lstm.model, found.free_bits), (puppet.model, found.held_bits)):
        assert bits == pytest.approx(score_windows(model, ids, WINDOW, start_id(lstm)) / math.log(2), abs=1e-4)
    assert found.change > 0.05
    assert "real effect" in found.verdict or "large effect" in found.verdict
    assert len(found.free_surprise) == len(found.free_spans) == 60


def test_no_pull_changes_nothing(reader: LoadedModel, corpus_cache: None) -> None:
    found = perform(reader, "A", SETTINGS, Strings(action="scale", units="0-11", value=1.0))
    assert found.first_difference is None
    assert found.change == pytest.approx(0, abs=1e-5)
    assert found.verdict.startswith("No effect")


def test_bits_of_windows_add_up_with_a_window_that_is_cut_short(reader: LoadedModel) -> None:
    text = "The ferry left at noon. " * 20
    text = text[: 2 * WINDOW + 37]
    bits = window_bits(reader, text)
    assert len(bits) == 3
    ids = torch.tensor(reader.tokenizer.encode(text))
    whole = score_windows(reader.model, ids, WINDOW, start_id(reader))
    assert bits.sum() / len(ids) == pytest.approx(whole / math.log(2), rel=1e-5)


def test_error_is_the_standard_error_of_the_mean_over_windows(reader: LoadedModel, corpus_cache: None) -> None:
    strings = Strings(action="clamp", units="3", value=1.0)
    found = perform(reader, "A", SETTINGS, strings)
    text = unseen_play(reader, 4096).text
    puppet = dataclasses.replace(reader, model=ClampedModel(reader.model, {0: attach(reader, strings)}))
    per_character = (window_bits(puppet, text) - window_bits(reader, text)) / WINDOW
    assert len(text) == 32 * WINDOW
    assert found.change == pytest.approx(per_character.mean(), abs=1e-6)
    assert found.error == pytest.approx(per_character.std(ddof=1) / math.sqrt(32), rel=1e-6)


@pytest.mark.parametrize(
    ("change", "error", "same", "beginning"),
    [
        (0.0, 0.0, True, "No effect"),
        (0.005, 0.001, False, "A pretty effect without a real one"),
        (0.05, 0.04, False, "A pretty effect without a real one"),
        (0.05, 0.01, False, "A real effect: the network needs 0.050"),
        (-0.05, 0.01, False, "A real effect, for the better on this passage: 0.050"),
        (0.7, 0.01, False, "A large effect"),
        (
            0.05,
            0.01,
            True,
            "A real effect: the network needs 0.050 bits per character more for unseen text although this text",
        ),
    ],
)
def test_verdict_weighs_the_change_against_its_error(change: float, error: float, same: bool, beginning: str) -> None:
    assert verdict(change, error, same).startswith(beginning)


def test_first_difference() -> None:
    assert first_difference("abcd", "abcd") is None
    assert first_difference("abcd", "abxd") == 2
    assert first_difference("ab", "abc") == 2
    assert first_difference("", "a") == 0


def test_changed_characters_are_what_the_other_text_lacks() -> None:
    free, held = changed_characters("the cat sat on the mat", "the dog sat on the mat")
    assert "".join(np.array(list("the cat sat on the mat"))[free]) == "cat"
    assert "".join(np.array(list("the dog sat on the mat"))[held]) == "dog"
    free, held = changed_characters("ab", "ax")
    assert free.tolist() == held.tolist() == [False, True], "the beginning is shared, however short"
    free, _ = changed_characters("xxabyy", "zabz")
    assert free.all(), "two letters in a row are shared by chance"


@pytest.mark.parametrize(
    ("text", "units"), [("7", [7]), (" 3, 10-12 ,3", [3, 10, 11, 12]), ("0-0", [0]), ("1,,2,", [1, 2])]
)
def test_lists_of_units_are_read(text: str, units: list[int]) -> None:
    assert read_units(text) == units


@pytest.mark.parametrize("text", ["", " , ", "-1", "x", "3-", "5-2", "1e3", "٣", "²", "1-9999999", "9" * 500, "1.5"])
def test_lists_of_units_that_cannot_be_read_get_a_sentence(text: str) -> None:
    with pytest.raises(InputError, match=r"unit"):
        read_units(text)


@pytest.mark.parametrize(
    ("strings", "sentence"),
    [
        (Strings(action="silence", units="12"), "no unit 12 in layer 1 of the LSTM; its units run from 0 to 11"),
        (Strings(layer=3, action="silence"), "no layer 3 in the LSTM"),
        (Strings(gate="reset_gate"), "has no reset gate; its gates are: input gate, forget gate, output gate"),
        (Strings(gate="cell_candidate"), "has no cell candidate"),
        (Strings(position=2.0), "between 0 .shut. and 1 .open., not at 2"),
        (Strings(action="clamp", value=1.5), "clamped between -1 and 1, not 1.5"),
        (Strings(action="scale", value=math.nan), "scaled by a factor between -10 and 10, not nan"),
        (Strings(action="dance"), "no action 'dance'; choose one of: hold, silence, scale, clamp"),
    ],
)
def test_strings_that_cannot_be_attached_get_a_sentence(reader: LoadedModel, strings: Strings, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        attach(reader, strings)


def test_an_rnn_has_no_gates_to_hold() -> None:
    assert gates_of("rnn") == []
    assert "hold" not in actions_of("rnn")
    assert gates_of("lstm") == ["input_gate", "forget_gate", "output_gate"]
    with pytest.raises(InputError, match="RNN has no gates to hold"):
        attach(load_model("shakespeare-rnn"), Strings())


def test_passage_is_said_to_be_unseen_and_is(corpus_cache: None) -> None:
    passage = unseen_play(load_model("shakespeare-lstm"), activation_clamping.PASSAGE_CHARACTERS)
    assert len(passage.text) == 4096
    assert "a play of the embedded sample Saltmarsh (the model was trained on something else)" in passage.sentence
