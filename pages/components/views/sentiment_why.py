"""What the tool "Why" keeps in the sentiment page's URL."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option

MAX_WORDS = 80  # as the engine's attributions, which import torch


@dataclass(frozen=True)
class WhyView:
    """Which word is left out to see what that does."""

    why_word: int = option(
        1, label="Leave out word", help="A click on a word goes there too.", minimum=1, maximum=MAX_WORDS, step=1
    )
