"""What a tagger is told about a word: its number in the list of known words, its letters, and its shape.

Shapes: B batch, T time, U distinct words of a batch, C characters.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from engine.text.normalise import PLAIN_WORDS
from engine.text.words import WordTokenizer

MAX_CHARACTERS = 20  # of a longer word the first and the last ten are read
PADDING, EDGE = 0, 1
FIRST_PRINTABLE, LAST_PRINTABLE = 33, 126
UPPER, LOWER, DIGIT, OTHER = 96, 97, 98, 99  # characters outside ASCII have no number of their own
CHARACTER_KINDS = 100
SHAPES = ("lower", "capital", "capitals", "single capital", "mixed", "number", "with digits", "punctuation", "other")


class WordFeatures(NamedTuple):
    """A batch of sentences; `spelling` (B, T) says where in the distinct words each stands.

    `word_ids` (B, T) and `lengths` (B,) are per sentence, `characters` (U, C) and `shapes` (U,) per distinct word.
    """

    word_ids: Tensor
    spelling: Tensor
    characters: Tensor
    shapes: Tensor
    lengths: Tensor


@functools.lru_cache(maxsize=100_000)
def character_ids(word: str) -> tuple[int, ...]:
    """Return the numbers of a word's characters between two edges, filled up to MAX_CHARACTERS + 2; accents are left
    out."""
    half = MAX_CHARACTERS // 2
    word = PLAIN_WORDS.read(word).text
    kept = word if len(word) <= MAX_CHARACTERS else word[:half] + word[-half:]
    numbers = [EDGE, *map(_character_id, kept), EDGE]
    return tuple(numbers + [PADDING] * (MAX_CHARACTERS + 2 - len(numbers)))


@functools.cache
def _character_id(character: str) -> int:
    plain = unicodedata.normalize("NFD", character)[0]
    if FIRST_PRINTABLE <= ord(plain) <= LAST_PRINTABLE:
        return ord(plain) - FIRST_PRINTABLE + 2
    kinds = ((str.isupper, UPPER), (str.islower, LOWER), (str.isdigit, DIGIT))
    return next((number for is_kind, number in kinds if is_kind(plain)), OTHER)


def shape_of(word: str) -> str:
    """Return how a word looks, one of SHAPES.

    Paper: Collobert et al. (2011), Natural language processing (almost) from scratch, section 3.2.2, for capitals as a
    feature.
    """
    if any(character.isdigit() for character in word):
        return "with digits" if any(character.isalpha() for character in word) else "number"
    letters = [character for character in word if character.isalpha()]
    if not letters:
        return "punctuation" if word.isascii() else "other"
    if all(letter.isupper() for letter in letters):
        return "single capital" if len(letters) == 1 else "capitals"
    if not any(letter.isupper() for letter in letters):
        return "lower" if any(letter.islower() for letter in letters) else "other"
    return "capital" if word[0].isupper() and not any(letter.isupper() for letter in letters[1:]) else "mixed"


class WordTable:
    """Everything that is known of many words, looked up once; sentences are then rows of places in it."""

    def __init__(self, tokenizer: WordTokenizer, words: Sequence[str]) -> None:
        """Look up `words`, each distinct."""
        self.positions = {word: position for position, word in enumerate(words)}
        self.word_ids = torch.tensor(tokenizer.encode_words(words))
        self.characters = torch.from_numpy(np.array([character_ids(word) for word in words], dtype=np.int64))
        self.shapes = torch.tensor([SHAPES.index(shape_of(word)) for word in words])

    def collate(self, rows: Sequence[Sequence[int]]) -> WordFeatures:
        """Return the features of sentences given as rows of places; padding repeats word 0 of the table."""
        lengths = torch.tensor([len(row) for row in rows])
        positions = torch.zeros(len(rows), int(lengths.max()), dtype=torch.long)
        for number, row in enumerate(rows):
            positions[number, : len(row)] = torch.as_tensor(row)
        distinct, spelling = positions.unique(return_inverse=True)
        characters = self.characters[distinct]
        longest = int((characters != PADDING).sum(1).max())
        return WordFeatures(self.word_ids[positions], spelling, characters[:, :longest], self.shapes[distinct], lengths)


def read_words(tokenizer: WordTokenizer, rows: Sequence[Sequence[str]]) -> WordFeatures:
    """Return the features of sentences given as rows of words, at least one in each."""
    table = WordTable(tokenizer, list(dict.fromkeys(word for row in rows for word in row)))
    return table.collate([[table.positions[word] for word in row] for row in rows])
