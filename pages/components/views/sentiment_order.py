"""What the tool "Order" keeps in the sentiment page's URL."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option

MAX_WORDS = 100  # as the engine's word order, which imports torch
MAX_SEED = 9_999


@dataclass(frozen=True)
class OrderView:
    """How the words are put into another order."""

    order_way: str = option("shuffle", label="The words", choices=("shuffle", "swap"))
    order_seed: int = option(
        1,
        label="Seed",
        help="Another seed, another order; the same seed gives the same order again.",
        minimum=1,
        maximum=MAX_SEED,
        step=1,
    )
    order_first: int = option(1, label="Swap word", minimum=1, maximum=MAX_WORDS, step=1)
    order_second: int = option(2, label="with word", minimum=1, maximum=MAX_WORDS, step=1)
