"""What the tool "Two directions" keeps in the Entities page's URL."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option
from engine.inspection.tagging.predictions import MAX_WORDS


@dataclass(frozen=True)
class DirectionsView:
    """Which word's halves are looked at."""

    directions_word: int = option(
        1,
        label="Look at word",
        help="The arrow keys go from word to word; or click a word.",
        minimum=1,
        maximum=MAX_WORDS,
        step=1,
    )
