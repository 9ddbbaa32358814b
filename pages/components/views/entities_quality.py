"""What the tool "Quality" keeps in the Entities page's URL."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option
from engine.inspection.tagging.quality import OUTCOMES


@dataclass(frozen=True)
class QualityView:
    """Which errors are listed."""

    quality_outcome: str = option("all", label="Kind of error", choices=tuple(OUTCOMES))
    quality_type: str = option("", label="Type")
    quality_page: int = option(
        1, label="Page of the list", help="Five errors a page.", minimum=1, maximum=10_000, step=1
    )
