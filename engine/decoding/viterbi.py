"""The best sequences of tags, and how likely each tag is, from emissions and transitions: dynamic programming in NumPy.

score(tags) = start[y_1] + sum_t emissions[t, y_t] + sum_t transitions[y_t, y_t+1] + end[y_T].
Nothing here knows a model: the scores may come from a CRF, from a visitor's edit, or from a softmax tagger, whose
    transitions are zero.

Shapes: T time, K tags, N paths.

Papers: Viterbi (1967); Rabiner (1989), A tutorial on hidden Markov models, section III; Huang and Chiang (2005), Better
k-best parsing, for the best N.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.errors import InputError

MAX_PATHS = 50


@dataclass(frozen=True)
class Path:
    """One sequence of tags, as numbers, and its score."""

    score: float
    tags: tuple[int, ...]


def viterbi(emissions: np.ndarray, transitions: np.ndarray, start: np.ndarray, end: np.ndarray) -> Path:
    """Return the sequence with the highest score, for emissions (T, K), transitions (K, K) [from, to], start and end
    (K,).

    Raises:
        InputError: there is no word, or the shapes do not fit.
    """
    _check(emissions, transitions, start, end)
    best = start + emissions[0]  # (K,)
    origins = np.zeros(emissions.shape, dtype=np.int64)
    for time in range(1, len(emissions)):
        scores = best[:, None] + transitions  # (K, K)
        origins[time] = scores.argmax(axis=0)
        best = scores.max(axis=0) + emissions[time]
    tag = int((best + end).argmax())
    tags = [tag]
    for time in range(len(emissions) - 1, 0, -1):
        tag = int(origins[time, tag])
        tags.append(tag)
    return Path(float((best + end).max()), tuple(tags[::-1]))


def best_paths(
    emissions: np.ndarray, transitions: np.ndarray, start: np.ndarray, end: np.ndarray, count: int = 3
) -> list[Path]:
    """Return the `count` sequences with the highest scores, best first; fewer where there are no more. Exact.

    Raises:
        InputError: as `viterbi`, or `count` is not between 1 and MAX_PATHS.
    """
    _check(emissions, transitions, start, end)
    if not 1 <= count <= MAX_PATHS:
        raise InputError(f"Between 1 and {MAX_PATHS} sequences can be asked for, not {count}.")
    tags = emissions.shape[1]
    # At every word and tag the best few ways to get there, each remembered as (tag before) * N + (which of its ways).
    best = np.full((tags, count), -np.inf)
    best[:, 0] = start + emissions[0]
    origins = np.zeros((len(emissions), tags, count), dtype=np.int64)
    for time in range(1, len(emissions)):
        scores = (best[:, :, None] + transitions[:, None, :]).reshape(tags * count, tags)
        origins[time] = np.argsort(-scores, axis=0, kind="stable")[:count].T
        best = np.take_along_axis(scores, origins[time].T, axis=0).T + emissions[time][:, None]
    last = (best + end[:, None]).ravel()
    paths = []
    for position in np.argsort(-last, kind="stable")[:count]:
        if last[position] == -np.inf:
            break
        at, found = int(position), []
        for time in range(len(emissions) - 1, -1, -1):
            tag, way = divmod(at, count)
            found.append(tag)
            at = int(origins[time, tag, way])
        paths.append(Path(float(last[position]), tuple(found[::-1])))
    return paths


def score_of(
    tags: Sequence[int], emissions: np.ndarray, transitions: np.ndarray, start: np.ndarray, end: np.ndarray
) -> float:
    """Return the score of one sequence, as it stands at the top of this file."""
    positions = np.asarray(tags)
    emitted = emissions[np.arange(len(positions)), positions].sum()
    return float(start[positions[0]] + emitted + transitions[positions[:-1], positions[1:]].sum() + end[positions[-1]])


def log_partition(emissions: np.ndarray, transitions: np.ndarray, start: np.ndarray, end: np.ndarray) -> float:
    """Return the logarithm of the sum of exp(score) over all K^T sequences.

    Raises:
        InputError: as `viterbi`.
    """
    _check(emissions, transitions, start, end)
    return float(_log_sum(_forward(emissions, transitions, start)[-1] + end, 0))


def marginals(emissions: np.ndarray, transitions: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return the probability of every tag at every word, (T, K), over all sequences: the forward-backward algorithm.

    Raises:
        InputError: as `viterbi`.
    """
    _check(emissions, transitions, start, end)
    both = _forward(emissions, transitions, start) + _backward(emissions, transitions, end)
    return np.exp(both - _log_sum(both, 1)[:, None])


