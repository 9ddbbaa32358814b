"""What an edit of a text changes inside a network, and for how long: two readings compared token by token.

Tokens of the two texts are paired: words that stand in both texts are paired with each other, replaced words letter by
letter as far as both go, and the rest of the longer one is left out. At each pair the two states are compared, unit by
unit
and as one distance: |a - b| over the root mean square of |a| and |b|. 0 is the same state, the square root of 2 is what
two states of the same length have that know nothing of each other, 2 is opposite.

Beside it the mean of the embeddings of all tokens read so far, a reader to whom order means nothing: it ends at the
same value for two texts of the same tokens, however they are arranged.

Shapes: P pairs of tokens, T tokens, H units, E embedding.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch

from engine.errors import InputError
from engine.inspection.cells.units import check_text, check_unit, hidden_values, token_spans, trace
from engine.models.folder import LoadedModel

MAX_CHARACTERS = 1_000
STILL = 1e-3  # a unit whose two values never differ by more counts as unchanged
GONE = 0.01  # of the peak: what is left of an edit then is said to be gone
_WORDS = re.compile(r"\w+|[^\w]", re.DOTALL)


@dataclass(frozen=True)
class Pairs:
    """Which tokens of two texts are compared.

    Attributes:
        first, second: the tokens' places in each text, (P,) of int.
        tokens: what is read at each pair, as (first, second).
        characters: of the first text that have been read after each pair, (P,) of int.
        edited: whether the pair belongs to an edit, (P,) of bool.
        left_out: tokens of both texts together that have no partner.
    """

    first: np.ndarray
    second: np.ndarray
    tokens: list[tuple[str, str]]
    characters: np.ndarray
    edited: np.ndarray
    left_out: int

    @property
    def last_edit(self) -> int:
        """The place of the last edited pair."""
        return int(np.flatnonzero(self.edited)[-1])


@dataclass(frozen=True)
class StateEdit:
    """How the states of one network differ between two readings.

    Attributes:
        distance: the relative distance of the whole states after each pair, (P,).
        differences: second minus first, unit by unit, (P, H) float32.
        changed: units whose two values ever differ by more than `STILL`; `units` is how many there are.
        peak: the largest distance from the last edited token on, and `peak_at` the pair where it is.
        half_after, gone_after: tokens after `peak_at` from which on the distance stays at or below half, and a
            hundredth, of the peak; None where the texts end before that.
        at_end: distance after the last pair.
    """

    distance: np.ndarray
    differences: np.ndarray
    changed: int
    units: int
    peak: float
    peak_at: int
    half_after: int | None
    gone_after: int | None
    at_end: float

    def liveliest(self, top: int) -> np.ndarray:
        """Return the units whose values differ most at any pair, ordered by when they do so first."""
        reach = np.abs(self.differences).max(axis=0)
        chosen = np.argsort(-reach, kind="stable")[:top]
        return chosen[np.argsort(np.abs(self.differences[:, chosen]).argmax(axis=0), kind="stable")]


def pair_tokens(loaded: LoadedModel, first: str, second: str) -> Pairs:
    """Return which tokens of two texts are compared with each other.

    Raises:
        InputError: a text is empty or too long, both are the same, or they have no token to compare after the edit
            begins.
    """
    for text in (first, second):
        check_text(text, MAX_CHARACTERS)
    if first == second:
        raise InputError("Both texts are the same: change a word in one of them to see what it does.")
    spans = [token_spans(loaded, text) for text in (first, second)]
    partner = _partners(first, second)  # end of a token in the first text -> end of its partner
    ends = {stop: position for position, (_, stop) in enumerate(spans[1])}
    found = [
        (position, ends[partner[stop - 1] + 1])
        for position, (_, stop) in enumerate(spans[0])
        if stop - 1 in partner and partner[stop - 1] + 1 in ends
    ]
    one, other = np.array(found, dtype=int).reshape(-1, 2).T
    tokens = [(first[slice(*spans[0][a])], second[slice(*spans[1][b])]) for a, b in zip(one, other, strict=True)]
    edited = np.array([a != b for a, b in tokens], dtype=bool)
    # A word that was put in or taken out leaves no pair of its own: the pair after the gap is where it is first felt.
    gaps = (np.diff(one, prepend=-1) != 1) | (np.diff(other, prepend=-1) != 1)
    edited |= gaps
    if not edited.any():
        raise InputError(
            "The texts differ only at their end, so no network reads anything after the edit; let both go on."
        )
    characters = np.array([spans[0][position][1] for position in one], dtype=int)
    return Pairs(one, other, tokens, characters, edited, len(spans[0]) + len(spans[1]) - 2 * len(found))


def compare_states(loaded: LoadedModel, first: str, second: str, layer: int, part: str = "hidden") -> StateEdit:
    """Return how the states of `layer` (from 0) differ while a network reads either text.

    Raises:
        InputError: as `pair_tokens`, or the network has no such layer or part.
    """
    pairs = pair_tokens(loaded, first, second)
    check_unit(loaded, layer, 0, part)
    one, other = (_values(loaded, text, layer, part) for text in (first, second))
    return _edit(one[pairs.first], other[pairs.second], pairs)


@torch.inference_mode()
def compare_averages(loaded: LoadedModel, first: str, second: str) -> StateEdit:
    """Return how the mean embedding of all tokens read so far differs: a reader without order.

    Raises:
        InputError: as `pair_tokens`.
    """
    pairs = pair_tokens(loaded, first, second)
    one, other = (_running_mean(loaded, text) for text in (first, second))
    return _edit(one[pairs.first], other[pairs.second], pairs)


@torch.inference_mode()
def average_difference(loaded: LoadedModel, first: str, second: str) -> float:
    """Return the largest difference in any number between the mean embeddings of two whole texts."""
    one, other = (_running_mean(loaded, text)[-1] for text in (first, second))
    return float(np.abs(one - other).max())


def has_same_tokens(loaded: LoadedModel, first: str, second: str) -> bool:
    """Return whether two texts are made of the same tokens, whatever their order."""
    return sorted(loaded.tokenizer.encode(first)) == sorted(loaded.tokenizer.encode(second))


def edit_frame(edits: Mapping[str, StateEdit], pairs: Mapping[str, Pairs]) -> pd.DataFrame:
    """Return the distances as a table, one row per reader and pair: `reader`, `characters`, `first`, `second`,
    `distance`."""
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "reader": name,
                    "characters": pairs[name].characters,
                    "first": [token for token, _ in pairs[name].tokens],
                    "second": [token for _, token in pairs[name].tokens],
                    "edited": pairs[name].edited,
                    "distance": edit.distance,
                }
            )
            for name, edit in edits.items()
        ],
        ignore_index=True,
    )


def relative_distance(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return |a - b| / sqrt((|a|^2 + |b|^2) / 2) for each row of two arrays (P, H); 0 where both are nothing."""
    one, other = one.astype(np.float64), other.astype(np.float64)
    scale = np.sqrt(((one**2).sum(axis=1) + (other**2).sum(axis=1)) / 2)
    return np.linalg.norm(one - other, axis=1) / np.where(scale > 0, scale, 1.0)


