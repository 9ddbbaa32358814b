"""What is measured of one text that a network wrote: variety, repetition, loops, words that exist, novelty."""

from __future__ import annotations

import math
from dataclasses import dataclass

from engine.inspection.writing.copies import find_copies, known_words
from engine.inspection.writing.copy_index import MINIMUM_COPY, CopyIndex
from engine.inspection.writing.repetition import Loop, distinct_n, find_loop, longest_repeat, repetition, split_words


@dataclass(frozen=True)
class Measures:
    """What is measured of one text; shares lie between 0 and 1 and are nan where the text has too few words.

    Attributes:
        distinct_1, distinct_2, distinct_3: the share of word n-grams that differ from one another.
        repetition: the share of groups of four words that stood there before.
        longest_repeat: the longest stretch written twice.
        loop: what is said again and again, None where nothing is.
        known_words: the share of words that the training text has, nan where its index is not here.
        novelty: the share of characters in no span of 20 or more that stands in the training text, nan likewise.
    """

    distinct_1: float
    distinct_2: float
    distinct_3: float
    repetition: float
    longest_repeat: str
    loop: Loop | None
    known_words: float
    novelty: float

    def row(self) -> dict[str, float | int | bool]:
        """Return the numbers alone, by name: stretches as their lengths in characters, loops as start and period (0:
        none)."""
        names = ("distinct_1", "distinct_2", "distinct_3", "repetition", "known_words", "novelty")
        loop = self.loop
        return {name: getattr(self, name) for name in names} | {
            "longest_repeat": len(self.longest_repeat),
            "is_loop": loop is not None,
            "loop_start": loop.start + 1 if loop else 0,
            "loop_period": loop.period if loop else 0,
        }


def measure_text(text: str, index: CopyIndex | None, start: int = 0) -> Measures:
    """Return what is measured of `text` from position `start`; the part before it (the prompt) does not count
    itself."""
    written, words = text[start:], split_words(text, start)
    return Measures(
        distinct_n(words, 1),
        distinct_n(words, 2),
        distinct_n(words, 3),
        repetition(words),
        longest_repeat(written),
        find_loop(written),
        math.nan if index is None else known_words(index, text, start),
        math.nan if index is None else find_copies(index, text, start).novelty(MINIMUM_COPY),
    )
