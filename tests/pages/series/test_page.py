"""The Forecasting page: what it draws are the engine's numbers, its address is its state, bad input a sentence."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from engine.inspection.series.forecasts import NETWORK, forecast_test
from engine.inspection.series.recursion import say_recursion, step_errors
from engine.models import folder
from engine.models.folder import load_model
from tests.pages.charts import figure
from tests.pages.open import alternative_texts, notes, open_page, sentences, written

SHIPPED = folder.PRETRAINED


@pytest.fixture(autouse=True)
def built_in_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let the built-in series be the only one here, with its networks and that for any hourly series."""
    monkeypatch.setenv("UNROLLED_DATA", str(tmp_path / "nowhere"))
    for name in ("ferry-gru", "ferry-recursive", "m4-hourly-lstm"):
        shutil.copytree(SHIPPED / name, tmp_path / "pretrained" / name)
    monkeypatch.setattr(folder, "PRETRAINED", tmp_path / "pretrained")


def test_opens_with_the_network_and_every_baseline_on_the_built_in_series():
    at = open_page("series")
    assert (sentences(at), list(at.exception)) == ([], [])
    assert at.selectbox(key="series").value.startswith("ferry")
    found = forecast_test(load_model("ferry-gru"), "ferry", 1, 48)
    drawn = {line["name"]: line["y"] for line in figure(at, "series-forecast")["data"] if "name" in line}
    assert list(drawn) == ["Past", "True", "Last value", "Seasonal naive", "Drift", "Theta", "ETS", "SARIMA", "GRU"]
    assert drawn["GRU"] == pytest.approx(found.bands[NETWORK].value.tolist())
    assert drawn["ETS"] == pytest.approx(found.bands["ets"].value.tolist())
    assert drawn["True"] == pytest.approx(found.true.tolist())
    assert "GRU is" in alternative_texts(at)[0]


def test_free_running_is_set_against_teacher_forcing():
    at = open_page("series", tool="recursion")
    assert (sentences(at), list(at.exception)) == ([], [])
    loaded = load_model("ferry-recursive")
    own, forced = (step_errors(loaded, "ferry", 1, 48, is_forced) for is_forced in (False, True))
    assert say_recursion(own, forced) in written(at)
    drawn = {line["name"]: line["y"] for line in figure(at, "series-step-errors")["data"]}
    assert drawn["GRU, recursive, free running"] == pytest.approx(own.errors.tolist())
    assert own.errors[0] == pytest.approx(forced.errors[0])


@pytest.mark.parametrize("tool", ["lookback", "breaking", "own"])
def test_each_tool_says_what_it_found(tool):
    at = open_page("series", tool=tool, place="30")
    assert (sentences(at), list(at.exception)) == ([], [])
    wanted = {
        "lookback": "Nine tenths of all that replacing changes",
        "breaking": "off in place of",
        "own": "Read: 1 series of 504 values; dates from “hour”. A season of 24 steps".partition(" A ")[0],
    }
    assert wanted[tool] in written(at)


def test_what_cannot_be_forecast_is_a_sentence_and_stays_in_the_box():
    at = open_page("series", tool="own")
    at.text_area(key="own-series-text").set_value("1\n2\n3").run()
    assert sentences(at) == ["The series has 3 values; at least 8 are needed. What is in the box is still there."]
    assert at.text_area(key="own-series-text").value == "1\n2\n3"
    at.text_area(key="own-series-text").set_value("\n".join(str(i % 7 + i % 3) for i in range(40))).run()
    assert not at.exception
    assert any("reads 168 values before it says the next; there are 40" in note for note in notes(at))


def test_a_place_beyond_the_series_is_refused():
    at = open_page("series", place="-4")
    assert any("place" in sentence.lower() or "Forecast from" in sentence for sentence in sentences(at))
