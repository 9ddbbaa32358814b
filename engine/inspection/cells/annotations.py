"""What can be said of each place of a text by looking at the text alone: tracks to lay beside what a network does
there.

A track is one number per character that has just been read. Yes-or-no tracks are the predicates of `predicates`; the
others are
counted here: how deep in brackets, how far into the word, the line and the sentence.

Shapes: N characters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from engine.inspection.cells.probe_labels import SENTENCE_END, label_text

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
    counted = [
        Track("bracket_depth", "Brackets open", bracket_depth(text), 0),
        Track("position_in_word", "Into the word", position_in_word(text), 0),
        Track("position_in_line", "Into the line", position_in_line(text), 0),
        Track("part_of_sentence", "Sentence read", part_of_sentence(text), 1),
    ]
    known = [
        Track(track.name, track.title, track.values, track.highest or max(1.0, float(track.values.max(initial=0))))
        for track in counted
    ]
    asked = [Track(name, title, label_text(name, text).astype(float), 1) for name, title in YES_OR_NO.items()]
    return known + asked


def bracket_depth(text: str) -> np.ndarray:
    """Return how many round or square brackets are open after each character, (N,); a blank line closes all of them."""
    depth, depths = 0, []
    for position, character in enumerate(text):
        depth += (character in "([") - (character in ")]" and depth > 0)
        depth *= text[position - 1 : position + 1] != "\n\n"
        depths.append(depth)
    return np.array(depths, dtype=float)


def position_in_word(text: str) -> np.ndarray:
    """Return how many letters of a word have been read, the one just read included, (N,); 0 between words."""
    positions = np.zeros(len(text))
    for found in _WORD.finditer(text):
        positions[found.start() : found.end()] = np.arange(1, found.end() - found.start() + 1)
    return positions


def position_in_line(text: str) -> np.ndarray:
    """Return how many characters of the line have been read, (N,); 0 at a new line."""
    positions, count = np.zeros(len(text)), 0
    for position, character in enumerate(text):
        count = 0 if character == "\n" else count + 1
        positions[position] = count
    return positions


def part_of_sentence(text: str) -> np.ndarray:
    """Return which share of its sentence, up to its full stop, exclamation or question mark, has been read at each
    character, (N,)."""
    positions = np.zeros(len(text))
    ends = [found.end() for found in SENTENCE_END.finditer(text)]
    for start, stop in zip([0, *ends], [*ends, len(text)], strict=True):
        positions[start:stop] = np.arange(1, stop - start + 1) / max(1, stop - start)
    return positions
