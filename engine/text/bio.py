"""BIO tags: "B-per" begins a person, "I-per" goes on with it, "O" is outside of everything.

Paper: Ramshaw and Marcus (1995), Text chunking using transformation-based learning; here IOB2, where every entity
begins with B.
"""

from __future__ import annotations

from collections.abc import Sequence

OUTSIDE = "O"


def is_legal(previous_tag: str, tag: str) -> bool:
    """Return whether `tag` may follow `previous_tag` ("" at the beginning): "I-x" only goes on with an entity of type
    x."""
    if not tag.startswith("I-"):
        return True
    return previous_tag[:2] in ("B-", "I-") and previous_tag[2:] == tag[2:]


def find_spans(tags: Sequence[str]) -> list[tuple[int, int, str]]:
    """Return (first word, word behind the last, type) of every entity; an "I-x" that goes on with nothing begins one.

    The same entities that seqeval counts by default.
    """
    spans: list[tuple[int, int, str]] = []
    begin = 0
    for position in range(len(tags) + 1):
        tag = tags[position] if position < len(tags) else OUTSIDE
        before = tags[position - 1] if position else OUTSIDE
        if before != OUTSIDE and (not tag.startswith("I-") or not is_legal(before, tag)):
            spans.append((begin, position, before[2:]))
        if tag.startswith("B-") or (tag.startswith("I-") and not is_legal(before, tag)):
            begin = position
    return spans


def illegal_positions(tags: Sequence[str]) -> list[int]:
    """Return the places of tags that may not follow the one before them."""
    return [position for position, tag in enumerate(tags) if not is_legal(tags[position - 1] if position else "", tag)]
