"""Two taggers on one text: what only one of them marked, also where they know different kinds of entities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from engine.inspection.entity_types import describe_type, types_of
from engine.inspection.tagging import Tagging

Mark = tuple[int, int, str]


@dataclass(frozen=True)
class Apart:
    """Where a second tagger parts from a first.

    Attributes:
        invented: (first word, one after the last) of what the second marked and the first did not, or as another kind.
        missed: what the first marked and the second did not mark in the same way: first word, one after the last, the first's kind.
        shared: how many marks both have.
        unseen: how many marks of the first are of a kind the second does not know; they are not held against it.
    """

    invented: tuple[tuple[int, int], ...]
    missed: tuple[Mark, ...]
    shared: int
    unseen: int


def apart_from(first: Tagging, second: Tagging) -> Apart:
    """Return where `second` parts from `first`; kinds of different corpora are the same where both mean, say, a person."""
    known, others = set(types_of(first.labels)), set(types_of(second.labels))
    is_same_corpus = known == others

    def kind(name: str) -> str:
        return name if is_same_corpus else describe_type(name).coarse

    first_kinds, second_kinds = {kind(name) for name in known} - {""}, {kind(name) for name in others} - {""}
    own = {(span.start, span.end, kind(span.type)): span.type for span in first.spans if kind(span.type) in second_kinds}
    found = {(span.start, span.end, kind(span.type)) for span in second.spans if kind(span.type) in first_kinds}
    invented = tuple(sorted((start, end) for start, end, _ in found - set(own)))
    missed = tuple(sorted((start, end, own[start, end, name]) for start, end, name in set(own) - found))
    return Apart(invented, missed, len(found & set(own)), len(first.spans) - len(own))


def describe_agreement(apart: Apart, words: Sequence[str], first: str) -> str:
    """Return in a sentence how far a tagger marks what the one called `first` marks."""
    if not apart.invented and not apart.missed:
        said = f"Marks the same as “{first}”." if apart.shared else f"Marks as little as “{first}”: nothing that both know."
    else:
        said = f"{apart.shared:,} marks as “{first}” has them"
        if apart.missed:
            listed = ", ".join(f"“{' '.join(words[start:end])}” ({kind})" for start, end, kind in apart.missed)
            said += f"; not its {listed}"
        if apart.invented:
            said += "; its own: " + ", ".join(f"“{' '.join(words[start:end])}”" for start, end in apart.invented)
        said += "."
    if apart.unseen:
        said += f" {apart.unseen:,} of the marks of “{first}” are of kinds it was never taught."
    return said


def agreement_frame(words: Sequence[str], taggings: Mapping[str, Tagging], labels: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Return one row per stretch of words that any tagger marked, with the kind each gave it ("" where it did not)."""
    kinds = {name: {(span.start, span.end): span.type for span in tagging.spans} for name, tagging in taggings.items()}
    places = sorted({place for marks in kinds.values() for place in marks})
    columns = {(labels or {}).get(name, name): [marks.get(place, "") for place in places] for name, marks in kinds.items()}
    return pd.DataFrame({"words": [" ".join(words[start:end]) for start, end in places], **columns})
