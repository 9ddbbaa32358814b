"""What the tool "Search tree" keeps in the translation page's URL."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option
from engine.decoding.limits import MAX_BEAM

MAX_STEPS_SHOWN = 24


@dataclass(frozen=True)
class SearchTreeView:
    """The search whose tree is drawn, the part of it in view, and the beginnings that were brought back."""

    search_width: int = option(
        5,
        label="Beam size of the tree",
        help="Beginnings kept at each step; 1 is greedy.",
        minimum=1,
        maximum=MAX_BEAM,
        step=1,
    )
    search_penalty: float = option(
        1.0,
        label="Length penalty of the tree",
        help="0 compares sums and favours short sentences, 1 compares means per piece.",
        minimum=0.0,
        maximum=2.0,
        step=0.2,
    )
    search_first: int = option(1, label="First step in view", minimum=1, step=1)
    search_shown: int = option(
        8,
        label="Steps in view",
        help="Fewer are easier to read on a telephone.",
        minimum=3,
        maximum=MAX_STEPS_SHOWN,
        step=1,
    )
    search_place: int = option(1, label="Piece of the winner to replace", minimum=1, step=1)
    search_tries: str = option(
        "",
        label="The beginnings as a code",
        help="It stands in this page's address too: whoever opens the address gets the list.",
    )
