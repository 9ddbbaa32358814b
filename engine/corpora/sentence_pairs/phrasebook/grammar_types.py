"""The small types that every part of the grammar shares."""

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple


class Pair(NamedTuple):
    """An English text and the French text that translates it."""

    en: str
    fr: str


NOTHING = Pair("", "")


class Tense(Enum):
    """The English tenses in use; French writes the first two with the same present."""

    PRESENT = "simple present"
    PROGRESSIVE = "present progressive"
    PAST = "simple past / passé composé"
    FUTURE = "going to / futur proche"


@dataclass(frozen=True)
class Phrase:
    """A noun phrase or pronoun in both languages with what agreement needs to know."""

    en: str
    fr: str
    gender: str
    is_plural: bool = False
    person: int = 3
    is_pronoun: bool = False


def together(*parts: Pair | Phrase) -> Pair:
    """Return the texts one after the other."""
    return Pair(" ".join(part.en for part in parts), " ".join(part.fr for part in parts))


@dataclass(frozen=True)
class Noun:
    """A noun with its four written forms, its French gender and the group it was listed in."""

    en: str
    en_plural: str
    fr: str
    fr_plural: str
    gender: str
    kind: str

    def form(self, is_plural: bool) -> Pair:
        """Return its singular or its plural in both languages."""
        return Pair(self.en_plural, self.fr_plural) if is_plural else Pair(self.en, self.fr)


@dataclass(frozen=True)
class Adjective:
    """An adjective; `fr` holds masculine, feminine and their plurals, `fr_vowel` the form bel, vieil, nouvel."""

    en: str
    fr: tuple[str, str, str, str]
    kinds: frozenset[str]
    is_before_noun: bool = False
    fr_vowel: str = ""

    def agree(self, gender: str, is_plural: bool) -> str:
        """Return the French form for `gender` and number, as used after a noun or after être."""
        return self.fr[(gender == "f") + 2 * is_plural]
