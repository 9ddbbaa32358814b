"""What the tool "Padding" keeps in the Entities page's URL: what the sentiment page's does, with other lines."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option
from pages.components.views.sentiment_padding import MAX_LINES, MAX_WORDS, PaddingView

LINES = (
    "John works at Google in California.\n"
    "Rain in Lisbon.\n"
    "Mary Hill met the Prime Minister of Norway on Monday.\n"
    "Nobody came.\n"
    "The United Nations sent 40 doctors to Haiti in January 2010."
)


@dataclass(frozen=True)
class EntitiesPaddingView(PaddingView):
    """Which lines make up the batch, and how."""

    padding_lines: str = option(
        LINES, label="Lines, one text on each", help=f"Two to {MAX_LINES} lines of at most {MAX_WORDS} words."
    )
