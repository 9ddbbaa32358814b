"""What the tool "Quality" keeps in the sentiment page's URL."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option
from engine.inspection.classification.quality import KINDS, ORDERS, slice_names


@dataclass(frozen=True)
class QualityView:
    """The threshold, how the texts are parted, and which errors are listed."""

    quality_threshold: float = option(
        0.5,
        label="Threshold",
        help="From this probability on, the answer is “positive”.",
        minimum=0.01,
        maximum=0.99,
        step=0.01,
    )
    quality_slices: str = option("length", label="Part the texts by", choices=tuple(slice_names()))
    quality_kind: str = option("all", label="Errors", choices=tuple(KINDS))
    quality_order: str = option("surest", label="Order", choices=tuple(ORDERS))
    quality_page: int = option(1, label="Page of the list", help="Ten texts a page.", minimum=1, maximum=200, step=1)
