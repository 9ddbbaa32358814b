"""The glossary's picture on the home page."""

from __future__ import annotations

from collections.abc import Iterator

from engine.glossary import terms
from engine.plotting.theme import Mode
from pages.components.drawing.thumbnails import Part


def files() -> None:
    """Return nothing to compare: it is a list that costs nothing."""


def picture(mode: Mode) -> Iterator[Part]:
    """Yield the terms that the most tools show, with their meaning, and how many there are."""
    found = terms()
    for term in sorted(found, key=lambda term: -len(term.tools))[:2]:
        yield Part("markdown", f"**{term.name}**: {term.sentence}")
    yield Part("caption", f"And {len(found) - 2} more.")
