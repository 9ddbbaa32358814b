"""The belief film against the network itself, given every beginning and every end by itself; and what is said of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from engine.errors import InputError
from engine.inspection.classification.predictions import MAX_WORDS, probabilities_of_words, split_text
from engine.inspection.classification.prefix_predictions import (
    MOST_FRAMES,
    Belief,
    belief_sentence,
    find_turn,
    frames,
    halves_along,
    halves_sentence,
    measure_belief,
)
from engine.models.folder import LoadedModel, load_model
from tests.pages.small_classifiers import BLIND, BOTH, FORWARD, add_classifiers

TEXT = "He said the film was not good, but I can't say it isn't moving."


@pytest.fixture(scope="module")
def classifiers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return add_classifiers(tmp_path_factory.mktemp("classifiers"))


def alone(loaded: LoadedModel, words: list[str], name: str) -> float:
    """Return the probability of "positive" of one part of the network for one text, read by itself."""
    ids = torch.tensor([loaded.tokenizer.encode_words(words)])
    with torch.inference_mode():
        logits = loaded.model.direction_logits(ids, torch.tensor([len(words)]))[name]
        logits = logits if name == "both" else loaded.model.direction_alone(logits)
    return float(logits.softmax(1)[0, 1])


def test_one_reading_gives_what_every_beginning_and_end_gives_by_itself(classifiers: Path) -> None:
    loaded = load_model(classifiers / BOTH)
    words = split_text(loaded, TEXT)
    belief = measure_belief(loaded, words)
    assert belief.steps.tolist() == list(range(1, len(words) + 1))
    for position in range(len(words)):
        assert belief.both[position] == pytest.approx(alone(loaded, words[: position + 1], "both"), abs=1e-6)
        assert belief.forward[position] == pytest.approx(alone(loaded, words[: position + 1], "forward"), abs=1e-6)
        assert belief.backward[position] == pytest.approx(alone(loaded, words[position:], "backward"), abs=1e-6)
    assert np.ptp(belief.both) > 0.05, "the small network says too little to tell anything apart"


@pytest.mark.parametrize("name", [FORWARD, BLIND])
def test_networks_without_halves_have_the_whole_alone(classifiers: Path, name: str) -> None:
    loaded = load_model(classifiers / name)
    words = split_text(loaded, TEXT)
    belief = measure_belief(loaded, words)
    assert belief.forward is belief.backward is None
    assert halves_sentence(belief) == ""


@pytest.mark.parametrize("name", [FORWARD, BLIND])
def test_a_network_that_only_reads_forwards_reads_a_text_once(
    classifiers: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = load_model(classifiers / name)
    words = [*split_text(loaded, TEXT), *["food", "good", "not"] * 95]
    lengths = []
    read = type(loaded.model).outputs
    monkeypatch.setattr(
        type(loaded.model), "outputs", lambda model, embedded, n: lengths.extend(n.tolist()) or read(model, embedded, n)
    )
    belief = measure_belief(loaded, words)
    assert lengths == [len(words)]
    each = probabilities_of_words(loaded, [words[:step] for step in belief.steps])[:, 1]
    np.testing.assert_allclose(belief.both, each, atol=1e-6, rtol=0)
    assert np.ptp(each) > 0.01, "the small network says too little to tell anything apart"


@pytest.mark.parametrize("name", [FORWARD, BLIND, BOTH])
@pytest.mark.parametrize("count", [0, MAX_WORDS + 1])
def test_a_text_without_words_or_with_too_many_is_refused(classifiers: Path, name: str, count: int) -> None:
    with pytest.raises(InputError, match="A text needs at least one word and at most"):
        measure_belief(load_model(classifiers / name), ["good"] * count)


def test_long_texts_have_few_frames_with_the_last_word_among_them(classifiers: Path) -> None:
    loaded = load_model(classifiers / BOTH)
    words = ["food", "good", "not"] * 100
    belief = measure_belief(loaded, words)
    assert len(belief.steps) == MOST_FRAMES
    assert (belief.steps[0], belief.steps[-1]) == (1, 300)
    assert belief.forward[-1] == pytest.approx(halves_along(loaded, words)[0][-1, 1])
    assert frames(1).tolist() == [1]


def test_the_turn_is_the_last_crossing_else_the_largest_change() -> None:
    words = ("a", "b", "c", "d")
    steps = np.arange(1, 5)
    crossing = Belief(words, steps, np.array([0.9, 0.2, 0.6, 0.7]))
    turn = find_turn(crossing)
    assert (turn.first, turn.last, turn.is_crossing) == (3, 3, True)
    said = belief_sentence(crossing)
    assert "flipped to positive for the last time at “c” (word 3): from 20.0 % to 60.0 % positive." in said
    assert "The largest change comes at “b”: from 90.0 % to 20.0 %." in said
    steady = Belief(words, steps, np.array([0.6, 0.65, 0.95, 0.9]))
    assert find_turn(steady).last == 3
    assert "never flips; the largest change comes at “c” (word 3): from 65.0 % to 95.0 % positive" in belief_sentence(
        steady
    )
    sparse = Belief(tuple("abcdefgh"), np.array([1, 4, 8]), np.array([0.9, 0.8, 0.1]))
    assert (find_turn(sparse).first, find_turn(sparse).last) == (5, 8)
    assert "words 5 to 8" in belief_sentence(sparse)


def test_halves_are_compared_with_the_whole_text_read() -> None:
    belief = Belief(("a", "b"), np.array([1, 2]), np.array([0.5, 0.6]), np.array([0.1, 0.2]), np.array([0.7, 0.9]))
    assert halves_sentence(belief) == (
        "With the whole text read, the forward half alone is at 20.0 % positive and the backward half alone at 70.0 %. "
        "They disagree."
    )
