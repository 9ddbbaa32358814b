"""What a unit might be a detector of: yes-or-no questions about a place in a text, answered from the text alone.

A place is a character that has just been read. Each predicate is one function: text (T characters) -> boolean array
(T,). `needs` says what a reader must have to answer: "the character" just read, "memory" of what came before, or
"foresight" of what comes next, which nobody can have for certain.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

from engine.registry import Registry

Predicate = Callable[[str], np.ndarray]

PREDICATES: Registry[Predicate] = Registry("predicate")

NEEDS = {"character": "the character just read", "memory": "memory", "foresight": "foresight"}
VOWELS = "aeiouAEIOU"
PUNCTUATION = ".,;:!?"
SPEAKER = re.compile(r"^[A-Z][A-Z '-]*:", re.MULTILINE)
SENTENCE_END = re.compile(r"[.!?]")
SOON = 10  # characters; "soon" in the questions below


def label_text(name: str, text: str) -> np.ndarray:
    """Return the answers to the predicate called `name` at every character of `text`, (T,) of bool."""
    return PREDICATES.get(name)(text)


# Memory: what came before.


@PREDICATES.register("inside_quotes", title="Inside quotation marks", needs="memory")
def inside_quotes(text: str) -> np.ndarray:
    """Between an opening double quotation mark and its closing one; a blank line closes any that was left open."""
    inside, answers = False, []
    for position, character in enumerate(text):
        if character == '"':
            inside = not inside
        elif character in "\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}":
            inside = character == "\N{LEFT DOUBLE QUOTATION MARK}"
        elif text[position - 1 : position + 1] == "\n\n":
            inside = False
        answers.append(inside)
    return np.array(answers, dtype=bool)


@PREDICATES.register("inside_brackets", title="Inside brackets", needs="memory")
def inside_brackets(text: str) -> np.ndarray:
    """Between an opening round or square bracket and the one that closes it; a blank line closes any that was left
    open."""
    return bracket_depth(text) > 0


@PREDICATES.register("speaker_name", title="In a speaker's name", needs="memory")
def speaker_name(text: str) -> np.ndarray:
    """In a name in capitals at the beginning of a line, up to the colon after it."""
    return _inside(text, SPEAKER)


@PREDICATES.register("first_line_of_speech", title="In a speech's first line", needs="memory")
def first_line_of_speech(text: str) -> np.ndarray:
    """In the line that follows a line with a speaker's name alone."""
    return _inside(text, re.compile(r"(?<=:\n)[^\n]+")) & ~speaker_name(text)


@PREDICATES.register("early_in_line", title="Among a line's first five characters", needs="memory")
def early_in_line(text: str) -> np.ndarray:
    """At most five characters after a new line."""
    return (since_newline(text) >= 1) & (since_newline(text) <= 5)


@PREDICATES.register("late_in_line", title="Late in the line", needs="memory")
def late_in_line(text: str) -> np.ndarray:
    """Further from the last new line than half of all characters of this text are."""
    since = since_newline(text)
    return since > np.median(since) if len(since) else np.zeros(0, bool)


@PREDICATES.register("line_over_fifty", title="Over 50 characters into a line", needs="memory")
def line_over_fifty(text: str) -> np.ndarray:
    """More than fifty characters after the last new line."""
    return since_newline(text) > 50


@PREDICATES.register("first_word_of_line", title="In the first word of a line", needs="memory")
def first_word_of_line(text: str) -> np.ndarray:
    """In the letters that begin a line."""
    return _inside(text, re.compile(r"^[A-Za-z']+", re.MULTILINE))


@PREDICATES.register("word_start", title="At a word's first letter", needs="memory")
def word_start(text: str) -> np.ndarray:
    """A letter with no letter before it."""
    return _letters(text) & ~_shifted(_letters(text), 1)


@PREDICATES.register("deep_in_word", title="Five letters or more into a word", needs="memory")
def deep_in_word(text: str) -> np.ndarray:
    """The fifth or a later letter of a word: this word is a long one."""
    return _inside(text, re.compile(r"(?<=[A-Za-z]{4})[A-Za-z]"))


@PREDICATES.register("doubled_letter", title="At the second of two equal letters", needs="memory")
def doubled_letter(text: str) -> np.ndarray:
    """A letter that is the same as the one before it."""
    return _inside(text, re.compile(r"(?<=([A-Za-z]))\1"))


