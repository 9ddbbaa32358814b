"""How a source is read: each word with its pieces, what was never seen, and whether it is in the language the network
reads.

The language is judged by counts that a person can check. Function words: short words that stand in nearly every
sentence of one language and are no words of the other. Pieces: a vocabulary learnt from two languages has most of their
words whole, and breaks those of a third into scraps. Measured on the 3,000 test sentences of Multi30k and Tatoeba with
the vocabulary of en-fr-attention: at most 0.5 % of the sentences in the right language are doubted, and 94 % to 99.9 %
of those in the other one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.decoding.limits import check_source
from engine.models.folder import LoadedModel
from engine.text.languages import language_name
from engine.text.piece_labels import BLANK, UNKNOWN, group_pieces

FUNCTION_WORDS = {
    "en": frozenset(
        "the an and of to in is are was were be been he she it his her they them their you your we this that these "
        "those with for from at by not do does did have has had will would can could should what who when where why "
        "how there which i my me if but or as".split()
    ),
    "fr": frozenset(
        "le la les un une des du de et est sont était être il elle ils elles son sa ses leur leurs vous votre nous "
        "notre ce cette ces dans avec pour sur sous par ne pas que qui quoi où quand comment je tu mon ma mes ton ta "
        "tes au aux en y se mais ou donc si plus très".split()
    ),
}
UNKNOWN_SHARE = 0.5  # of the letters: above it most of the text is one and the same unknown piece
SPLIT_SHARE = 0.6  # of the words: above it, and without a function word, it is no sentence of the source language
FEWEST_WORDS = 4  # shorter ones often have no function word in any language
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class ReadWord:
    """One word of the source as it is read.

    Attributes:
        parts: its letters, cut where the pieces are cut.
        is_seen: for each part whether training ever saw it; what it did not is read as one and the same unknown piece.
    """

    parts: tuple[str, ...]
    is_seen: tuple[bool, ...]

    @property
    def is_whole(self) -> bool:
        """Whether the vocabulary has it as one piece."""
        return len(self.parts) == 1 and all(self.is_seen)


@dataclass(frozen=True)
class SourceReading:
    """What became of a source: its words, and a sentence of doubt where it is plainly in another language ("" else)."""

    words: list[ReadWord]
    doubt: str

    @property
    def split_count(self) -> int:
        """Number of words of several pieces."""
        return sum(len(word.parts) > 1 for word in self.words)

    @property
    def unseen_count(self) -> int:
        """Number of words with a part that was never seen."""
        return sum(not all(word.is_seen) for word in self.words)


def read_source(loaded: LoadedModel, text: str) -> SourceReading:
    """Return how the network reads a sentence.

    Raises:
        InputError: the sentence is empty or too long.
    """
    check_source(text, loaded.tokenizer)
    tokenizer = loaded.tokenizer
    spans, tokens = tokenizer.spans(text), tokenizer.tokens(tokenizer.encode(text))
    words = []
    for word in group_pieces(tokens):
        pieces = list(zip(spans[word.start : word.stop], word.pieces, strict=True))
        shown = [(text[first:last].strip(), piece != UNKNOWN) for (first, last), piece in pieces if piece != BLANK]
        shown = [(part, is_seen) for part, is_seen in shown if part]
        if shown:
            words.append(ReadWord(*(tuple(column) for column in zip(*shown, strict=True))))
    info = loaded.info
    return SourceReading(words, doubts(words, text, info.source_language, info.target_language))


def source_columns(source_language: str) -> tuple[str, ...]:
    """Return what a table calls the column with sentences of a language: "fr", "french"."""
    return source_language, language_name(source_language).lower()


def doubts(words: list[ReadWord], text: str, source_language: str, target_language: str) -> str:
    """Return one sentence on why a text does not look like the language the network reads, "" where it does."""
    own = language_name(source_language)
    letters = [
        (letter, is_seen)
        for word in words
        for part, is_seen in zip(word.parts, word.is_seen, strict=True)
        for letter in part
        if letter.isalpha()
    ]
    unseen = sum(not is_seen for _, is_seen in letters)
    advice = f"It reads {own} only, so take what follows as a guess."
    if letters and unseen / len(letters) > UNKNOWN_SHARE:
        return f"{unseen} of {len(letters)} letters are in a script or form the network has never seen. {advice}"
    if source_language not in FUNCTION_WORDS or target_language not in FUNCTION_WORDS:
        return ""
    typed = [word.lower() for word in _WORD.findall(text)]
    known, foreign = (
        [word for word in typed if word in FUNCTION_WORDS[code]] for code in (source_language, target_language)
    )
    spelt = [word for word in words if any(letter.isalpha() for part in word.parts for letter in part)]
    scraps = sum(not word.is_whole for word in spelt)
    if len(typed) >= FEWEST_WORDS and not known and scraps >= SPLIT_SHARE * len(spelt):
        return (
            f"This does not look like {own}: {scraps} of its {len(spelt)} words are read as several tokens, and it has "
            f"none of the short words that most {own} sentences have. {advice}"
        )
    if len(foreign) > len(known):
        listed = ", ".join(f"“{word}”" for word in list(dict.fromkeys(foreign))[:4])
        return (
            f"This looks like {language_name(target_language)}, not {own}: {len(foreign)} of its short words are "
            f"{language_name(target_language)} ({listed}) and {len(known)} {own}. {advice}"
        )
    return ""
