"""The same words in another order: shuffled with a seed or two of them swapped, and what each classifier then decides.

Paper: Pham, Bui, Mai and Nguyen (2021), Out of order: how important is the sequential order of words in a sentence in
natural language understanding tasks?, arXiv 2012.15180, on shuffling words to find out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from engine.errors import InputError
from engine.inspection.classification.predictions import probabilities_of_words
from engine.inspection.stored.tables import RESULTS, read_stored_table, with_these_weights
from engine.models.folder import LoadedModel

TABLE = RESULTS / "word_order.parquet"
COMMAND = "python -m engine evaluate --model {model} --dry-run --word-order data/results/word_order.parquet"
COLUMNS = tuple(
    "model weights title split seed sentences accuracy accuracy_shuffled decisions_changed date hardware commit".split()
)
MAX_WORDS = 100
SHUFFLES = 50
ROUNDING = 1e-5  # single precision adds the same numbers up in another order


@dataclass(frozen=True)
class Shuffles:
    """What a classifier says of one text in many orders.

    Attributes:
        intact: probability of the second label ("positive") for the text as it stands.
        probabilities: (N,) the same for each shuffle.
        decisions_changed: share of the shuffles after which another label is the likeliest.
    """

    intact: float
    probabilities: np.ndarray
    decisions_changed: float

    @property
    def spread(self) -> float:
        """How far the probabilities of all orders lie apart."""
        every = np.append(self.probabilities, self.intact)
        return float(every.max() - every.min())

    @property
    def is_blind(self) -> bool:
        """Whether no order makes a difference beyond rounding."""
        return self.spread < ROUNDING


def check_order(words: Sequence[str]) -> None:
    """Check that a text can be put into another order.

    Raises:
        InputError: it has fewer than two different words, or too many.
    """
    if len(set(words)) < 2:
        raise InputError("Another order takes at least two different words; type a longer text.")
    if len(words) > MAX_WORDS:
        raise InputError(f"At most {MAX_WORDS} words are put into another order; yours has {len(words):,}.")


def shuffle_words(words: Sequence[str], seed: int) -> tuple[str, ...]:
    """Return the words in an order drawn by chance that differs from the given one; the same seed gives the same.

    Where all words are the same there is no other order, and the words come back as they were.
    """
    generator = np.random.default_rng(seed)
    shuffled = tuple(words)
    while shuffled == tuple(words) and len(set(words)) > 1:
        shuffled = tuple(words[position] for position in generator.permutation(len(words)))
    return shuffled


def swap_words(words: Sequence[str], first: int, second: int) -> tuple[str, ...]:
    """Return the words with those at two places, counted from 0, exchanged.

    Raises:
        InputError: there is no such place.
    """
    if not (0 <= first < len(words) and 0 <= second < len(words)):
        raise InputError(f"The text has the words 1 to {len(words)}; choose two of them.")
    swapped = list(words)
    swapped[first], swapped[second] = swapped[second], swapped[first]
    return tuple(swapped)


def probabilities_in_order(loaded: LoadedModel, orders: tuple[tuple[str, ...], ...]) -> np.ndarray:
    """Return the probability of the second label ("positive") for each order of the words, (N,)."""
    return np.asarray(probabilities_of_words(loaded, [list(order) for order in orders]), dtype=float)[:, 1]


def shuffle_many(loaded: LoadedModel, words: tuple[str, ...], count: int = SHUFFLES, seed: int = 1) -> Shuffles:
    """Return what a classifier says of `count` shuffles of a text, drawn with the seeds from `seed` on.

    Raises:
        InputError: as `check_order`.
    """
    check_order(words)
    rows = [list(words), *(list(shuffle_words(words, seed + number)) for number in range(count))]
    found = np.asarray(probabilities_of_words(loaded, rows), dtype=float)
    decisions = found.argmax(axis=1)
    return Shuffles(float(found[0, 1]), found[1:, 1], float((decisions[1:] != decisions[0]).mean()))


def stored_word_order(name: str, folder: str, table: str = "") -> pd.DataFrame:
    """Return what was measured of a model with exactly the weights in `folder`, one row per seed; none where it was
    not.

    Raises:
        DataError: the table is not there, is damaged, or lacks columns.
    """
    absent = f"How often order matters has not been measured here; run: {COMMAND.format(model=name)}."
    return with_these_weights(read_stored_table(Path(table or TABLE), COLUMNS, absent), name, folder)
