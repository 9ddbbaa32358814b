"""What the tool "Bottleneck" keeps in the translation page's URL: how far the sentence vector is squeezed."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option

MOST_DIRECTIONS = 256


@dataclass(frozen=True)
class BottleneckView:
    """How many principal directions of what the encoder leaves behind the decoder gets."""

    bottleneck_size: int = option(
        32,
        label="Directions kept",
        help="The fewer, the less of the sentence gets through.",
        minimum=1,
        maximum=MOST_DIRECTIONS,
        step=1,
    )
