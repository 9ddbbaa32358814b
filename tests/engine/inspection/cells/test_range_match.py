"""Range match against plain loops over the model's own steps, and tracks against sentences read by a person."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from engine.decoding.text import start_id
from engine.errors import InputError
from engine.inspection.cells import range_match
from engine.inspection.cells.annotations import text_tracks
from engine.inspection.cells.range_match import (
    MAX_CHARACTERS,
    STEPS,
    Pattern,
    TextReading,
    explain_matches,
    find_matches,
    in_steps,
    read_states,
    select_pattern,
    sources_of,
    states_over,
    suggest_range,
    text_around,
)
from engine.models.folder import LoadedModel, ModelInfo
from engine.models.language_model import LanguageModel

TEXT = "The ferry left at noon.\nTOM: A dog, a log!\nThe fog sat on the boat.\n"
THRESHOLD = 0.2


@pytest.fixture
def network(reader: LoadedModel, build_language_model: Callable[..., LanguageModel]) -> LoadedModel:
    """Return a small LSTM that reads the tests' characters."""
    model = build_language_model(reader.tokenizer.vocab_size, seed=5, cell="lstm", forget_bias=-1.0)
    for weight in model.parameters():
        weight.data *= 3  # untrained units hardly move; these do
    info = ModelInfo("tiny-lstm", reader.info.path, architecture="lstm", config=model.config)
    return LoadedModel(info, model, reader.tokenizer)


def values_by_steps(network: LoadedModel, text: str, layer: int) -> list[list[float]]:
    """Return the hidden values (T, H) of a layer from the model's own steps."""
    state, after = network.model.start(1), []
    with torch.no_grad():
        for token_id in [start_id(network), *network.tokenizer.encode(text)]:
            _, state = network.model.step(torch.tensor([token_id]), state)
            after.append(state[layer][0][0].tolist())
    return after[1:]


@pytest.mark.parametrize("off_outside", [True, False])
@pytest.mark.parametrize(("start", "stop"), [(0, 2), (4, 6), (len(TEXT) - 2, len(TEXT)), (10, 11)])
def test_pattern_is_what_plain_loops_find(network: LoadedModel, start: int, stop: int, off_outside: bool) -> None:
    values, wanted = values_by_steps(network, TEXT, 1), set()
    for unit in range(len(values[0])):
        for sign in (1, -1):
            on = [round(sign * step[unit] * STEPS) >= THRESHOLD * STEPS for step in values]
            beside = (start > 0 and on[start - 1]) or (stop < len(on) and on[stop])
            if all(on[start:stop]) and not (off_outside and beside):
                wanted.add((unit, sign))
    found = select_pattern(network, TEXT, 1, start, stop, THRESHOLD, off_outside)
    assert set(zip(found.units, found.signs, strict=True)) == wanted
    assert found.length == stop - start
    assert wanted or off_outside  # the test looks at something


@given(
    arrays.arrays(
        np.int8, st.tuples(st.integers(1, 4), st.integers(1, 30)), elements=st.sampled_from([-127, -40, 0, 25, 26, 90])
    ),
    st.sampled_from([0.25, 0.5, 0.7, 1.0]),
    st.data(),
)
def test_matches_are_what_plain_loops_find(values: np.ndarray, least: float, data: st.DataObject) -> None:
    units, size = values.shape
    signs = data.draw(st.lists(st.sampled_from([1, -1]), min_size=units, max_size=units))
    text = "".join(chr(97 + position % 26) for position in range(size))
    reading = TextReading(text, values, np.arange(size), np.arange(1, size + 1), "", 0.0)
    found = find_matches(reading, Pattern(tuple(range(units)), tuple(signs), 0.2, 2, units), least)

    share = [sum(signs[unit] * int(values[unit, t]) / 127 >= 0.2 for unit in range(units)) / units for t in range(size)]
    np.testing.assert_allclose(found.on, share, atol=1e-6)
    wanted, t = [], 0
    while t < size:
        stop = t
        while stop < size and share[stop] >= least - 1e-9:
            stop += 1
        if stop > t:
            beside = share[t - 1 : t] + share[stop : stop + 1]
            outside = sum(beside) / len(beside) if beside else 0.0
            wanted.append((sum(share[t:stop]) / (stop - t) - outside, abs(stop - t - 2), t, stop))
        t = stop + 1
    wanted.sort(key=lambda row: (-round(row[0], 9), row[1], row[2]))
    assert list(zip(found.frame["start"], found.frame["stop"], strict=True)) == [row[2:] for row in wanted]
    np.testing.assert_allclose(found.frame["score"], [row[0] for row in wanted], atol=1e-9)
    assert found.frame["text"].tolist() == [text[start:stop] for *_, start, stop in wanted]


