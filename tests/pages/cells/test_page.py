"""The Cells page's step, gates and conveyor belt: what they show is what the engine computes; bad input gets a
sentence."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import streamlit as st

from engine.cells import CELLS
from engine.inspection.cells.flows import flows
from engine.inspection.cells.gate_saturation import find_closing_gate
from engine.inspection.cells.gate_trajectories import order_units, saturation
from engine.inspection.cells.memory_retention import follow_write, verdict
from engine.inspection.cells.parity import proof_sentence, prove
from engine.inspection.cells.steps import CellReading, read_steps
from engine.inspection.cells.unit_step import unit_step
from engine.inspection.stored.opening_texts import LIVELY_STEP
from engine.models.folder import LoadedModel, load_model
from pages.components.cells.view import DEFAULT_TEXT
from tests.pages import charts
from tests.pages.open import alternative_texts, open_page, sentences, written

TEXT = "The cat sat, purred."
LSTM = {"text": TEXT, "network": "small-lstm"}


@pytest.fixture(autouse=True)
def forget_readings() -> None:
    """Drop what was kept for all visitors: each test has its own folder of models."""
    st.cache_resource.clear()


@pytest.fixture
def lstm(models: Path) -> tuple[LoadedModel, CellReading]:
    """Return the small LSTM and what it reads."""
    loaded = load_model(models / "small-lstm")
    return loaded, read_steps(loaded, TEXT)


def test_a_step_is_shown_with_the_engines_numbers(
    lstm: tuple[LoadedModel, CellReading], capsys: pytest.CaptureFixture[str]
) -> None:
    loaded, reading = lstm
    at = open_page("cells", tool="step", position="5", unit="7", **LSTM)
    assert not at.exception
    assert sentences(at) == []
    step = unit_step(loaded, reading, 0, 4, 7)
    assert "At step 5 the network reads “c”" in written(at)
    assert f"forget gate keeps {100 * step.sums['forget_gate'].value:.0f} %" in written(at)
    assert proof_sentence(prove(loaded, TEXT), reading.strands[0]) in written(at)
    latex = "".join(block.value for block in at.get("latex"))
    assert f"{step.values['c']:.3f}" in latex
    assert f"{step.values['h']:.3f}" in latex

    drawn = charts.figure(at, "cell-diagram")
    values = flows(loaded, reading, 0, 4, 7)
    shown = [note["text"].replace("−", "-") for note in drawn["layout"]["annotations"]]
    for wire in CELLS.get("lstm").wiring.wires:
        if wire.label:
            assert f"{values[wire.name]:.2f}" in shown
    strips = {
        trace["name"]: trace["z"][0] for trace in charts.figure(at, "cell-strips")["data"] if trace["type"] == "heatmap"
    }
    assert strips["Forget gate f"] == pytest.approx(reading.strands[0].parts["forget_gate"][4].tolist(), abs=1e-6)
    assert strips["Memory c(t−1)"] == pytest.approx(reading.strands[0].parts["cell"][3].tolist(), abs=1e-6)

    capsys.readouterr()
    for words, number in (("unit_step", step.values["h"]), ("prove(", 12 * len(TEXT)), ("print(flows", values["kept"])):
        code = next(block.value for block in at.code if words in block.value)
        exec(code.replace("'small-lstm'", repr(str(loaded.info.path))), {})
        printed = [float(found) for found in re.findall(r"-?\d+\.?\d*(?:e-\d+)?", capsys.readouterr().out)]
        assert any(found == pytest.approx(number, abs=1e-6) for found in printed), words


def test_it_opens_where_much_happens_and_an_own_text_at_its_first_step(lstm: tuple[LoadedModel, CellReading]) -> None:
    at = open_page("cells", tool="step", network=LSTM["network"])
    assert at.slider(key="position").value == LIVELY_STEP
    assert f"At step {LIVELY_STEP} the network reads" in written(at)
    at.text_area(key="text").set_value(f"{DEFAULT_TEXT} So it was.").run()
    assert at.slider(key="position").value == 1
    at.slider(key="position").set_value(7).run()
    at.text_area(key="text").set_value(DEFAULT_TEXT).run()
    assert at.slider(key="position").value == 7


def test_next_previous_and_the_whole_layer(lstm: tuple[LoadedModel, CellReading]) -> None:
    at = open_page("cells", position=str(len(TEXT) - 1), **LSTM)
    assert at.button(key="step-next").proto.shortcut == "n"
    at.button(key="step-next").click()
    at.run()
    assert at.slider(key="position").value == len(TEXT)
    assert f"At step {len(TEXT)} the network reads “.”" in written(at)
    assert at.button(key="step-next").disabled
    at.button(key="step-previous").click()
    at.toggle(key="step_layer").set_value(True)
    at.run()
    assert not at.exception
    whole = flows(*lstm, 0, len(TEXT) - 2)
    shown = [note["text"] for note in charts.figure(at, "cell-diagram")["layout"]["annotations"]]
    assert f"{whole['forget_gate']:.2f}" in shown
    assert all(
        trace["line"]["dash"] == "solid"
        for trace in charts.figure(at, "cell-diagram")["data"]
        if trace["mode"] == "lines"
    )


def test_the_guide_leads_to_a_gate_that_closes_and_ticks_off(lstm: tuple[LoadedModel, CellReading]) -> None:
    truth = find_closing_gate(lstm[1])
    at = open_page("cells", **LSTM)
    assert written(at).count("radio_button_unchecked") == 3
    for done in (1, 2, 3):
        at.button(key="guide-next").click()
        at.run()
        assert not at.exception
        assert written(at).count("check_circle") == done
        assert at.number_input(key="unit").value == truth.unit
        assert at.slider(key="position").value == (truth.previous if done == 1 else truth.position) + 1
    assert f"of unit {truth.unit}" in written(at)
    assert f"from {truth.gate_before:.2f} to {truth.gate:.2f}" in written(at)
    assert "gate-map-chart" in " ".join(charts.names(at))
    at.text_area(key="text").set_value("Another text")
    at.run()
    assert written(at).count("radio_button_unchecked") == 3, "another text, another gate"


def test_gates_over_time_are_the_engines(lstm: tuple[LoadedModel, CellReading]) -> None:
    strand = lstm[1].strands[0]
    at = open_page(
        "cells", tool="gates", gates_part="output_gate", gates_order="variance", gates_all="true", unit="3", **LSTM
    )
    assert not at.exception
    values = strand.parts["output_gate"]
    drawn = np.array(charts.figure(at, "gate-map")["data"][0]["z"])
    np.testing.assert_allclose(drawn, values[:, order_units(values, "variance")].T, atol=1e-6)
    lines = {trace["name"]: trace["y"] for trace in charts.figure(at, "gate-averages")["data"]}
    assert lines["Forget gate"] == pytest.approx(strand.parts["forget_gate"].mean(axis=1).tolist(), abs=1e-6)
    assert lines["Unit 3, output gate"] == pytest.approx(values[:, 3].tolist(), abs=1e-6)
    rows = saturation(strand)
    marks = charts.figure(at, "gate-saturation")["data"]
    forget = next(trace for trace in marks if trace.get("name") == "Forget gate")
    assert forget["y"] == pytest.approx((100 * rows[rows["part"] == "forget_gate"]["shut"]).tolist())
    assert sum("all-" in name for name in charts.names(at)) == 6  # h, c, i, f, g, o


def test_the_conveyor_belt_shows_both_measures_and_their_disagreement(lstm: tuple[LoadedModel, CellReading]) -> None:
    for parameters, unit in (({}, None), ({"conveyor_single": "true", "unit": "4"}, 4)):
        at = open_page("cells", tool="memory_retention", position="3", **LSTM, **parameters)
        assert not at.exception
        found = follow_write(*lstm, 0, 2, unit)
        assert verdict(found) in written(at)
        gates, ablation = charts.figure(at, "conveyor")["data"][:2]
        assert gates["y"] == pytest.approx((100 * found.frame["by_gates"]).tolist(), abs=1e-4)
        assert ablation["y"] == pytest.approx((100 * found.frame["by_ablation"]).tolist(), abs=1e-4)
        row = found.frame.iloc[10]
        assert [metric.value for metric in at.metric] == [
            f"{100 * row[name]:.1f} %" for name in ("by_gates", "by_ablation", "mismatch")
        ]


@pytest.mark.parametrize(
    ("network", "layer"), [("small-gru", ""), ("small-rnn", ""), ("small-en-fr-dot", "Layer 1, backwards")]
)
def test_every_kind_of_network_can_be_stepped_through(network: str, layer: str) -> None:
    for tool in ("step", "memory_retention") if network == "small-gru" else ("step", "gates"):
        at = open_page("cells", tool=tool, network=network, text=TEXT, **({"layer": layer} if layer else {}))
        assert not at.exception
        assert "the same to five digits" in written(at)
        assert all(alternative_texts(at))
        assert sentences(at) == []
    if network == "small-rnn":
        at = open_page("cells", network=network, text=TEXT)
        at.button(key="guide-lstm").click()
        at.run()
        assert at.selectbox(key="network").value == "small-lstm"


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"text": "x" * 2000}, "2,000 characters; at most 1,000"),
        ({"text": ""}, "no text"),
        ({"unit": "12"}, "There is no unit 12 in layer 1; its units run from 0 to 11."),
        ({"unit": "10000"}, "unit = 10000"),
        ({"position": "inf"}, "position = inf"),
        ({"layer": "Layer 7"}, "must be one of"),
        ({"network": "../../etc"}, "must be one of"),
        ({"tool": "gates", "gates_part": "reset_gate"}, "must be one of"),
    ],
)
def test_bad_input_gets_one_sentence_and_nothing_is_lost(parameters: dict[str, str], sentence: str) -> None:
    network = "small-en-fr-dot" if "layer" in parameters else "small-lstm"
    at = open_page("cells", **({"text": TEXT, "network": network} | parameters))
    assert not at.exception
    (found,) = sentences(at)
    assert sentence in found
    assert at.text_area(key="text").value == parameters.get("text", TEXT)


def test_one_character_and_a_folder_without_its_tokeniser(models: Path) -> None:
    for tool in ("gates", "memory_retention"):
        at = open_page("cells", text="x", tool=tool)
        assert not at.exception
        assert sentences(at) == []
    assert "Nothing is read after this token" in written(at)
    (models / "small-lstm" / "tokenizer.json").unlink()
    at = open_page("cells")
    assert not at.exception
    assert any("small-lstm" in sentence and "tokenizer.json" in sentence for sentence in sentences(at))
    assert at.selectbox(key="network").value != "small-lstm"
    assert at.text_area(key="text").value == DEFAULT_TEXT
