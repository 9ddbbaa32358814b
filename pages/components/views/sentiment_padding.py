"""What the tool "Padding" keeps in a page's URL; the sentiment page and the Entities page have the same."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option

MAX_LINES = 12  # as the engine's padding, which imports torch
MAX_WORDS = 40
SENTIMENT_LINES = (
    "Wonderful.\n"
    "Not my kind of film.\n"
    "He said the food was not good.\n"
    "A dull start, but what an ending!\n"
    "The pictures are a delight.\n"
    "I would not call the story bad, only far too long for what it has to say."
)
SHOWN = ("words", "numbers", "mask")


@dataclass(frozen=True)
class PaddingView:
    """Which lines make up the batch, and how."""

    padding_lines: str = option(
        SENTIMENT_LINES, label="Lines, one text on each", help=f"Two to {MAX_LINES} lines of at most {MAX_WORDS} words."
    )
    padding_batch: int = option(3, label="Texts in a batch", minimum=2, maximum=MAX_LINES, step=1)
    padding_sort: bool = option(
        False, label="Sort by length first", help="Texts of like length then share a batch, and less is filled up."
    )
    padding_show: str = option("words", label="Show the cells as", choices=SHOWN)
