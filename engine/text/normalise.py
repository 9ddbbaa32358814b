"""The one normaliser: a text as typed becomes what a vocabulary can read, and every character keeps its place.

What a vocabulary has stays as it is. What it lacks becomes an equivalent that it has, where there is one: white space a
blank, “ a straight quotation mark, — two hyphens or one, ﬁ its letters, é an e; characters that nobody sees are left
out, HTML's references (&quot;) are what they stand for. Nothing is listed per model: all is asked of the vocabulary.
"""

from __future__ import annotations

import functools
import html
import re
import string
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from html.entities import html5

BLANK = " "
LINE_FEED = "\n"
_QUOTES = ('"', "''", "'")
_SINGLE = ("'", "`", '"')
# What may stand for a character, best first; the first that the vocabulary has whole is taken.
EQUIVALENTS: dict[str, tuple[str, ...]] = (
    {character: _QUOTES for character in '"“”„‟″«»＂〝〞'}
    | {character: _SINGLE for character in "'’‘‚‛ʼ′`´‹›＇"}
    | {character: ("-", "--") for character in "‐‑‒–−﹣－"}
    | {character: ("--", "-") for character in "—―⸺"}
    | {"…": ("...",), "‥": ("..",), "•": ("-",), "·": ("-",), "‽": ("?!", "?"), "⁄": ("/",), "×": ("x",)}
    | {"œ": ("oe",), "Œ": ("Oe",), "æ": ("ae",), "Æ": ("Ae",), "ß": ("ss",), "ø": ("o",), "Ø": ("O",)}
    | {"ł": ("l",), "Ł": ("L",), "đ": ("d",), "Đ": ("D",), "ð": ("d",), "þ": ("th",), "ı": ("i",)}
)
LIGATURES = {"oe": "œ", "OE": "Œ", "Oe": "Œ", "ae": "æ", "AE": "Æ", "Ae": "Æ"}
LINE_ENDS = "\r\v\f\x85\u2028\u2029"

_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
# Where French joins them: "cœur", "œil", "fœtus"; "Joe", "poet" and "coexister" stay.
_LIGATURE = re.compile(r"(?:\b|(?<=[fF]))oe(?=\w)|oe(?=u)|\bO[eE](?=\w)|OE(?=U)|ae|A[eE]")
_WORD = re.compile(r"[^\W\d_]+")
_TITLED = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
FEWEST_SHOUTED = 2  # words in capitals; a single one may be an abbreviation
FEWEST_SMALL = 3  # words in small letters; fewer may be a part of a sentence