def span_log_probability(
    begin: int, tags: Sequence[int], emissions: np.ndarray, transitions: np.ndarray, start: np.ndarray, end: np.ndarray
) -> float:
    """Return the logarithm of the probability that the words from `begin` on bear exactly `tags`, whatever the others
    bear."""
    forward, backward = _forward(emissions, transitions, start), _backward(emissions, transitions, end)
    return _span(begin, tags, emissions, transitions, forward, backward) - float(_log_sum(forward[-1] + end, 0))


def span_probabilities(
    spans: Sequence[tuple[int, Sequence[int]]],
    emissions: np.ndarray,
    transitions: np.ndarray,
    start: np.ndarray,
    end: np.ndarray,
) -> list[float]:
    """Return exp(`span_log_probability`) of several spans (begin, tags) of one sentence, which is read only once."""
    forward, backward = _forward(emissions, transitions, start), _backward(emissions, transitions, end)
    total = float(_log_sum(forward[-1] + end, 0))
    return [
        float(np.exp(min(0.0, _span(begin, tags, emissions, transitions, forward, backward) - total)))
        for begin, tags in spans
    ]


def _span(
    begin: int,
    tags: Sequence[int],
    emissions: np.ndarray,
    transitions: np.ndarray,
    forward: np.ndarray,
    backward: np.ndarray,
) -> float:
    inside = sum(
        transitions[before, tag] + emissions[begin + position, tag]
        for position, (before, tag) in enumerate(zip(tags, tags[1:], strict=False), start=1)
    )
    return float(forward[begin, tags[0]] + inside + backward[begin + len(tags) - 1, tags[-1]])


def _forward(emissions: np.ndarray, transitions: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Return (T, K): the log of the summed exp(score) of all beginnings that end in this tag at this word."""
    table = np.empty(emissions.shape, dtype=np.float64)
    table[0] = start + emissions[0]
    for time in range(1, len(emissions)):
        table[time] = _log_sum(table[time - 1][:, None] + transitions, 0) + emissions[time]
    return table


def _backward(emissions: np.ndarray, transitions: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return (T, K): the same of all that can follow this tag at this word, itself not counted."""
    table = np.empty(emissions.shape, dtype=np.float64)
    table[-1] = end
    for time in range(len(emissions) - 2, -1, -1):
        table[time] = _log_sum(transitions + (emissions[time + 1] + table[time + 1]), 1)
    return table


def _log_sum(values: np.ndarray, axis: int) -> np.ndarray:
    """Return log(sum(exp(values))) along an axis; -inf, a forbidden way, adds nothing."""
    highest = values.max(axis=axis, keepdims=True)
    highest = np.where(np.isfinite(highest), highest, 0.0)
    with np.errstate(divide="ignore"):
        return np.log(np.exp(values - highest).sum(axis=axis)) + highest.squeeze(axis)


def _check(emissions: np.ndarray, transitions: np.ndarray, start: np.ndarray, end: np.ndarray) -> None:
    if emissions.ndim != 2 or not len(emissions):
        raise InputError("There is no word to tag.")
    tags = emissions.shape[1]
    if transitions.shape != (tags, tags) or start.shape != (tags,) or end.shape != (tags,):
        raise InputError(
            f"With {tags} tags there must be {tags} x {tags} transitions and {tags} scores of the first and the last "
            "tag."
        )
