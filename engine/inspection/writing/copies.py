"""What a text has copied from a training text: spans, their places, and how much of the text they cover.

Found by the index of hashes (`engine.inspection.writing.copy_index`), so that the training text itself need not be
there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from engine.config import JsonObject
from engine.decoding.limits import check_characters
from engine.errors import DataError, InputError
from engine.inspection.writing.copy_index import (
    GRAM,
    LONGEST_MINIMUM,
    MINIMUM_COPY,
    SHORTEST_COPY,
    CopyIndex,
    hash_grams,
    load_index,
)
from engine.inspection.writing.repetition import split_words
from engine.models.folder import LoadedModel
from engine.wording import counted

MAX_COPY_CHARACTERS = 20_000  # room for the longest text that word pieces make
LENGTHS = tuple(range(SHORTEST_COPY, LONGEST_MINIMUM + 1))
PAIRS_AT_ONCE = 2_000_000


@dataclass(frozen=True)
class Copies:
    """What of a text stands in the training text.

    Attributes:
        spans: one row per span, in order, none inside another: `start`, `stop` (positions in the text), `length`,
            `text`, `line` (of the training text, from 1), `offset` (its character there, from 0), `part` ("" where not
            known), `positions` (how often it stands there).
        longest: for each character of the text the length of the longest span it lies in, 0 outside of all.
        counted_from: position from which characters count; what lies before (the prompt) is not the network's doing.
    """

    spans: pd.DataFrame
    longest: np.ndarray
    counted_from: int = 0

    @property
    def counted(self) -> int:
        """How many characters count."""
        return len(self.longest) - self.counted_from

    def coverage(self, minimum: int = MINIMUM_COPY) -> float:
        """Return the share of the counted characters that lie in spans of at least `minimum`; nan where none counts."""
        counted = self.longest[self.counted_from :]
        return float((counted >= minimum).mean()) if len(counted) else float("nan")

    def novelty(self, minimum: int = MINIMUM_COPY) -> float:
        """Return the share of the counted characters that lie in no span of at least `minimum`."""
        return 1 - self.coverage(minimum)

    def at_least(self, minimum: int) -> pd.DataFrame:
        """Return the spans of at least `minimum` characters that reach into what is counted."""
        is_shown = (self.spans["length"] >= minimum) & (self.spans["stop"] > self.counted_from)
        return self.spans[is_shown].reset_index(drop=True)


def position_words(span: Any) -> str:  # pandas makes the row's class
    """Return in words where a row of `Copies.spans` stands in the training text."""
    part = f"{span.part}, " if span.part else ""
    others = f", and {counted(span.positions - 1, 'more place')}" if span.positions > 1 else ""
    return f"{part}line {span.line:,}{others}"


def find_copies(index: CopyIndex, text: str, counted_from: int = 0) -> Copies:
    """Return the spans of `text`, at least 12 characters long, that stand in the index' training text letter for
    letter.

    Raises:
        InputError: the text is longer than can be checked at once, or not text.
    """
    check_characters("The text", text)
    if len(text) > MAX_COPY_CHARACTERS:
        raise InputError(f"The text has {len(text):,} characters; at most {MAX_COPY_CHARACTERS:,} are checked at once.")
    starts, positions, lengths = _drop_inner(*_runs(*_pairs(index, text)))
    longest = np.zeros(len(text), dtype=np.int64)
    for position in np.argsort(lengths, kind="stable"):
        longest[starts[position] : starts[position] + lengths[position]] = lengths[position]
    spans = pd.DataFrame({"start": starts, "stop": starts + lengths, "length": lengths, "offset": positions})
    counts = spans.groupby(["start", "stop"])["offset"].transform("size")
    spans = spans.assign(positions=counts).drop_duplicates(["start", "stop"]).reset_index(drop=True)
    spans.insert(3, "text", [text[start:stop] for start, stop in zip(spans["start"], spans["stop"], strict=True)])
    spans.insert(4, "line", [index.line(position) for position in spans["offset"]])
    spans.insert(6, "part", [index.part(position) for position in spans["offset"]])
    return Copies(spans, longest, min(counted_from, len(text)))


def known_words(index: CopyIndex, text: str, counted_from: int = 0) -> float:
    """Return the share of words in `text` that the training text has, upper and lower case alike; nan where there is
    none."""
    words = split_words(text, counted_from)
    return float(index.has_words(words).mean()) if words else float("nan")


def index_of(loaded: LoadedModel) -> CopyIndex:
    """Return the index of the text that `loaded` was trained on.

    Raises:
        DataError: its card does not name the text, or there is no index of it.
    """
    corpora = loaded.info.config.get("corpora") or []
    if not corpora:
        raise DataError(
            f"The card of {loaded.info.name} does not say what text it was trained on, so copies cannot be found."
        )
    return load_index(str(corpora[0]))


def check_copies(loaded: LoadedModel, text: str, counted_from: int = 0) -> Copies:
    """Return what `text` has copied from the text that `loaded` was trained on; raises as `index_of` and
    `find_copies`."""
    return find_copies(index_of(loaded), text, counted_from)


def index_facts(loaded: LoadedModel) -> JsonObject:
    """Return what is known about the index for `loaded`: corpus, title, characters, and `unseen` and `chance` (see
    `copy_checks`)."""
    return index_of(loaded).facts


def unseen_measures(loaded: LoadedModel) -> dict[str, float]:
    """Return the means of what `Measures` holds over text that `loaded` never read; nothing where there is no index."""
    try:
        return index_facts(loaded).get("unseen", {}).get("measures", {})
    except DataError:
        return {}


def coverage_frame(copies: Copies, facts: JsonObject) -> pd.DataFrame:
    """Return for each minimum length `share` of the text in such spans, and `unseen`: the same of text the model never
    read."""
    unseen = facts.get("unseen", {}).get("coverage", [])
    frame = pd.DataFrame({"length": LENGTHS, "share": [copies.coverage(length) for length in LENGTHS]})
    return frame.assign(unseen=unseen if len(unseen) == len(LENGTHS) else np.nan)


def _pairs(index: CopyIndex, text: str) -> tuple[np.ndarray, np.ndarray]:
    """Return (position in the text, place in the training text) of equal hashes that have an equal neighbour."""
    hashes = hash_grams(text)
    counts = (index.firsts[1:] - index.firsts[:-1])[hashes]
    positions, indices = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    begin = 0
    while begin < len(hashes):
        stop = begin + max(1, int(np.searchsorted(np.cumsum(counts[begin:]), PAIRS_AT_ONCE, side="right")))
        own = counts[begin:stop]
        position = np.repeat(np.arange(begin, begin + len(own)), own)
        within = np.arange(len(position)) - np.repeat(np.cumsum(own) - own, own)
        at_index = index.order[np.repeat(index.firsts[hashes[begin:stop]], own) + within].astype(np.int64)
        keep = _agrees(index, hashes, position + 1, at_index + 1) | _agrees(index, hashes, position - 1, at_index - 1)
        positions.append(position[keep])
        indices.append(at_index[keep])
        begin = stop
    return np.concatenate(positions), np.concatenate(indices)


def _agrees(index: CopyIndex, hashes: np.ndarray, positions: np.ndarray, indices: np.ndarray) -> np.ndarray:
    inside = (positions >= 0) & (positions < len(hashes)) & (indices >= 0) & (indices < len(index.hashes))
    found = np.zeros(len(positions), dtype=bool)
    found[inside] = hashes[positions[inside]] == index.hashes[indices[inside]]
    return found


def _runs(positions: np.ndarray, indices: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return start, place and length of the stretches in which pairs go on side by side, long enough to be sure."""
    diagonal = indices - positions
    order = np.lexsort((positions, diagonal))
    positions, indices, diagonal = positions[order], indices[order], diagonal[order]
    is_first = np.ones(len(positions), dtype=bool)
    is_first[1:] = (np.diff(diagonal) != 0) | (np.diff(positions) != 1)
    firsts = np.flatnonzero(is_first)
    lengths = np.diff(firsts, append=len(positions)) + GRAM - 1
    is_long = lengths >= SHORTEST_COPY
    return positions[firsts][is_long], indices[firsts][is_long], lengths[is_long]


def _drop_inner(
    starts: np.ndarray, positions: np.ndarray, lengths: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Leave out spans that lie inside a longer one; equal ones stay, in the order of their places."""
    order = np.lexsort((positions, -lengths, starts))
    starts, positions, lengths = starts[order], positions[order], lengths[order]
    stops = starts + lengths
    is_new = np.ones(len(starts), dtype=bool)
    is_new[1:] = (np.diff(starts) != 0) | (np.diff(stops) != 0)
    furthest_before = np.maximum.accumulate(np.concatenate(([-1], stops)))[:-1]
    is_outer = (stops > furthest_before)[is_new]
    keep = is_outer[np.cumsum(is_new) - 1]  # all places of a span stay or go together
    return starts[keep], positions[keep], lengths[keep]
