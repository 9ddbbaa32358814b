"""How much a text repeats itself: distinct n-grams, what is said again, the longest stretch written twice, loops.

Papers: Li et al. (2016), arXiv 1510.03055, section 5 (distinct-n); Welleck et al. (2020), arXiv 1908.04319, section 6
(the share of repeated 4-grams, "seq-rep-4").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

WORD = re.compile(r"[^\W\d_]+(?:['\N{RIGHT SINGLE QUOTATION MARK}-][^\W\d_]+)*")
REPEATED_WORDS = 4  # of the n-grams that `repetition` counts
FEWEST_REPEATED_CHARACTERS = 20  # below, a verse's rhyme or "ha, ha, ha" would be called a loop


def split_words(text: str, start: int = 0) -> list[str]:
    """Return the words of `text` in lower case, from position `start`; a word the text's end or `start` may cut is left
    out."""
    found = WORD.finditer(text)
    return [word.group().lower() for word in found if word.start() >= start and word.end() < len(text)]


def distinct_n(words: Sequence[str], n: int) -> float:
    """Return the share of n-grams of `words` that are different from one another (0 to 1); nan where there is none."""
    grams = list(_grams(words, n))
    return len(set(grams)) / len(grams) if grams else float("nan")


def repetition(words: Sequence[str], n: int = REPEATED_WORDS) -> float:
    """Return the share of n-grams of `words` that stood there before (0 to 1); nan where there is none."""
    return 1 - distinct_n(words, n)


def longest_repeat(text: str) -> str:
    """Return the longest stretch of `text` that stands in it twice without overlapping; "" where nothing does."""
    shortest, longest = 0, len(text) // 2  # if one of length L is there twice, so is one of L - 1: search by halving
    found = ""
    while shortest < longest:
        length = (shortest + longest + 1) // 2
        repeated = _repeated(text, length)
        if repeated is None:
            longest = length - 1
        else:
            shortest, found = length, repeated
    return found


@dataclass(frozen=True)
class Loop:
    """A stretch of a text that says the same again and again.

    Attributes:
        start: position of its first character.
        period: characters from one time to the next.
        length: characters from its start to its end; the last time may be cut off.
        unit: what is said again and again.
        reaches_end: whether it goes on to the end of the text, as far as that was written.
    """

    start: int
    period: int
    length: int
    unit: str
    reaches_end: bool

    @property
    def times(self) -> float:
        """How often the same is said."""
        return self.length / self.period


def find_loop(text: str, fewest: int = FEWEST_REPEATED_CHARACTERS) -> Loop | None:
    """Return the longest stretch of `text` that equals itself one period later, None where there is no loop.

    It counts where the same is said at least three times in direct succession, or twice up to the end of the text, and
    at least `fewest` characters are repeated. Of equally long ones the shortest period is taken: what repeats every 5
    characters repeats every 10 as well.
    """
    codes = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
    best: tuple[int, int, int] | None = None  # length, start, period
    for period in range(1, len(codes) // 2 + 1):
        start, repeated = _longest_run(codes[period:] == codes[:-period])
        times = 2 if start + repeated + period == len(codes) else 3
        if repeated >= max((times - 1) * period, fewest) and (best is None or repeated + period > best[0]):
            best = repeated + period, start, period
    if best is None:
        return None
    length, start, period = best
    return Loop(start, period, length, text[start : start + period], start + length == len(text))


def _grams(words: Sequence[str], n: int) -> Iterator[tuple[str, ...]]:
    return zip(*(words[position:] for position in range(n)), strict=False)


def _repeated(text: str, length: int) -> str | None:
    """Return the first stretch of `length` characters that stands later in `text` again, not overlapping itself."""
    first: dict[str, int] = {}
    for start in range(len(text) - length + 1):
        stretch = text[start : start + length]
        if start - first.setdefault(stretch, start) >= length:
            return stretch
    return None


def _longest_run(is_equal: np.ndarray) -> tuple[int, int]:
    """Return start and length of the longest run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], is_equal, [False])).astype(np.int8)))
    starts, lengths = edges[::2], edges[1::2] - edges[::2]
    if not len(starts):
        return 0, 0
    longest = int(lengths.argmax())
    return int(starts[longest]), int(lengths[longest])