@dataclass(frozen=True)
class ReadText:
    """A text as it is read.

    Attributes:
        typed, text: before and after.
        starts, ends: for each character of `text`, where in `typed` that begins and ends for which it stands; None
            where the two are the same.
    """

    typed: str
    text: str
    starts: tuple[int, ...] | None = None
    ends: tuple[int, ...] | None = None

    @property
    def is_changed(self) -> bool:
        """Whether something else is read than what was typed; blanks around it do not count."""
        return self.text.strip() != self.typed.strip()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the place in what was typed of the characters [start, end) that are read."""
        if self.starts is None or self.ends is None:
            return start, end
        if start >= end:
            place = self.starts[start] if start < len(self.starts) else len(self.typed)
            return place, place
        return self.starts[start], self.ends[end - 1]


class Normaliser:
    """Reads texts for one vocabulary.

    Args:
        characters: those that the vocabulary has, the blank among them.
        has_letters: whether letters of any kind and white space stay: for words that are looked up whole.
        joins_blanks: whether several blanks are one and none stands at the ends: for single sentences.
        titles_shouted: whether a line in capitals is read as a headline, each word with one capital: for networks that
            look at the case of words which they know without it.
        count_pieces: how many pieces the vocabulary spells a text with, where it has whole words in their own case and
            spelling: of two spellings that mean the same it then reads the one with fewer.
    """

    def __init__(
        self,
        characters: Iterable[str],
        *,
        has_letters: bool = False,
        joins_blanks: bool = False,
        titles_shouted: bool = False,
        count_pieces: Callable[[str], int] | None = None,
    ) -> None:
        self.characters = frozenset(characters)
        self.has_letters, self.joins_blanks, self.count_pieces = has_letters, joins_blanks, count_pieces
        self.titles_shouted = titles_shouted
        known = "".join(map(re.escape, sorted(self.characters)))
        strange = r"[^\w\s" + known + "]|[^\x00-\x7f]" if has_letters else f"[^{known}]"
        blanks = "|^ | $|  " if joins_blanks else ""
        self._looked_for = re.compile(f"{strange}|{_REFERENCE.pattern}{blanks}")

    def read(self, text: str) -> ReadText:
        """Return the text as it is read."""
        found = self._map(text) if self._looked_for.search(text) else ReadText(text, text)
        if self.titles_shouted:
            return _title(found)
        return self._respell(found) if self.count_pieces else found

    def knows(self, text: str) -> bool:
        """Return whether the vocabulary has every character of a text."""
        return all(self._knows(character) for character in text)

    def _knows(self, character: str) -> bool:
        if character in self.characters:
            return True
        if not self.has_letters:
            return False
        return character.isspace() or (
            character.isalnum() and unicodedata.normalize("NFKC", character) == character and not _is_digit(character)
        )

    def _map(self, text: str) -> ReadText:
        parts: list[tuple[str, int, int]] = []
        for part, start, end in self._parts(text):
            if part == BLANK and self.joins_blanks and (not parts or parts[-1][0] == BLANK):
                continue
            parts.append((part, start, end))
        if self.joins_blanks and parts and parts[-1][0] == BLANK:
            parts.pop()
        starts, ends = [], []
        for part, start, end in parts:
            # Of three points that stand for one character the first has its place, the others are empty behind it.
            starts += [start, *[end] * (len(part) - 1)]
            ends += [end] * len(part)
        return ReadText(text, "".join(part for part, _, _ in parts), tuple(starts), tuple(ends))

    def _parts(self, text: str) -> Iterator[tuple[str, int, int]]:
        """Yield what is read for each stretch of a text, with the stretch's place."""
        place = 0
        while place < len(text):
            end = place + 1
            reference = _REFERENCE.match(text, place) if text[place] == "&" else None
            if reference and (reference.group()[1] == "#" or reference.group()[1:] in html5):
                end = reference.end()
                meant = html.unescape(reference.group())
                yield "".join(self._equivalent(character) for character in meant), place, end
            else:
                while end < len(text) and unicodedata.category(text[end]) in ("Mn", "Mc"):
                    end += 1
                yield from self._cluster(text, place, end)
            place = end

    def _cluster(self, text: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
        """Yield a character with the accents that were typed behind it."""
        composed = unicodedata.normalize("NFC", text[start:end])
        if end - start == 1 < len(composed):  # a character that is never composed again, as a Devanagari qa
            composed = text[start]
        if len(composed) == 1:
            found = self._equivalent(composed, text[end : end + 1])
            if found:
                yield found, start, end
            return
        base = self._equivalent(composed[0])
        if base:
            yield base, start, start + 1
        for place in range(start + 1, end):
            if self._knows(text[place]):
                yield text[place], place, place + 1

    def _equivalent(self, character: str, following: str = "") -> str:
        """Return what is read for a character: itself, what stands for it, "" for what nobody sees."""
        if self._knows(character):
            return character
        if character == "\r" and following == LINE_FEED:
            return ""
        if character.isspace() or character in LINE_ENDS:
            return LINE_FEED if character in LINE_ENDS and LINE_FEED in self.characters else BLANK
        if unicodedata.category(character) in ("Cf", "Cc", "Mn", "Me"):
            return ""
        return next((stands for stands in _candidates(character) if stands and self.knows(stands)), character)

    def _respell(self, read: ReadText) -> ReadText:
        """Return the text with capitals and ligatures as the vocabulary has them."""
        cased = self._recase(read.text, read.text.isupper() or read.typed.isupper())
        if cased != read.text:
            read = ReadText(read.typed, cased, read.starts, read.ends)
        return self._join_ligatures(read) if _LIGATURE.search(cased) else read

    def _join_ligatures(self, read: ReadText) -> ReadText:
        """Return the text with œ where French has it and its word then takes no more pieces: "bœuf" takes as many as
        "boeuf"."""
        assert self.count_pieces is not None
        text, places = read.text, list(range(len(read.text) + 1))
        for word in reversed(list(_WORD.finditer(text))):
            joined = _LIGATURE.sub(lambda found: LIGATURES[found.group()], word.group())
            if joined == word.group() or not self.knows(joined):
                continue
            if self.count_pieces(joined) <= self.count_pieces(word.group()):  # the corpus has it so
                for found in reversed(list(_LIGATURE.finditer(text, word.start(), word.end()))):
                    del places[found.start() + 1]
                text = text[: word.start()] + joined + text[word.end() :]
        if text == read.text:
            return read
        stretches = [read.span(start, end) for start, end in zip(places, places[1:], strict=False)]
        return ReadText(read.typed, text, tuple(start for start, _ in stretches), tuple(end for _, end in stretches))

    def _recase(self, text: str, is_upper: bool) -> str:
        """Return a line in capitals, or in small letters alone, as a sentence is written; the length stays.

        Each word is spelled as the vocabulary has it with the fewest pieces: "NEW YORK" is "New York", "DOG" is "dog".
        """
        assert self.count_pieces is not None
        words = list(_WORD.finditer(text))
        is_shouted = is_upper and _is_line(words)
        is_small = text.islower() and len(words) >= FEWEST_SMALL
        if not (is_shouted or is_small):
            return text
        letters = list(text)
        for position, word in enumerate(words):
            low = _lowered(word.group())
            tall = low[0].upper() + low[1:]
            before = text[: word.start()]
            if low == "i" or not any(map(str.isalnum, before)) or (position and before.rstrip()[-1:] in ".!?"):
                spelled = tall
            else:
                spelled = min((low, tall), key=self.count_pieces)
            if len(spelled) == len(low) and self.knows(spelled):
                letters[word.start() : word.end()] = spelled
        cased = "".join(letters)
        return cased if self.count_pieces(cased) <= self.count_pieces(text) else text


# For words that are looked up whole: typewriter's characters, and letters of any kind.
PLAIN_WORDS = Normaliser(
    [character for character in string.printable if not character.isspace()] + [BLANK], has_letters=True
)
# For taggers. Measured on validation sentences of ner_ewt and ner_gmb, put into capitals: F1 46.9 becomes 54.0 and 45.4
# becomes 56.1. A line in small letters stays: its F1 would rise as well (from 23.7 and 47.6 to the same), but 4 and 43
# in 100 of the lines without an entity would then be marked, and as they are none is.
HEADLINE_WORDS = Normaliser(PLAIN_WORDS.characters, has_letters=True, titles_shouted=True)


def _title(read: ReadText) -> ReadText:
    """Return a line in capitals with one capital to each word, any other as it is; the length stays."""
    words = list(_WORD.finditer(read.text))
    if not (read.text.isupper() or read.typed.isupper()) or not _is_line(words):
        return read
    titled = _TITLED.sub(lambda word: word.group()[0] + _lowered(word.group()[1:]), read.text)
    return ReadText(read.typed, titled, read.starts, read.ends)


def _is_line(words: Sequence[re.Match[str]]) -> bool:
    """Return whether words in capitals are a line that is shouted, and not an abbreviation."""
    return len(words) >= FEWEST_SHOUTED and any(len(word.group()) > 2 for word in words)


def _lowered(text: str) -> str:
    """Return a text in small letters, as long as it was."""
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)


@functools.lru_cache(maxsize=4096)
def _candidates(character: str) -> tuple[str, ...]:
    """Return what may stand for a character, best first."""
    found = [*EQUIVALENTS.get(character, ())]
    compatible = unicodedata.normalize("NFKC", character)
    if compatible != character:
        found += [compatible, "".join(EQUIVALENTS.get(part, (part,))[0] for part in compatible)]
    if _is_digit(character):
        found.append(str(unicodedata.decimal(character)))
    if character.lower() != character:
        found.append(character.lower())
    found.append("".join(part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part)))
    return tuple(stands for stands in found if stands != character and not any(map(str.isspace, stands)))


def _is_digit(character: str) -> bool:
    """Return whether a character is a digit of another script than ours."""
    return character.isdecimal() and character not in string.digits
