"""What the tool "Connectivity" keeps in the Gradients page's URL."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option
from engine.decoding.limits import MAX_PROMPT_CHARACTERS


@dataclass(frozen=True)
class ConnectivityView:
    """The place in the text whose expectation is looked at, and whether it is checked by replacing tokens."""

    connectivity_place: int = option(
        MAX_PROMPT_CHARACTERS,
        label="What is expected as character",
        help="Everything before this character is coloured by how strongly it moves the network's expectation of it.",
        minimum=2,
        maximum=MAX_PROMPT_CHARACTERS,
        step=1,
    )
    connectivity_faint: bool = option(
        True,
        label="Show faint ones too",
        help="Colours by powers of ten, down to a thousandth of the strongest, instead of evenly.",
    )
    connectivity_check: bool = option(
        True,
        label="Check it",
        help="Replace each earlier character by others and measure how far the same logit really moves.",
    )
    connectivity_closeup: str = option("", label="Compare for")
