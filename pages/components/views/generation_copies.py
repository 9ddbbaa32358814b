"""What the tool "Copy check" keeps in the generation page's URL."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option
from engine.inspection.writing.copy_index import LONGEST_MINIMUM, MINIMUM_COPY, SHORTEST_COPY


@dataclass(frozen=True)
class CopiesView:
    """How long a copied stretch must be, and a text of the visitor's own."""

    copies_minimum: int = option(
        MINIMUM_COPY,
        label="Shortest stretch that counts as copied (characters)",
        help="Short stretches stand in any two texts of one language; long ones do not.",
        minimum=SHORTEST_COPY,
        maximum=LONGEST_MINIMUM,
        step=1,
    )
    copies_text: str = option(
        "",
        label="Another text to check",
        help="Paste any text, at most 20,000 characters; leave it empty to check what the network has written.",
    )
