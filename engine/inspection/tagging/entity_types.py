"""The kinds of entities that the taggers mark, in plain words; the corpora's own names of them are short."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class EntityType:
    """One kind of entity.

    Attributes:
        name: as in the corpus and in the tags ("per" in "B-per").
        word: one plain word for it.
        meaning: what is marked so in the corpus.
        coarse: the kind it belongs to where a corpus knows only persons, organisations and places; "" where to none.
    """

    name: str
    word: str
    meaning: str
    coarse: str = ""


# What is marked so was looked up in the training texts: "gpe" stands there on peoples and on words such as "Iraqi",
# while names of countries and cities are "geo".
_KNOWN = (
    EntityType("per", "person", "a person's name, with titles such as Mr. or President", "person"),
    EntityType("org", "organisation", "a company, party, ministry, team or other organisation", "organisation"),
    EntityType("geo", "place", "a place: a country, city, river or region", "place"),
    EntityType("gpe", "people or nation", "a people or what belongs to a country, such as French or the Americans"),
    EntityType("tim", "time", "a time: a day, month, year or hour"),
    EntityType("art", "work or product", "something made: a book, product, treaty or building; rare"),
    EntityType("eve", "event", "an event with a name: a war, a championship, a feast day; rare"),
    EntityType("nat", "natural phenomenon", "a storm, virus or disease with a name; very rare"),
    EntityType("PER", "person", "a person's name, without titles", "person"),
    EntityType("ORG", "organisation", "a company, party, team or other organisation", "organisation"),
    EntityType("LOC", "place", "a place: a country, city, river or region", "place"),
)
TYPES = {kind.name: kind for kind in _KNOWN}


def describe_type(name: str) -> EntityType:
    """Return what is known about the kind `name`; one that is not known is called by its name."""
    return TYPES.get(name) or EntityType(name, name, "a kind of entity this page has no words for", name.lower())


def as_known(tags: Iterable[str], labels: Iterable[str]) -> list[str]:
    """Return tags of another corpus in the words of a tagger's `labels`: a kind it does not know by that name is the
    one of its own that means the same (a person, say), or nothing ("O")."""
    known = types_of(labels)
    same = {describe_type(name).coarse: name for name in known if describe_type(name).coarse}

    def kind(name: str) -> str:
        return name if name in known else same.get(describe_type(name).coarse, "")

    return [f"{tag[:2]}{kind(tag[2:])}" if "-" in tag and kind(tag[2:]) else "O" for tag in tags]


def types_of(labels: Iterable[str]) -> list[str]:
    """Return the kinds in a tagger's tags ("O", "B-per", "I-per", ...), those known here first and in their order."""
    names = {label.split("-", 1)[1] for label in labels if "-" in label}
    return [name for name in TYPES if name in names] + sorted(names - set(TYPES))
