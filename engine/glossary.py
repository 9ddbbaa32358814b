"""The field's words with their meanings, and how something is found by the words that a person types for it."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol, TypeVar

GLOSSARY = Path(__file__).resolve().parents[1] / "data" / "lessons" / "glossary.toml"
WORD = re.compile(r"[a-z0-9]+")
SHORTEST_STEM = 4  # letters of a word that another may go on from
WHOLE_NAME, IN_NAME, IN_ALSO, IN_SENTENCE = 100, 8, 6, 1
STOP_WORDS = frozenset("a an and are does do for how in is it of on or that the to what which with".split())


class Findable(Protocol):
    """What can be found: by its name, other words for it, and the sentence that says what it is."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def words(self) -> tuple[str, ...]:
        """What else a person may type for it."""

    @property
    def sentence(self) -> str:
        """What it is."""


F = TypeVar("F", bound=Findable)


@dataclass(frozen=True)
class Term:
    """A word of the field.

    Attributes:
        also: what else it is called. found_by: what a person may type for it besides.
        tools: those that show it, the best one first, as "PAGE/TOOL", or "PAGE" for one without tools.
        paper: where it comes from, authors and year, "" where that is nobody's.
    """

    name: str
    sentence: str
    tools: tuple[str, ...]
    also: tuple[str, ...] = ()
    found_by: tuple[str, ...] = ()
    paper: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """What else a person may type for it."""
        return self.also + self.found_by


@lru_cache(maxsize=1)
def terms() -> tuple[Term, ...]:
    """Return all terms in alphabetical order."""
    read = tomllib.loads(GLOSSARY.read_text(encoding="utf-8"))["term"]
    return tuple(
        Term(
            row["name"],
            row["meaning"],
            tuple(row["tools"]),
            tuple(row.get("also", ())),
            tuple(row.get("found_by", ())),
            row.get("paper", ""),
        )
        for row in read
    )


def search(query: str, entries: Iterable[F]) -> list[F]:
    """Return the entries with all words of `query`, or else those with the most of them, the best first: a name counts
    more than what else a thing is called, that more than its sentence. A beginning is enough ("vanish"), and an ending
    does no harm ("gates"). An empty query finds nothing."""
    asked = _words(query)
    asked = [word for word in asked if word not in STOP_WORDS] or asked
    whole = " ".join(_words(query))
    scored = [(*_score(asked, whole, entry), entry) for entry in entries]
    most = max((found for found, _, _ in scored), default=0)
    best = sorted((row for row in scored if row[0] == most > 0), key=lambda row: -row[1])
    return [entry for _, _, entry in best]


def nearest_words(query: str, entries: Sequence[Findable], most: int = 3) -> list[str]:
    """Return names, and other names, that are spelt like a query which finds nothing."""
    names = {" ".join(_words(name)): name for entry in entries for name in (*entry.words, entry.name)}
    return [names[close] for close in difflib.get_close_matches(" ".join(_words(query)), names, n=most, cutoff=0.8)]


def _score(asked: Sequence[str], whole: str, entry: Findable) -> tuple[int, int]:
    """Return how many of the words stand in an entry, and how well it fits."""
    called = [_words(name) for name in (entry.name, *entry.words)]
    places = (
        (IN_NAME, called[0]),
        (IN_ALSO, [word for words in called[1:] for word in words]),
        (IN_SENTENCE, _words(entry.sentence)),
    )
    # A word as it was typed counts more than one that is like it.
    scores = [
        max(2 * worth if word in words else worth if _has_like(words, word) else 0 for worth, words in places)
        for word in asked
    ]
    named = any(" ".join(words) == whole for words in called)
    return sum(score > 0 for score in scores), sum(scores) + WHOLE_NAME * named


def _has_like(words: Iterable[str], word: str) -> bool:
    return any(other.startswith(word) or (len(other) >= SHORTEST_STEM and word.startswith(other)) for other in words)


def _words(text: str) -> list[str]:
    return WORD.findall(text.casefold())
