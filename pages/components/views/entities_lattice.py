"""What the tool "Lattice" keeps in the Entities page's URL."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option
from engine.inspection.tagging.lattice_edits import LARGEST_CHANGE, STEP
from engine.inspection.tagging.predictions import MAX_WORDS


@dataclass(frozen=True)
class LatticeView:
    """Which part of the lattice is drawn, which word and step are looked at, and which scores the visitor has
    changed."""

    lattice_word: int = option(
        1,
        label="Word",
        help="The arrow keys go from word to word; or click a node.",
        minimum=1,
        maximum=MAX_WORDS,
        step=1,
    )
    lattice_shown: int = option(
        10, label="Words side by side", help="The window moves with the word.", minimum=4, maximum=40, step=1
    )
    lattice_all_tags: bool = option(
        False,
        label="All tags",
        help="Otherwise those that matter for these words: on one of the ways, or likely at a word.",
    )
    lattice_from: str = option("", label="Step from")
    lattice_to: str = option("", label="to")
    lattice_change: float = option(
        0.0,
        label="Add to its score",
        help="In nats; the arrow keys change it by a hundredth.",
        minimum=-LARGEST_CHANGE,
        maximum=LARGEST_CHANGE,
        step=STEP,
    )
    lattice_edits: str = option(
        "",
        label="All edits as text",
        help="A step, a colon and the change, as in B-per>I-per:+1.5; a semicolon between two.",
    )
