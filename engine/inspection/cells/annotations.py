"""What can be said of each place of a text by looking at the text alone: tracks to lay beside what a network does
there.

A track is one number per character that has just been read. Yes-or-no tracks are predicates of `probe_labels`; the
others count: how deep in brackets, how far into the word, the line and the sentence.

Shapes: N characters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from engine.inspection.cells.probe_labels import SENTENCE_END, bracket_depth, label_text, since_newline

YES_OR_NO = {
    "inside_quotes": "In quotes",
    "word_start": "Word begins",
    "vowel": "Vowel",
    "vowel_next": "Vowel next",
    "word_end_next": "Word ends",
}
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Track:
    """One number per character, what it counts, and the largest it can be drawn as."""

    name: str
    title: str
    values: np.ndarray
    highest: float


def text_tracks(text: str) -> list[Track]:
    """Return the tracks of a text, those that are counted first."""
    counted = {
        "Brackets open": ("bracket_depth", bracket_depth(text).astype(float)),
        "Into the word": ("position_in_word", position_in_word(text)),
        "Into the line": ("position_in_line", since_newline(text).astype(float)),
    }
    known = [
        Track(name, title, values, max(1.0, float(values.max(initial=0)))) for title, (name, values) in counted.items()
    ]
    read = Track("part_of_sentence", "Sentence read", part_of_sentence(text), 1)
    asked = [Track(name, title, label_text(name, text).astype(float), 1) for name, title in YES_OR_NO.items()]
    return [*known, read, *asked]


def position_in_word(text: str) -> np.ndarray:
    """Return how many letters of a word have been read, the one just read included, (N,); 0 between words."""
    positions = np.zeros(len(text))
    for found in _WORD.finditer(text):
        positions[found.start() : found.end()] = np.arange(1, found.end() - found.start() + 1)
    return positions


def part_of_sentence(text: str) -> np.ndarray:
    """Return which share of its sentence, up to its full stop, exclamation or question mark, has been read at each
    character, (N,)."""
    positions = np.zeros(len(text))
    ends = [found.end() for found in SENTENCE_END.finditer(text)]
    for start, stop in zip([0, *ends], [*ends, len(text)], strict=True):
        positions[start:stop] = np.arange(1, stop - start + 1) / max(1, stop - start)
    return positions
