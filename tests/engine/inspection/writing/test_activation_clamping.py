"""Activation clamping: its texts, losses and verdicts, against the engine's own generation and scoring."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import torch

from engine.cells import Interventions
from engine.decoding.clamped import ClampedModel
from engine.decoding.limits import SamplingSettings
from engine.decoding.scoring import score_stream
from engine.decoding.text import start_id, write_text
from engine.errors import InputError
from engine.inspection.writing.activation_clamping import (
    STRETCHES,
    Strings,
    actions_of,
    attach,
    changed_characters,
    first_difference,
    gates_of,
    perform,
    read_units,
    standard_error,
    verdict,
)
from engine.models.folder import LoadedModel, load_model

SETTINGS = SamplingSettings(max_new_tokens=60, seed=5)
FORGETFUL = Strings(layer=1, action="hold", gate="forget_gate", position=0.0)


def test_texts_and_losses_are_those_of_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNROLLED_RUNTIME", "torch")  # as clamped cells do
    lstm, prompt = load_model("shakespeare-lstm"), "MARA:\n"
    found = perform(lstm, prompt, SETTINGS, FORGETFUL)
    clamped = dataclasses.replace(
        lstm, model=ClampedModel(lstm.model, {0: Interventions(hold_gates={"forget_gate": 0.0})})
    )
    assert found.free_text == "".join(write_text(lstm, prompt, SETTINGS))
    assert found.held_text == "".join(write_text(clamped, prompt, SETTINGS))

    def total(model: torch.nn.Module, text: str) -> float:
        ids = torch.tensor(lstm.tokenizer.encode(text))
        return score_stream(model, ids, start_id(lstm)) * len(ids)

    def written(model: torch.nn.Module, text: str) -> float:
        return (total(model, prompt + text) - total(model, prompt)) / len(text)

    assert found.free_surprise.mean() == pytest.approx(written(lstm.model, found.free_text), abs=1e-4)
    assert found.held_surprise.mean() == pytest.approx(written(lstm.model, found.held_text), abs=1e-4)
    cost = written(clamped.model, found.free_text) - written(lstm.model, found.free_text)
    assert found.change == pytest.approx(cost, abs=1e-4)
    assert len(found.free_surprise) == len(found.free_spans) == 60


@pytest.mark.parametrize(("name", "gate"), [("shakespeare-lstm", "forget_gate"), ("shakespeare-gru", "update_gate")])
def test_a_closed_gate_that_writes_gibberish_costs_as_much_as_it_looks(name: str, gate: str) -> None:
    """The default of the page. On another author's text, in stretches of 128, the same gate cost 0.10 nats."""
    settings = SamplingSettings(max_new_tokens=300, seed=1)
    found = perform(load_model(name), "ROMEO:\nWhat light is this that ", settings, Strings(gate=gate))
    assert found.change > 0.35
    assert found.change > 5 * found.error
    assert found.held_surprise.mean() > 1.6 * found.free_surprise.mean()
    assert found.verdict.startswith("A large effect")


def test_no_pull_changes_nothing(reader: LoadedModel) -> None:
    found = perform(reader, "A", SETTINGS, Strings(action="scale", units="0-11", value=1.0))
    assert found.first_difference is None
    assert found.change == pytest.approx(0, abs=1e-5)
    assert found.verdict.startswith("No effect")


def test_error_is_the_standard_error_of_the_mean_over_stretches() -> None:
    values = np.random.default_rng(3).normal(size=60)
    means = values.reshape(STRETCHES, 6).mean(axis=1)
    assert standard_error(values) == pytest.approx(means.std(ddof=1) / math.sqrt(STRETCHES))
    assert standard_error(values[:1]) == math.inf


@pytest.mark.parametrize(
    ("change", "error", "same", "beginning"),
    [
        (0.0, 0.0, True, "No effect"),
        (0.005, 0.001, False, "Another text, but not a worse network"),
        (0.05, 0.04, False, "Another text, but not a worse network"),
        (0.05, 0.01, False, "A real effect: while it is held, the network predicts the text it wrote before worse"),
        (-0.05, 0.01, False, "A real effect, for the better on this text"),
        (0.7, 0.01, False, "A large effect"),
    ],
)
def test_verdict_weighs_the_change_against_its_error(change: float, error: float, same: bool, beginning: str) -> None:
    assert verdict(change, error, (1.0, 2.0), same).startswith(beginning)


def test_verdict_sets_the_two_texts_beside_each_other_where_they_differ() -> None:
    assert "costs the network itself 2.27 nats per token, its own text 1.16" in verdict(0.5, 0.03, (1.16, 2.27), False)
    assert "although this text came out the same" in verdict(0.5, 0.03, (1.16, 1.16), True)


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
