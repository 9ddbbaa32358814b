"""Dynamic programming over tags: every figure equals that of trying all K^T sequences."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.decoding.viterbi import (
    best_paths,
    log_partition,
    marginals,
    score_of,
    span_log_probability,
    viterbi,
)
from engine.errors import InputError
from engine.text.bio import is_legal


def scores(words: int, tags: int, seed: int) -> tuple[np.ndarray, ...]:
    draw = np.random.default_rng(seed)
    return tuple(2 * draw.normal(size=shape) for shape in ((words, tags), (tags, tags), (tags,), (tags,)))


def try_all(emissions, transitions, start, end) -> dict[tuple[int, ...], float]:
    """Score every sequence by plain addition, one number after the other."""
    found = {}
    for tags in itertools.product(range(emissions.shape[1]), repeat=len(emissions)):
        total = start[tags[0]] + end[tags[-1]]
        for time, tag in enumerate(tags):
            total += emissions[time, tag]
            total += transitions[tags[time - 1], tag] if time else 0.0
        found[tags] = float(total)
    return found


@settings(max_examples=25)
@given(words=st.integers(1, 5), tags=st.integers(1, 4), seed=st.integers(0, 10_000))
def test_everything_equals_trying_all_sequences(words, tags, seed):
    given_scores = scores(words, tags, seed)
    found = try_all(*given_scores)
    ranked = sorted(found, key=found.get, reverse=True)
    best = viterbi(*given_scores)
    assert best.tags == ranked[0]
    assert best.score == pytest.approx(found[ranked[0]])
    assert score_of(ranked[-1], *given_scores) == pytest.approx(found[ranked[-1]])
    paths = best_paths(*given_scores, 7)
    assert [path.tags for path in paths] == ranked[:7]  # fewer where there are fewer
    assert [path.score for path in paths] == pytest.approx([found[path] for path in ranked[:7]])
    total = sum(np.exp(value) for value in found.values())
    assert log_partition(*given_scores) == pytest.approx(np.log(total))
    share = np.zeros((words, tags))
    for path, value in found.items():
        share[np.arange(words), path] += np.exp(value) / total
    np.testing.assert_allclose(marginals(*given_scores), share, atol=1e-12)
    begin = words // 2
    inside = sum(np.exp(value) for path, value in found.items() if path[begin:] == ranked[0][begin:]) / total
    assert np.exp(span_log_probability(begin, ranked[0][begin:], *given_scores)) == pytest.approx(inside)


def test_a_forbidden_transition_is_never_taken():
    emissions = np.array([[0.0, 1.0], [0.0, 5.0], [0.0, 1.0]])
    forbidden = np.array([[0.0, 0.0], [0.0, -np.inf]])
    nothing = np.zeros(2)
    assert viterbi(emissions, np.zeros((2, 2)), nothing, nothing).tags == (1, 1, 1)
    assert viterbi(emissions, forbidden, nothing, nothing).tags == (0, 1, 0)
    paths = best_paths(emissions, forbidden, nothing, nothing, 50)
    assert {path.tags for path in paths} == {(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1)}
    assert np.isfinite(log_partition(emissions, forbidden, nothing, nothing))
    assert marginals(emissions, forbidden, nothing, nothing)[1, 1] == pytest.approx(
        np.exp(5) / (np.exp(5) + (1 + np.e) ** 2)
    )


def test_without_transitions_every_word_decides_by_itself():
    emissions = scores(6, 5, 3)[0]
    nothing = np.zeros(5)
    assert viterbi(emissions, np.zeros((5, 5)), nothing, nothing).tags == tuple(emissions.argmax(axis=1))
    share = np.exp(emissions) / np.exp(emissions).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(marginals(emissions, np.zeros((5, 5)), nothing, nothing), share)


@pytest.mark.parametrize(
    ("before", "after", "legal"),
    [
        ("", "O", True),
        ("", "B-per", True),
        ("", "I-per", False),
        ("O", "I-per", False),
        ("B-per", "I-per", True),
        ("I-per", "I-per", True),
        ("B-geo", "I-per", False),
        ("I-per", "B-per", True),
        ("I-per", "O", True),
    ],
)
def test_what_bio_allows(before, after, legal):
    assert is_legal(before, after) is legal


def test_no_word_wrong_shapes_and_too_many_paths_are_refused():
    nothing = np.zeros(2)
    with pytest.raises(InputError, match="There is no word to tag"):
        viterbi(np.zeros((0, 2)), np.zeros((2, 2)), nothing, nothing)
    with pytest.raises(InputError, match="With 2 tags there must be 2 x 2 transitions"):
        marginals(np.zeros((3, 2)), np.zeros((3, 3)), nothing, nothing)
    with pytest.raises(InputError, match="Between 1 and 50 sequences can be asked for, not 0"):
        best_paths(np.zeros((3, 2)), np.zeros((2, 2)), nothing, nothing, 0)
