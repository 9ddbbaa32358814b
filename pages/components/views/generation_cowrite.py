"""What the tool "Write together" keeps in the generation page's URL."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option


@dataclass(frozen=True)
class CowriteView:
    """The whole tree, as letters."""

    cowrite_tree: str = option(
        "",
        label="Your tree as a code",
        help="It stands in this page's address too: whoever opens the address, or puts the code in here, gets the "
        "tree.",
    )
