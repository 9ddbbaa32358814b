"""What the cost section of the comparison page keeps in its URL."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option

WHEN = ("streaming", "training")
LONGEST = 2_000


@dataclass(frozen=True)
class CostView:
    """Training or streaming, the scales, and the calculator's network."""

    cost_when: str = option("streaming", label="When", choices=WHEN)
    cost_log_x: bool = option(False, label="Logarithmic positions")
    cost_log_y: bool = option(True, label="Logarithmic costs")
    cost_hidden: int = option(
        64, label="Hidden units H", help="Also the Transformer's width d.", minimum=8, maximum=512, step=8
    )
    cost_position: int = option(
        400, label="Tokens read T", help="How far into the text.", minimum=1, maximum=LONGEST, step=1
    )
