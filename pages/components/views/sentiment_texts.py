"""What the tool "Many texts" keeps in the sentiment page's URL."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option
from engine.decoding.limits import MAX_LINES


@dataclass(frozen=True)
class TextsView:
    """Which part of a long file is judged."""

    texts_part: int = option(
        1,
        label="Part of the file",
        help=f"At most {MAX_LINES:,} lines are judged at once; a longer file is taken in parts.",
        minimum=1,
        maximum=100_000,
        step=1,
    )
