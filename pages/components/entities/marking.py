"""Text with its entities marked, as Markdown that wraps anywhere: a tint per kind, and always the kind's name beside the words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from engine.inspection.entity_types import describe_type
from pages.components.notices import plain

if TYPE_CHECKING:
    from engine.inspection.tagging import Span, Word

# Markdown's named colours. They help the eye only: the kind's name stands inside every mark.
_TINTS = {
    "per": "blue",
    "org": "orange",
    "geo": "green",
    "gpe": "violet",
    "tim": "gray",
    "art": "yellow",
    "eve": "red",
    "nat": "primary",
    "loc": "green",
}
DIFFERS = "\N{NOT EQUAL TO}"


def marked_text(text: str, places: Sequence[Word], spans: Iterable[Span], differs: Iterable[tuple[int, int]] = ()) -> str:
    """Return `text` as Markdown, letter for letter, with a mark over each span of words.

    Args:
        places: the words of `text`; a span names its first word and the one after its last.
        differs: spans that carry a ≠ as well.
    """
    pieces, at, apart = [], 0, set(differs)
    for span in sorted(spans, key=lambda span: span.start):
        begin, end = places[span.start].start, places[span.end - 1].end
        pieces.append(plain(text[at:begin]))
        sign = f"{DIFFERS} " if (span.start, span.end) in apart else ""
        pieces.append(mark(span.type, text[begin:end], sign))
        at = end
    return "".join([*pieces, plain(text[at:])])


def mark(kind: str, words: str, sign: str = "") -> str:
    """Return words of the kind `kind` as Markdown: tinted, with the kind's name after them."""
    return f":{_TINTS.get(kind.lower(), 'gray')}-background[{sign}{plain(words)} :small[**{plain(kind)}**]]"


def legend(kinds: Iterable[str]) -> str:
    """Return what the kinds stand for, as one paragraph of Markdown."""
    described = (describe_type(kind) for kind in kinds)
    return " · ".join(f"{mark(kind.name, kind.word)} {plain(kind.meaning)}" for kind in described)
