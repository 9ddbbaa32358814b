"""Sub-word pieces as a person reads them: which of them make one word, and how each is shown."""

from __future__ import annotations

import itertools
import string
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.text.base import EOS, UNK
from engine.text.bpe import WORD_MARK

CONTINUES = "\N{MIDDLE DOT}"
UNKNOWN = "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}?\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"
BLANK = "\N{OPEN BOX}"
END = "(end)"
INSIDE_WORDS = ("'", "\N{RIGHT SINGLE QUOTATION MARK}", "-")  # l'herbe, don't, T-shirt are one word each
_SPECIAL = {UNK: UNKNOWN, EOS: END}


@dataclass(frozen=True)
class Word:
    """One word or punctuation mark and the run of pieces [start, stop) it is made of."""

    text: str
    pieces: tuple[str, ...]
    start: int
    stop: int

    @property
    def is_split(self) -> bool:
        """Whether the vocabulary has no piece for the whole word; the blank before a mark is not counted."""
        return len([piece for piece in self.pieces if piece != BLANK]) > 1

    @property
    def is_unknown(self) -> bool:
        """Whether some of it was never seen in training."""
        return UNKNOWN in self.pieces


def group_pieces(tokens: Sequence[str]) -> list[Word]:
    """Return the words that byte-pair `tokens` spell; tokens without word marks are words already."""
    shown = display_pieces(tokens)
    words = []
    starts = [i for i, is_start in enumerate(_word_starts(tokens)) if is_start]
    for start, stop in itertools.pairwise([*starts, len(tokens)]):
        pieces = tuple(piece.removeprefix(CONTINUES) for piece in shown[start:stop])
        words.append(Word("".join(pieces).removeprefix(BLANK) or BLANK, pieces, start, stop))
    return words


def display_pieces(tokens: Sequence[str]) -> list[str]:
    """Return `tokens` as labels: a middle dot begins a piece that continues a word, blank marks are gone."""
    labels = []
    previous = ""
    for token, is_start in zip(tokens, _word_starts(tokens), strict=True):
        text = _SPECIAL.get(token) or token.removeprefix(WORD_MARK) or BLANK
        is_bare = is_start or token in _SPECIAL or previous == WORD_MARK
        labels.append(text if is_bare else CONTINUES + text)
        previous = token
    return labels


def _word_starts(tokens: Sequence[str]) -> Iterator[bool]:
    """Yield for each piece whether it begins a word: after a blank, and at punctuation not inside words."""
    has_marks = any(token.startswith(WORD_MARK) for token in tokens)
    previous = ""
    for token in tokens:
        after_blank = previous == WORD_MARK  # the blank alone is a piece: what follows it belongs to the same word
        is_mark = _is_punctuation(token) or _is_punctuation(previous)
        yield not previous or not has_marks or token.startswith(WORD_MARK) or (is_mark and not after_blank)
        previous = token


def _is_punctuation(token: str) -> bool:
    bare = token.removeprefix(WORD_MARK)
    if not bare or token == UNK or bare in INSIDE_WORDS:
        return False
    return all(character in string.punctuation or unicodedata.category(character).startswith("P") for character in bare)
