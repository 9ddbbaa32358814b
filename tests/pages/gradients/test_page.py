"""The Gradients page: what its tools show is what the engine says, and bad input is answered in a sentence."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from engine.cells import CELLS
from engine.experiments.gradients.clipping import clipping_sentence, run_clipping, train_twice
from engine.experiments.gradients.clipping_settings import ClippingSettings
from engine.experiments.gradients.trainability import untrained_grid
from engine.experiments.gradients.trainability_settings import TrainabilitySettings
from engine.inspection.gradients import effective_context
from engine.inspection.gradients.chain import (
    ChainSettings,
    chain_sentence,
    find_edge,
    measure_chain,
    product_sentence,
    say_power,
)
from engine.inspection.gradients.connectivity import connectivity, rank_correlation, replacements
from engine.inspection.gradients.trained_chain import trained_chain
from engine.inspection.gradients.truncation import truncation
from engine.models.folder import load_model
from engine.wording import percent
from pages.components.computing import cache
from pages.components.gradients.view import CAT, CHEF, PASSAGE
from tests.pages.charts import figure
from tests.pages.open import alternative_texts, notes, open_page, sentences, written
from tests.pages.shared_jobs import GoingOn

TEXT = "The fog sat on the boat."


def run_receipt(at: AppTest, part: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Run the receipt with `part` in it; return what it prints."""
    (code,) = {code.value for code in at.code if part in code.value}
    capsys.readouterr()
    exec(code, {})
    return capsys.readouterr().out


def test_the_chain_is_the_engines_and_its_slider_moves_it(capsys: pytest.CaptureFixture[str]) -> None:
    at = open_page("gradients", chain_length="52", chain_hidden_size="8", chain_seed="3", chain_architecture="lstm")
    assert not at.exception
    settings = ChainSettings(length=52, hidden_size=8, seed=3)
    chain = measure_chain(settings)
    assert chain_sentence(chain) in written(at)
    assert product_sentence(chain) in written(at)
    lines = [trace for trace in figure(at, "chain")["data"] if trace.get("showlegend") is not False]
    assert [line["name"] for line in lines] == [
        *(cell.title for _, cell in CELLS.items()),
        "Bound λ^distance, LSTM",
    ]
    for line, name in zip(lines, ("rnn", "lstm", "gru"), strict=False):
        rows = chain.curves[chain.curves["architecture"] == name]
        assert line["y"] == pytest.approx(rows["log10_gain"].tolist())
    assert figure(at, "chain-edge")["data"][0]["y"] == pytest.approx(
        find_edge(settings)["log10_gain"].clip(-44.85, 38.53).tolist()
    )
    assert run_receipt(at, "print(chain_sentence(found))", capsys).strip() == chain_sentence(chain)
    at.slider(key="chain_gain").set_value(3.0).run()
    assert chain_sentence(measure_chain(ChainSettings(length=52, hidden_size=8, seed=3, gain=3.0))) in written(at)
    at = open_page(
        "gradients", chain_source="text", text=TEXT, chain_gain="10", chain_activation="relu", chain_length="150"
    )
    assert chain_sentence(measure_chain(ChainSettings(gain=10, activation="relu", length=150), TEXT)) in written(at)


def test_infinity_is_drawn_as_such_and_said() -> None:
    at = open_page("gradients", chain_gain="10", chain_activation="relu", chain_length="150")
    assert "larger than any number of single precision" in "".join(info.value.replace("\\", "") for info in at.info)
    (beyond,) = [trace for trace in figure(at, "chain")["data"] if "∞" in (trace.get("text") or [])]
    assert beyond["name"] == "RNN"