def test_range_finds_itself_with_full_score_and_the_suggestion_has_most_units(network: LoadedModel) -> None:
    start, stop = suggest_range(network, TEXT, 1, THRESHOLD)
    counts = {
        (a, b): len(select_pattern(network, TEXT, 1, a, b, THRESHOLD).units)
        for a in range(1, len(TEXT) - 3)
        for b in range(a + 3, min(a + 13, len(TEXT)))
    }
    assert counts[start, stop] == max(counts.values()) > 0
    best = find_matches(
        read_states(network, "text", 1, text=TEXT), select_pattern(network, TEXT, 1, start, stop, THRESHOLD), 1.0
    ).frame
    assert best[(best["start"] == start) & (best["stop"] == stop)]["score"].tolist() == [1.0]


def test_long_texts_are_read_in_streams_as_in_one_pass(network: LoadedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    text, told = (TEXT * 12)[:700], []
    whole = states_over(network, text, 1, "")
    np.testing.assert_array_equal(whole.values, in_steps(np.array(values_by_steps(network, text, 1))).T)
    monkeypatch.setattr(range_match, "IN_ONE_PASS", 100)
    monkeypatch.setattr(range_match, "CHUNK", 300)
    streamed = states_over(network, text, 1, "", told.append)
    assert np.abs(streamed.values.astype(int) - whole.values).max() <= 1  # float16 in between
    assert told == [pytest.approx(3 / 7), pytest.approx(6 / 7), 1.0]
    assert text_around(whole, 4, 9, reach=3) == (text[1:4], "ferry", text[9:12])


def test_explanation_counts_where_predicates_hold(network: LoadedModel) -> None:
    reading = TextReading(
        "ab(cd)ef", np.array([[0, 0, 127, 127, 127, 0, 0, 0]], np.int8), np.arange(8), np.arange(1, 9), "", 0.0
    )
    found = explain_matches(reading, find_matches(reading, Pattern((0,), (1,), 0.5, 3, 1), 1.0))
    first = found.iloc[0]
    assert (first["predicate"], first["matched"], first["overall"]) == ("inside_brackets", 1.0, 3 / 8)


def test_what_cannot_be_looked_for_gets_a_sentence(network: LoadedModel) -> None:
    reading = states_over(network, TEXT, 0, "")
    cases = [
        (lambda: find_matches(reading, Pattern((), (), 0.5, 2, 0), 0.5), "lower the threshold"),
        (lambda: select_pattern(network, TEXT, 0, 5, 5, 0.3), "before it begins"),
        (lambda: select_pattern(network, TEXT, 0, 0, 999, 0.3), "within the"),
        (lambda: select_pattern(network, TEXT, 9, 0, 2, 0.3), "no layer 10"),
        (lambda: read_states(network, "own", 0, text=""), "no text"),
        (lambda: read_states(network, "own", 0, text="x" * (MAX_CHARACTERS + 1)), "at most 100,000"),
        (lambda: read_states(network, "bible", 0), "choose one of: stories, text, own"),
    ]
    assert sources_of(network) == ["stories", "text", "own"]
    for call, words in cases:
        with pytest.raises(InputError, match=words):
            call()


def test_tracks_of_a_text() -> None:
    tracks = {track.name: track.values.tolist() for track in text_tracks("Hi (a [b])!\nOh.")}
    assert tracks["bracket_depth"] == [0, 0, 0, 1, 1, 1, 2, 2, 1, 0, 0, 0, 0, 0, 0]
    assert tracks["position_in_word"] == [1, 2, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1, 2, 0]
    assert tracks["position_in_line"] == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0, 1, 2, 3]
    assert tracks["part_of_sentence"] == pytest.approx([n / 11 for n in range(1, 12)] + [n / 4 for n in range(1, 5)])
    assert {track.name for track in text_tracks("")} == set(tracks)
