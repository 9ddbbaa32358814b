"""Find a pattern on the page: the units, the matches and what they share are the engine's; bad input gets a
sentence."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import pytest

from engine.inspection.cells import range_match
from engine.inspection.cells.range_match import (
    explain_matches,
    find_matches,
    read_states,
    select_pattern,
    suggest_range,
)
from engine.models.folder import load_model
from engine.wording import percent
from pages.components.cells.view import DEFAULT_TEXT
from tests.pages import charts
from tests.pages.open import open_page, sentences, written

STORY = "The cat (a black one) sat.\nIt purred, and the dog, which ran, was happy.\n" * 40
SETTINGS = {
    "patterns_threshold": "0.05",
    "patterns_least": "0.5",
    "patterns_where": "own",
    "patterns_own": STORY,
    "network": "small-lstm",
}


def test_the_suggested_range_its_units_and_their_places_elsewhere(models: Path) -> None:
    at = open_page("cells", tool="patterns", **SETTINGS)
    assert not at.exception
    assert sentences(at) == []
    network = load_model(models / "small-lstm")
    start, stop = suggest_range(network, DEFAULT_TEXT, 0, 0.05)
    assert (at.slider(key="patterns_first").value, at.slider(key="patterns_last").value) == (start + 1, stop)
    pattern = select_pattern(network, DEFAULT_TEXT, 0, start, stop, 0.05)
    assert f"{len(pattern.units)} unit" in written(at)
    reading = read_states(network, "own", 0, text=STORY)
    matches = find_matches(reading, pattern, 0.5)
    positions = charts.figure(at, "patterns-places")["data"][0]
    assert positions["x"] == (matches.frame["start"].head(300) + 1).tolist()
    assert positions["y"] == pytest.approx(matches.frame["score"].head(300).tolist())
    first = explain_matches(reading, matches).iloc[0]
    assert (
        f"“{first['question']}” is true at {percent(first['matched'], 0)} of them and at "
        f"{percent(first['overall'], 0)} of all" in written(at)
    )
    tracks = charts.figure(at, "patterns-tracks")
    frame = tracks["layout"]["shapes"][0]
    first, last = round(frame["x0"] + 0.5), round(frame["x1"] + 0.5)
    assert "".join(tracks["data"][1]["text"][first:last]) == DEFAULT_TEXT[start:stop].replace(" ", "␣")
    assert tracks["data"][0]["z"][0][first:last] == [1.0] * (
        stop - start
    )  # every unit of the pattern is on in the range

    receipt, printed = next(code.value for code in at.code if "explain_matches" in code.value), io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(receipt, {})  # noqa: S102 - the page's own lines
    assert str(pattern.units) in printed.getvalue()
    assert matches.frame.head(20).to_string() in printed.getvalue()

    at.number_input(key="patterns_match").set_value(2)
    at.slider(key="patterns_first").set_value(5)
    at.slider(key="patterns_last").set_value(6)
    at.run()
    assert not at.exception
    moved = select_pattern(network, DEFAULT_TEXT, 0, 4, 6, 0.05)
    assert f"{len(moved.units)} unit" in written(at)

    at.slider(key="patterns_first").set_value(9)
    at.run()
    assert not at.exception
    assert "before it begins" in sentences(at)[0]


def test_the_embedded_stories_are_read_first_and_named(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(range_match, "CHUNK", 3_000)
    at = open_page("cells", tool="patterns", network="small-gru", patterns_characters="5000", patterns_threshold="0.05")
    assert not at.exception
    assert "The first 5,000 characters of the training split of Saltmarsh stories" in written(at)
    assert "shipped with this project" in written(at)


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"text": ""}, "no text"),
        ({"patterns_threshold": "5"}, "patterns_threshold = 5"),
        ({"patterns_where": "the moon", "patterns_threshold": "0.05"}, "must be one of"),
        ({"patterns_first": "0"}, "patterns_first = 0"),
        ({"text": "x" * 2_001}, "2,001 characters; at most"),
    ],
)
def test_bad_input_gets_a_sentence(parameters: dict, sentence: str) -> None:
    at = open_page("cells", tool="patterns", network="small-lstm", **parameters)
    assert not at.exception
    assert sentence in " ".join(sentences(at))


def test_of_a_text_of_ones_own_that_is_too_long_the_beginning_is_read_which_is_said() -> None:
    at = open_page("cells", tool="patterns", network="small-lstm", patterns_where="own", patterns_threshold="0.05")
    at.text_area(key="patterns_own").set_value("y" * 100_001).run()
    assert not at.exception
    assert "has 100,001 characters; the first 100,000 are read" in " ".join(sentences(at))
    assert len(at.text_area(key="patterns_own").value) == 100_001, "nothing is lost"


def test_one_character_is_a_range_of_its_own() -> None:
    at = open_page(
        "cells", tool="patterns", network="small-rnn", text="a", patterns_threshold="0.05", patterns_where="text"
    )
    assert not at.exception
    assert "on throughout “a”" in written(at)