def test_trained_networks_stand_beside_untrained_ones(
    models: Path, transformer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(effective_context, "passages", lambda: (PASSAGE[:120],))
    at = open_page("gradients", chain_trained="true", text=TEXT)
    assert not at.exception
    gains = trained_chain(load_model(models / "small-rnn"), TEXT)["log10_gain"]
    line = figure(at, "chain-trained")["data"][0]
    assert line["y"] == pytest.approx(gains.tolist())
    assert f"RNN {say_power(gains.iloc[-1])}" in written(at)
    assert [
        trace["name"] for trace in figure(at, "chain-trained")["data"] if "Transformer" in trace.get("name", "")
    ] == [], "it has no state"
    levels = {
        name: effective_context.memory_levels(load_model(models / f"small-{name}"))
        for name in ("rnn", "lstm", "gru", "transformer")
    }
    (table,) = [frame.value for frame in at.dataframe if "measured by" in frame.value]
    assert list(table.columns[2:]) == ["50 % left", "10 % left", "1 % left", "0.3 % left"], "narrow, none is clipped"
    for label, name in (("LSTM", "lstm"), ("Transformer", "transformer")):
        for kind, words in (("gradient", "gradient"), ("replaced", "replacing characters")):
            own = table[(table["network"] == label) & (table["measured by"] == words)]
            if len(own) or levels[name][kind].notna().any():
                assert own.iloc[0, 2:].tolist() == pytest.approx(levels[name][kind].round(1).tolist(), nan_ok=True)
    assert effective_context.agreement_sentence(pd.concat(levels.values())) in written(at)


def test_connectivity_shows_every_networks_row_and_its_check(
    models: Path, transformer: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = open_page("gradients", tool="connectivity", text=TEXT, connectivity_position="12")
    assert not at.exception
    for name, label in (
        ("small-rnn", "RNN"),
        ("small-lstm", "LSTM"),
        ("small-gru", "GRU"),
        (transformer.name, "Transformer"),
    ):
        loaded = load_model(models / name)
        found = connectivity(loaded, TEXT, 12)
        heat = figure(at, f"connectivity-{name}")["data"][0]["z"][0]
        assert heat[:11] == pytest.approx(np.log10(found.shares[:11]).clip(-3).tolist())
        checked = replacements(loaded, TEXT, 12)
        correlation = rank_correlation(found.strengths, checked["moved"].to_numpy())
        assert f"11 characters: rank correlation {correlation:.2f}" in written(at)
        assert f"{label}, expecting a space: half of all strength lies in the last {found.half_reach} of 11" in written(
            at
        )
    printed = run_receipt(at, "rank_correlation(connectivity", capsys)
    rnn = load_model(models / "small-rnn")
    assert float(printed) == pytest.approx(
        rank_correlation(connectivity(rnn, TEXT, 12).strengths, replacements(rnn, TEXT, 12)["moved"].to_numpy())
    )
    at.button(key="connectivity-The chef").click().run()
    assert at.text_area(key="text").value.startswith("The chef, who trained in Paris")
    assert not at.exception


def test_clipping_trains_both_runs_and_says_how_they_went(capsys: pytest.CaptureFixture[str]) -> None:
    given = {
        "clipping_updates": "20",
        "clipping_length": "5",
        "clipping_learning_rate": "1.5",
        "clipping_hidden_size": "8",
    }
    at = open_page("gradients", tool="clipping", **given)
    assert not at.exception
    settings = ClippingSettings(updates=20, length=5, learning_rate=1.5, hidden_size=8)
    frame = run_clipping(settings)
    assert clipping_sentence(frame, settings) in written(at)
    assert run_receipt(at, "run_clipping", capsys).strip() == clipping_sentence(frame, settings)
    assert len(alternative_texts(at)) == 2


def test_clipping_that_is_stopped_keeps_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = list(train_twice(ClippingSettings(updates=10)))[:6]
    at_once, events = cache.shared_jobs(), [{"rows": rows[:2]}, {"rows": rows[2:]}]
    monkeypatch.setattr(cache, "shared_jobs", lambda: GoingOn(events))
    at = open_page("gradients", tool="clipping", clipping_updates="10")
    assert not at.exception
    assert "clipping-again" not in {button.key for button in at.button}
    at.button(key="clipping-stop").click().run()
    assert "Stopped after 3 updates; what was measured until then stays." in notes(at)
    monkeypatch.setattr(cache, "shared_jobs", lambda: at_once)
    at.button(key="clipping-again").click().run()
    assert not at.exception
    assert notes(at) == []
    assert len(alternative_texts(at)) == 2


def test_truncation_and_the_untrained_grid(models: Path) -> None:
    at = open_page("gradients", tool="truncation", truncation_text=TEXT, truncation_network="GRU")
    assert not at.exception
    found = truncation(load_model(models / "small-gru"), TEXT).frame
    alt = next(alt for alt in alternative_texts(at) if "cut off by chunks" in alt)
    for row in found.itertuples():
        assert f"chunks of {row.length} reach {row.reach} steps back, hold {percent(row.kept, 0)}" in alt
    at = open_page("gradients", tool="trainability", trainability_hidden_size="8", foretold="never-heard-of-it")
    assert not at.exception
    assert any("job" in sentence for sentence in sentences(at))
    marks = [x for trace in figure(at, "foretold")["data"] for x in trace["x"]]
    assert sorted(marks) == pytest.approx(sorted(untrained_grid(TrainabilitySettings(hidden_size=8))["log10_gain"]))


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"chain_hidden_size": "0"}, "Hidden units must lie between 1 and 64, not 0"),
        ({"chain_hidden_size": "10000"}, "Hidden units must lie between 1 and 64, not 10000"),
        ({"chain_gain": "inf"}, "Recurrent gain must be a finite number"),
        (
            {"tool": "clipping", "clipping_updates": "10", "clipping_hidden_size": "0"},
            "Hidden units must lie between 1 and 64",
        ),
        ({"tool": "connectivity", "text": "a"}, "The text is too short"),
        ({"tool": "connectivity", "text": "a" * 2001}, "The text has 2,001 characters; at most 2,000 are read."),
        ({"tool": "truncation", "truncation_text": "ab"}, "The text has 2 characters; to cut it into chunks"),
        ({"chain_source": "text", "text": " "}, "There is no text to read"),
    ],
)
def test_bad_input_is_answered_in_a_sentence_and_text_is_kept(parameters: dict[str, str], sentence: str) -> None:
    at = open_page("gradients", **parameters)
    assert not at.exception
    assert any(sentence in found for found in sentences(at)), sentences(at)
    for name in ("text", "truncation_text"):
        if name in parameters:
            assert at.text_area(key=name).value == parameters[name]


def test_it_opens_where_the_verb_begins_and_an_own_text_at_its_end(models: Path) -> None:
    at = open_page("gradients", tool="connectivity")
    assert [at.slider(key="connectivity_position").value, CAT.index("was happy") + 1] == [43, 43]
    assert "of 42 characters" in written(at)
    at.button(key="connectivity-The chef").click().run()
    assert at.slider(key="connectivity_position").value == CHEF.index("makes") + 1
    at.text_area(key="text").set_value(TEXT).run()
    assert at.slider(key="connectivity_position").value == len(TEXT)


def test_two_thousand_characters_are_read(models: Path) -> None:
    at = open_page("gradients", tool="connectivity", text="ab " * 666 + "ab", connectivity_check="false")
    assert not at.exception
    assert not at.warning
    assert re.search(r"of 1,?999 characters", written(at))


def test_a_model_folder_without_a_tokenizer_is_named_and_the_others_are_shown(models: Path) -> None:
    (models / "small-rnn" / "tokenizer.json").unlink()
    at = open_page("gradients", tool="connectivity", text=TEXT)
    assert not at.exception
    assert any("'small-rnn' is incomplete: tokenizer.json missing" in sentence for sentence in sentences(at))
    assert "LSTM, expecting" in written(at)
