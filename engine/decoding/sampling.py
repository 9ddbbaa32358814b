"""Writing one token after the other by drawing from the model's distribution.

Nothing here imports torch: a model that a runtime steps without it writes without it.

Shapes: B batch, V vocabulary.

Papers: Fan, Lewis and Dauphin (2018), arXiv 1805.04833 (top-k); Holtzman et al. (2020), arXiv 1904.09751 (top-p).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from engine.runtimes.program import Steps

SMALLEST_TEMPERATURE = 1e-12  # dividing by less can leave the range of float32
SORTED_WHOLE = 256  # tokens; a smaller vocabulary is sorted faster than it is searched
SEARCHED_FIRST, SEARCHED_MORE = 32, 8
MADE_AT_ONCE = 2048  # random numbers


class GeneratedToken(NamedTuple):
    """A token as it is written, and its log-probability under the model itself (before temperature and cuts)."""

    token_id: int
    log_prob: float


class Draws:
    """The random numbers of one text: those that torch's generator gives on a processor, for the same seed.

    Both are the Mersenne twister, seeded alike, with 53 bits of two draws per number. They are made some at a time: a
    small array takes as long as a larger one.
    """

    def __init__(self, seed: int) -> None:
        self._bits = np.random.MT19937()
        np.random.RandomState(self._bits).seed(seed % 2**32)
        self._made, self._taken = np.empty(0, dtype=np.float32), 0

    def waiting_times(self, size: int) -> np.ndarray:
        """Return numbers drawn from the exponential distribution with mean 1, (size,); nobody may change them."""
        if self._taken + size > len(self._made):
            raw = self._bits.random_raw(2 * max(size, MADE_AT_ONCE))
            uniform = ((raw[::2] << np.uint64(32) | raw[1::2]) & np.uint64(2**53 - 1)) * 2.0**-53  # in [0, 1)
            made = (-np.log1p(-uniform)).astype(np.float32)
            self._made, self._taken = np.concatenate([self._made[self._taken :], made]), 0
        self._taken += size
        return self._made[self._taken - size : self._taken]

    def skip(self, draws: int, vocab_size: int) -> None:
        """Pass over the numbers that so many tokens were drawn with."""
        passed = draws * vocab_size
        made = min(passed, len(self._made) - self._taken)
        self._taken += made
        self._bits.random_raw(2 * (passed - made), output=False)


def next_distribution(logits: np.ndarray, temperature: float = 1.0, top_k: int = 0, top_p: float = 1.0) -> np.ndarray:
    """Return the probabilities (..., V) a token is drawn from; temperature 0 puts all mass on the likeliest (greedy).

    Temperature divides the logits first; then top-k keeps the k likeliest (0 keeps all); then top-p keeps the smallest
    set of likeliest tokens whose mass reaches p. What is left is scaled to sum to 1.
    """
    if temperature == 0:
        certain = np.zeros_like(logits)
        np.put_along_axis(certain, logits.argmax(axis=-1, keepdims=True), 1, axis=-1)
        return certain
    # Subtracting the maximum first keeps very small temperatures from overflowing; below the floor it is greedy anyway.
    logits = logits - logits.max(axis=-1, keepdims=True)
    if temperature != 1:
        with np.errstate(over="ignore"):
            logits /= max(temperature, SMALLEST_TEMPERATURE)
    if not 0 < top_k < logits.shape[-1]:
        top_k = 0
    if logits.shape[-1] > SORTED_WHOLE and (top_k or top_p < 1):
        rows = logits.reshape(-1, logits.shape[-1])
        return np.stack([_cut_long(row, top_k, top_p) for row in rows]).reshape(logits.shape)
    if top_k:
        logits[~_is_among_largest(logits, top_k)] = -np.inf
    probabilities = np.exp(logits, out=logits)
    probabilities /= probabilities.sum(axis=-1, keepdims=True)
    if top_p < 1:
        probabilities[~_is_in_nucleus(probabilities, top_p)] = 0
        probabilities /= probabilities.sum(axis=-1, keepdims=True)
    return probabilities


def _is_among_largest(numbers: np.ndarray, count: int) -> np.ndarray:
    """Return which are the `count` largest of each row (..., V): exactly so many, the first ones among equals."""
    size = numbers.shape[-1]
    least = np.partition(numbers, size - count, axis=-1)[..., size - count, None]
    is_larger, is_equal = numbers > least, numbers == least
    places = count - is_larger.sum(axis=-1, keepdims=True)
    return is_larger | (is_equal & (is_equal.cumsum(axis=-1) <= places))


def _is_in_nucleus(probabilities: np.ndarray, mass: float) -> np.ndarray:
    """Return which belong to the smallest set of the likeliest of each row (..., V) whose mass is reached; the first
    ones among equals."""
    order = np.argsort(-probabilities, axis=-1, kind="stable")
    ordered = np.take_along_axis(probabilities, order, axis=-1)
    is_kept = np.zeros(probabilities.shape, dtype=bool)
    np.put_along_axis(is_kept, order, ordered.cumsum(axis=-1) - ordered < mass, axis=-1)
    return is_kept


def _cut_long(row: np.ndarray, top_k: int, top_p: float) -> np.ndarray:
    """Return the distribution of one long row of scaled logits (V,), the likeliest of which are looked for among more
    and more, instead of all being sorted."""
    kept: np.ndarray | slice = _first_largest(row, top_k) if top_k else slice(None)
    chances = np.exp(row[kept])
    chances /= chances.sum()
    if top_p < 1:
        count = min(SEARCHED_FIRST, len(chances))
        while True:
            likeliest = _first_largest(chances, count)
            likeliest = likeliest[np.argsort(-chances[likeliest], kind="stable")]
            ordered = chances[likeliest]
            is_needed = ordered.cumsum() - ordered < top_p
            if not is_needed[-1] or count == len(chances):  # the mass is reached before they end
                break
            count = min(count * SEARCHED_MORE, len(chances))
        needed = likeliest[is_needed]
        kept = kept[needed] if isinstance(kept, np.ndarray) else needed
        chances = chances[needed] / chances[needed].sum()
    found = np.zeros_like(row)
    found[kept] = chances
    return found


def _first_largest(numbers: np.ndarray, count: int) -> np.ndarray:
    """Return the places of the `count` largest of some numbers (V,), the first ones among equals, in their order."""
    if count == len(numbers):
        return np.arange(count)
    least = np.partition(numbers, len(numbers) - count)[len(numbers) - count]
    larger = np.flatnonzero(numbers > least)
    return np.sort(np.concatenate([larger, np.flatnonzero(numbers == least)[: count - len(larger)]]))


def draw(logits: np.ndarray, draws: Draws, temperature: float = 1.0, top_k: int = 0, top_p: float = 1.0) -> np.ndarray:
    """Return a token (1,) for logits (1, V), drawn from `next_distribution`; temperature 0 draws nothing."""
    if temperature == 0:
        return logits.argmax(axis=-1)
    return np.array([draw_from(next_distribution(logits[0], temperature, top_k, top_p), draws)])


def draw_from(chances: np.ndarray, draws: Draws) -> int:
    """Return a token drawn with these chances, (V,)."""
    waiting = draws.waiting_times(len(chances))
    possible = np.flatnonzero(chances)
    if len(possible) == len(chances):
        return int(first_to_ring(chances, waiting))
    return int(possible[first_to_ring(chances[possible], waiting[possible])])


def first_to_ring(chances: np.ndarray, waiting: np.ndarray) -> np.ndarray:
    """Return the first of V clocks to ring, each as fast as its token is likely, (..., V) to (...): a draw with these
    chances. What was cut away has a clock that never rings."""
    return (chances / waiting).argmax(axis=-1)


def log_prob(logits: np.ndarray, token_id: int) -> float:
    """Return the log-probability of a token under logits (V,)."""
    shifted = logits - logits.max()
    return float(shifted[token_id] - np.log(np.exp(shifted).sum()))


def generate(
    model: Any,  # a `Steps`, or any model that offers the step protocol in torch
    prompt_ids: Sequence[int],
    *,
    max_new_tokens: int,
    temperature: float = 1.0,
    top_k: int = 0,
    top_p: float = 1.0,
    seed: int = 0,
    stop_id: int | None = None,
    draws_made: int = 0,
    state: Any = None,  # of the model or of its steps
) -> Iterator[GeneratedToken]:
    """Yield tokens after the prompt (at least one token long) until the limit or `stop_id`.

    The prompt is read from `state`, the model's own start where it is None.

    Each call draws random numbers of its own, so the same seed gives the same text whatever else runs. With the last
    `draws_made` tokens of a text in the prompt, it goes on as if it had drawn them itself.
    """
    steps = _steps_of(model)
    draws = Draws(seed)
    logits, state = steps.read(prompt_ids, state)
    draws.skip(draws_made if temperature else 0, logits.shape[-1])
    for _ in range(max_new_tokens):
        drawn = draw(logits, draws, temperature, top_k, top_p)
        token_id = int(drawn[0])
        if token_id == stop_id:
            return
        yield GeneratedToken(token_id, log_prob(logits[0], token_id))
        logits, state = steps.step(drawn, state)


def _steps_of(model: Any) -> Steps:  # as `generate`
    if hasattr(model, "runtime"):
        return model
    from engine.models.steps import fastest_steps

    return fastest_steps(model)
