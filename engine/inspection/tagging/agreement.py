"""Two taggers on one text: what only one of them marked, also where they know different kinds of entities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from engine.inspection.tagging.entity_types import describe_type, types_of
from engine.inspection.tagging.predictions import Tagging

Mark = tuple[int, int, str]


@dataclass(frozen=True)
class Apart:
    """Where a second tagger parts from a first.

    Attributes:
        invented: first word, one after the last, and kind of what the second marked and the first did not, or as
            another kind.
        missed: the same of what the first marked and the second did not mark in the same way.
        shared: how many marks both have.
        unseen: how many marks of the first are of a kind the second does not know; they are not held against it.
    """

    invented: tuple[Mark, ...]
    missed: tuple[Mark, ...]
    shared: int
    unseen: int


def apart_from(first: Tagging, second: Tagging) -> Apart:
    """Return where `second` parts from `first`; kinds of different corpora are the same where both mean, say, a
    person."""
    known, others = set(types_of(first.labels)), set(types_of(second.labels))
    is_same_corpus = known == others

    def kind(name: str) -> str:
        return name if is_same_corpus else describe_type(name).coarse

    first_kinds, second_kinds = {kind(name) for name in known} - {""}, {kind(name) for name in others} - {""}
    own, found = (
        {(span.start, span.end, kind(span.type)): span.type for span in tagging.spans if kind(span.type) in kinds}
        for tagging, kinds in ((first, second_kinds), (second, first_kinds))
    )
    invented, missed = (
        tuple(sorted((*position[:2], name) for position, name in marks.items() if position not in others))
        for marks, others in ((found, own), (own, found))
    )
    return Apart(invented, missed, len(own) - len(missed), len(first.spans) - len(own))


def describe_agreement(apart: Apart, words: Sequence[str], first: str) -> str:
    """Return in a sentence how far a tagger marks what the one called `first` marks."""
    count = apart.shared + len(apart.missed)
    if not apart.invented and not apart.missed:
        said = f"Marks the same as “{first}”." if count else f"Marks as little as “{first}”: nothing of what both know."
    else:
        said = f"Has {apart.shared:,} of the {count:,} marks of “{first}”" if count else f"“{first}” marks nothing here"
        for words_before, marks in (("; not ", apart.missed), ("; of its own ", apart.invented)):
            if marks:
                said += words_before + ", ".join(
                    f"“{' '.join(words[start:end])}” ({kind})" for start, end, kind in marks
                )
        said += "."
    if apart.unseen:
        said += (
            f" {apart.unseen:,} of the marks of “{first}” "
            f"{'is of a kind' if apart.unseen == 1 else 'are of kinds'} it was never trained on."
        )
    return said


def agreement_frame(
    words: Sequence[str], taggings: Mapping[str, Tagging], labels: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Return one row per stretch of words that any tagger marked, with the kind each gave it ("" where it did not)."""
    kinds = {name: {(span.start, span.end): span.type for span in tagging.spans} for name, tagging in taggings.items()}
    positions = sorted({position for marks in kinds.values() for position in marks})
    columns = {
        (labels or {}).get(name, name): [marks.get(position, "") for position in positions]
        for name, marks in kinds.items()
    }
    return pd.DataFrame({"words": [" ".join(words[start:end]) for start, end in positions], **columns})
