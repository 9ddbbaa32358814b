"""What the tool "Time machine" keeps in the generation page's URL."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option


@dataclass(frozen=True)
class HistoryView:
    """The stage that is looked at."""

    history_stage: int = option(
        18,
        label="Stage of the training",
        help="1 is before the first update; with the arrow keys you go from stage to stage.",
        minimum=1,
        maximum=200,
        step=1,
    )
