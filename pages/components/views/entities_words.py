"""What the tool "Word by word" keeps in the Entities page's URL."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option


@dataclass(frozen=True)
class WordsView:
    """Which word's tags are looked at."""

    words_place: int = option(
        1, label="Word", help="The arrow keys go from word to word.", minimum=1, maximum=1_000, step=1
    )
