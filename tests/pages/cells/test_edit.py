"""Edit and compare on the page: its numbers are the engine's, its buttons change the texts, bad input gets a
sentence."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import pytest

from engine.inspection.cells.state_edits import compare_averages, compare_states
from engine.inspection.stored.opening_texts import EDIT_FIRST, EDIT_SECOND, EDIT_TAIL
from engine.models.folder import load_model
from engine.plotting.cells.state_edits import MOST_LETTERS
from tests.pages import charts
from tests.pages.open import open_page, sentences, written

READERS = {"RNN": "small-rnn", "LSTM": "small-lstm", "GRU": "small-gru"}


def test_the_default_pair_is_read_by_three_networks_and_an_average(models: Path) -> None:
    at = open_page("cells", tool="edit")
    assert not at.exception
    assert sentences(at) == []
    curves = {line["name"]: line for line in charts.figure(at, "edit-curves")["data"]}
    for label, name in READERS.items():
        truth = compare_states(load_model(models / name), EDIT_FIRST + EDIT_TAIL, EDIT_SECOND + EDIT_TAIL, 0)
        assert curves[label]["customdata"] == pytest.approx(truth.distance.tolist(), abs=1e-5)
        assert f"{truth.changed} of {truth.units} units change" in written(at)
    average = compare_averages(load_model(models / "small-lstm"), EDIT_FIRST + EDIT_TAIL, EDIT_SECOND + EDIT_TAIL)
    assert curves["Average of embeddings"]["customdata"] == pytest.approx(average.distance.tolist(), abs=1e-6)
    assert average.at_end < 1e-6
    assert "made of the same letters in another order" in at.info[0].value
    assert "the same to five digits" in written(at)
    bands = [trace for trace in charts.figure(at, "edit-units")["data"] if trace["type"] == "heatmap"]
    assert len(bands) == len(READERS)
    lstm = compare_states(load_model(models / "small-lstm"), EDIT_FIRST + EDIT_TAIL, EDIT_SECOND + EDIT_TAIL, 0)
    unit = int(bands[1]["y"][0].split()[1])
    assert bands[1]["z"][0] == pytest.approx(lstm.differences[:MOST_LETTERS, unit].tolist(), abs=1e-5)

    receipt = next(code.value for code in at.code if "compare_states" in code.value)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(receipt, {})  # noqa: S102 - the page's own lines
    for name, line in zip(READERS.values(), printed.getvalue().splitlines(), strict=True):
        truth = compare_states(load_model(models / name), EDIT_FIRST + EDIT_TAIL, EDIT_SECOND + EDIT_TAIL, 0)
        assert line.startswith(
            f"{name} {truth.half_after} {truth.gone_after} {truth.changed} {truth.distance.round(4).tolist()} "
        )

    at.button(key="edit-example-2").click()
    at.run()
    assert at.text_input(key="edit_second").value == "she did not open the door"
    assert "not made of the same letters" in at.info[0].value.replace("\\", "")

    at.text_input(key="edit_to").set_value("window")
    at.selectbox(key="edit_word").set_value(4)
    at.run()
    at.button(key="edit-put").click()
    at.run()
    assert not at.exception
    assert at.text_input(key="edit_second").value == "she did open the window"

    at.text_input(key="edit_second").set_value(
        at.text_input(key="edit_first").value
    )  # last: a page that cannot draw has no more widgets
    at.run()
    assert not at.exception
    assert "Both texts are the same" in sentences(at)[0]


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"edit_first": "x" * 1200}, "at most 1,000"),
        ({"edit_layer": "7"}, "Layer must be one of 1"),
        ({"edit_part": "soul"}, "must be one of"),
    ],
)
def test_bad_input_gets_a_sentence(parameters: dict, sentence: str) -> None:
    at = open_page("cells", tool="edit", **parameters)
    assert not at.exception
    assert sentence in " ".join(sentences(at))