@PREDICATES.register("sentence_start", title="At the beginning of a sentence", needs="memory")
def sentence_start(text: str) -> np.ndarray:
    """At most ten characters after a full stop, exclamation or question mark."""
    return _near(np.flatnonzero(_inside(text, SENTENCE_END)), len(text), after=SOON)


# The character just read.


@PREDICATES.register("word_boundary", title="Between words", needs="character")
def word_boundary(text: str) -> np.ndarray:
    """What was just read is no letter: a blank, a new line, punctuation."""
    return ~_letters(text)


@PREDICATES.register("upper_case", title="At a capital letter", needs="character")
def upper_case(text: str) -> np.ndarray:
    """What was just read is a capital letter."""
    return _among(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")


@PREDICATES.register("vowel", title="At a vowel", needs="character")
def vowel(text: str) -> np.ndarray:
    """What was just read is a, e, i, o or u."""
    return _among(text, VOWELS)


@PREDICATES.register("digit", title="At a digit", needs="character")
def digit(text: str) -> np.ndarray:
    """What was just read is a digit."""
    return _among(text, "0123456789")


# Foresight: what comes next.


@PREDICATES.register("vowel_next", title="A vowel comes next", needs="foresight")
def vowel_next(text: str) -> np.ndarray:
    """The next character is a, e, i, o or u."""
    return _shifted(vowel(text), -1)


@PREDICATES.register("word_end_next", title="The word ends here", needs="foresight")
def word_end_next(text: str) -> np.ndarray:
    """A letter was just read and no letter follows."""
    return _letters(text) & ~_shifted(_letters(text), -1)


@PREDICATES.register("punctuation_next", title="Punctuation comes next", needs="foresight")
def punctuation_next(text: str) -> np.ndarray:
    """The next character is one of . , ; : ! ?"""
    return _shifted(_among(text, PUNCTUATION), -1)


@PREDICATES.register("newline_soon", title="The line ends soon", needs="foresight")
def newline_soon(text: str) -> np.ndarray:
    """A new line comes within the next ten characters."""
    return _near(np.flatnonzero(_among(text, "\n")), len(text), before=SOON)


@PREDICATES.register("sentence_end_soon", title="The sentence ends soon", needs="foresight")
def sentence_end_soon(text: str) -> np.ndarray:
    """A full stop, exclamation or question mark comes within the next ten characters."""
    return _near(np.flatnonzero(_inside(text, SENTENCE_END)), len(text), before=SOON)


def bracket_depth(text: str) -> np.ndarray:
    """Return how many round or square brackets are open after each character, (T,); a blank line closes all of them."""
    depth, depths = 0, []
    for position, character in enumerate(text):
        depth += (character in "([") - (character in ")]" and depth > 0)
        depth *= text[position - 1 : position + 1] != "\n\n"
        depths.append(depth)
    return np.array(depths, dtype=int)


def _among(text: str, characters: str) -> np.ndarray:
    return np.fromiter((character in characters for character in text), dtype=bool, count=len(text))


def _letters(text: str) -> np.ndarray:
    return np.fromiter((character.isalpha() for character in text), dtype=bool, count=len(text))


def _inside(text: str, pattern: re.Pattern[str]) -> np.ndarray:
    answers = np.zeros(len(text), dtype=bool)
    for found in pattern.finditer(text):
        answers[found.start() : found.end()] = True
    return answers


def _shifted(answers: np.ndarray, steps: int) -> np.ndarray:
    """Return the answers `steps` places earlier in the text, False where there is no such place."""
    moved = np.zeros_like(answers)
    if steps > 0:
        moved[steps:] = answers[:-steps]
    else:
        moved[:steps] = answers[-steps:]
    return moved


def _near(positions: np.ndarray, size: int, before: int = 0, after: int = 0) -> np.ndarray:
    """Return True at 1 to `before` characters before, and 1 to `after` characters behind, any of `positions`."""
    answers = np.zeros(size, dtype=bool)
    for step in (*range(-before, 0), *range(1, after + 1)):
        moved = positions + step
        answers[moved[(moved >= 0) & (moved < size)]] = True
    return answers


def since_newline(text: str) -> np.ndarray:
    """Return how many characters after the last new line (or the text's beginning) each one stands; 0 at a new line."""
    positions = np.arange(len(text))
    is_newline = _among(text, "\n")
    last = np.maximum.accumulate(np.where(is_newline, positions, -1)) if len(text) else positions
    return positions - last
