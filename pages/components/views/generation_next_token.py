"""What the tool "Next character" keeps in the generation page's URL, besides the place in the text."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option


@dataclass(frozen=True)
class NextTokenView:
    """Whether the way from the scores to the draw is shown stage by stage."""

    next_token_stages: bool = option(
        False,
        label="Stage by stage, and along the whole text",
        help="What temperature, top-k and top-p each do to the chances, and how open the choice was at every place.",
    )
