"""The Entities page's picture on the home page: a marked text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from engine.plotting.theme import Mode
from pages.components.computing import cache
from pages.components.drawing import notices, thumbnails
from pages.components.drawing.thumbnails import Part
from pages.components.entities import marking

SENTENCE = "Maria Lopez of the World Bank met French officials in Paris on Tuesday."


def files() -> list[Path]:
    """Return the weights that it is computed with."""
    return thumbnails.weights("tagging")


def picture(mode: Mode) -> Iterator[Part]:
    """Yield a short text with the entities a tagger marks in it."""
    from pages.components.entities.context import in_order, tag

    usable = in_order(cache.shipped_models("tagging"))
    if not usable:
        yield Part("caption", "No tagger is installed; the Models page lists what is there.")
        return
    from engine.inspection.tagging.entity_types import describe_type
    from engine.inspection.tagging.texts import read_text

    name = next(iter(usable))
    (line,) = read_text(SENTENCE, 1)
    spans = tag(name, line.words).value.spans
    yield Part("markdown", marking.marked_text(line.text, line.positions, spans))
    kinds = dict.fromkeys(span.type for span in spans)
    said = ", ".join(f"{kind}: {describe_type(kind).word}" for kind in kinds)
    yield Part("caption", notices.plain(f"Marked by {name}. {said or 'It found none'}."))
