"""The About page's picture on the home page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from engine.limits import Limits
from engine.plotting.theme import Mode
from pages.components.drawing.thumbnails import Part


def files() -> None:
    """Return nothing to compare: it is a sentence."""


def picture(mode: Mode) -> Iterator[Part]:
    """Yield what stands on the page."""
    yield Part("caption", f"{len(fields(Limits))} limits and what crowds of visitors met here.")
