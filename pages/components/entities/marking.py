"""Text with its entities marked, as Markdown that wraps anywhere: a tint per kind, and always the kind's name beside
the words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from engine.inspection.tagging.entity_types import describe_type
from pages.components.drawing.notices import plain

if TYPE_CHECKING:
    from engine.inspection.tagging.predictions import Span, WordSpan

# Markdown's named colours. They help the eye only: the kind's name stands inside every mark.
_TINTS = {
    "per": "violet",
    "org": "orange",
    "geo": "green",
    "gpe": "yellow",
    "tim": "gray",
    "art": "primary",
    "eve": "red",
    "nat": "blue",
    "loc": "green",
}
DIFFERS = "\N{NOT EQUAL TO}"
NO_MARK = "no mark"

Place = tuple[int, int]


def marked_text(
    text: str,
    positions: Sequence[WordSpan],
    spans: Iterable[Span],
    differs: Iterable[Place] = (),
    left: Iterable[Place] = (),
) -> str:
    """Return `text` as Markdown, letter for letter, with a mark over each span of words.

    Args:
        positions: the words of `text`; a span names its first word and the one after its last.
        differs: spans, as (first, after the last), that carry a ≠ as well.
        left: words that another network marks; where no span covers any of them, they stand between ≠ and "no mark".
    """
    apart = set(differs)
    marks = [
        (span.start, span.end, span.type, f"{DIFFERS} " if (span.start, span.end) in apart else "") for span in spans
    ]
    covered = {position for start, end, *_ in marks for position in range(start, end)}
    for start, end in left:
        if covered.isdisjoint(range(start, end)):
            marks.append((start, end, NO_MARK, f"{DIFFERS} "))
            covered |= set(range(start, end))
    pieces, at = [], 0
    for start, after, kind, sign in sorted(marks):
        begin, end = positions[start].start, positions[after - 1].end
        pieces += [plain(text[at:begin]), mark(kind, text[begin:end], sign)]
        at = end
    return "".join([*pieces, plain(text[at:])])


def mark(kind: str, words: str, sign: str = "") -> str:
    """Return words of the kind `kind` as Markdown: tinted, with the kind's name after them."""
    return f":{_TINTS.get(kind.lower(), 'gray')}-background[{sign}{plain(words)} :small[**{plain(kind)}**]]"


def legend(kinds: Iterable[str]) -> str:
    """Return what the kinds stand for, as one paragraph of Markdown."""
    described = (describe_type(kind) for kind in kinds)
    return " · ".join(f"{mark(kind.name, kind.word)} {plain(kind.meaning)}" for kind in described)