def fading(distance: Sequence[float] | np.ndarray, start: int, share: float = 0.5) -> tuple[int, int | None]:
    """Return where the distance peaks from `start` on, and the steps after it from which on it stays at or below
    `share` of that.

    None where it is above that at the end.
    """
    rest = np.asarray(distance, dtype=float)[start:]
    peak = int(rest.argmax())
    above = np.flatnonzero(rest > rest[peak] * share)
    if not len(above):
        return start + peak, 0
    return start + peak, None if above[-1] == len(rest) - 1 else int(above[-1]) + 1 - peak


def _edit(one: np.ndarray, other: np.ndarray, pairs: Pairs) -> StateEdit:
    differences, distance = (other - one).astype(np.float32), relative_distance(one, other)
    peak_at, half_after = fading(distance, pairs.last_edit)
    _, gone_after = fading(distance, pairs.last_edit, GONE)
    reach = np.abs(differences).max(axis=0)
    return StateEdit(
        distance,
        differences,
        int((reach > STILL).sum()),
        len(reach),
        float(distance[peak_at]),
        peak_at,
        half_after,
        gone_after,
        float(distance[-1]),
    )


def _values(loaded: LoadedModel, text: str, layer: int, part: str) -> np.ndarray:
    """Return a part of a layer after each token, (T, H)."""
    if part == "hidden":
        return hidden_values(loaded, loaded.tokenizer.encode(text), layer)
    return trace(loaded, text, [layer])[0][part]


def _running_mean(loaded: LoadedModel, text: str) -> np.ndarray:
    """Return the mean embedding of the tokens read so far, (T, E) float64."""
    ids = torch.tensor(loaded.tokenizer.encode(text))
    embedded = loaded.model.embedding(ids).double().numpy()  # (T, E)
    return np.cumsum(embedded, axis=0) / np.arange(1, len(ids) + 1)[:, None]


def _partners(first: str, second: str) -> dict[int, int]:
    """Return for the characters of the first text that have a partner which character of the second it is."""
    words: list[list[str]] = [_WORDS.findall(text) for text in (first, second)]  # every character belongs to one
    starts: list[list[int]] = [np.cumsum([0, *map(len, row)]).tolist() for row in words]
    partner: dict[int, int] = {}
    for _, a_from, a_to, b_from, b_to in difflib.SequenceMatcher(
        None, words[0], words[1], autojunk=False
    ).get_opcodes():
        a_places, b_places = range(starts[0][a_from], starts[0][a_to]), range(starts[1][b_from], starts[1][b_to])
        partner |= dict(zip(a_places, b_places, strict=False))
    return partner
