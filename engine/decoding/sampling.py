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


class GeneratedToken(NamedTuple):
    """A token as it is written, and its log-probability under the model itself (before temperature and cuts)."""

    token_id: int
    log_prob: float


class Draws:
    """The random numbers of one text: those that torch's generator gives on a processor, for the same seed.

    Both are the Mersenne twister, seeded alike, with 53 bits of two draws per number.
    """

    def __init__(self, seed: int) -> None:
        self._bits = np.random.MT19937()
        np.random.RandomState(self._bits).seed(seed % 2**32)

    def uniform(self, size: int) -> np.ndarray:
        """Return numbers in [0, 1), (size,), in double precision."""
        raw = self._bits.random_raw(2 * size)
        return ((raw[::2] << np.uint64(32) | raw[1::2]) & np.uint64(2**53 - 1)) * 2.0**-53

    def skip(self, draws: int, vocab_size: int) -> None:
        """Pass over the numbers that so many tokens were drawn with."""
        for _ in range(draws):
            self._bits.random_raw(2 * vocab_size, output=False)


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
    if top_k and top_k < logits.shape[-1]:
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
    if probabilities.shape[-1] > SORTED_WHOLE:
        rows = probabilities.reshape(-1, probabilities.shape[-1])
        return np.stack([_is_in_long_nucleus(row, mass) for row in rows]).reshape(probabilities.shape)
    order = np.argsort(-probabilities, axis=-1, kind="stable")
    ordered = np.take_along_axis(probabilities, order, axis=-1)
    is_kept = np.zeros(probabilities.shape, dtype=bool)
    np.put_along_axis(is_kept, order, ordered.cumsum(axis=-1) - ordered < mass, axis=-1)
    return is_kept


def _is_in_long_nucleus(row: np.ndarray, mass: float) -> np.ndarray:
    """Return the nucleus of one row (V,), looked for among more and more of the likeliest."""
    count, is_kept = SEARCHED_FIRST, np.zeros(len(row), dtype=bool)
    while True:
        count = min(count, len(row))
        least = np.partition(row, len(row) - count)[len(row) - count]
        likeliest = np.flatnonzero(row >= least)
        likeliest = likeliest[np.argsort(-row[likeliest], kind="stable")]
        ordered = row[likeliest]
        is_needed = ordered.cumsum() - ordered < mass
        if not is_needed[-1] or count == len(row):  # the mass is reached before they end
            is_kept[likeliest[is_needed]] = True
            return is_kept
        count *= SEARCHED_MORE


def draw(logits: np.ndarray, draws: Draws, temperature: float = 1.0, top_k: int = 0, top_p: float = 1.0) -> np.ndarray:
    """Return a token (1,) for logits (1, V), drawn from `next_distribution`; temperature 0 draws nothing."""
    if temperature == 0:
        return logits.argmax(axis=-1)
    return np.array([draw_from(next_distribution(logits[0], temperature, top_k, top_p), draws)])


def draw_from(chances: np.ndarray, draws: Draws) -> int:
    """Return a token drawn with these chances, (V,)."""
    uniform = draws.uniform(len(chances))
    possible = np.flatnonzero(chances)
    # The first of the clocks to ring, each as fast as its token is likely. What was cut away has none that rings.
    waiting = -np.log1p(-uniform[possible])
    return int(possible[(chances[possible] / waiting.astype(np.float32)).argmax()])


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
