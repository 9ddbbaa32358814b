"""What the tool "Find a pattern" keeps in the Cells page's URL."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option
from engine.inspection.cells.range_match import MAX_CHARACTERS, STORIES
from engine.inspection.cells.steps import MAX_CHARACTERS as LONGEST_TEXT


@dataclass(frozen=True)
class PatternsView:
    """Which range of the text is looked at, when a unit counts as on, and where the same units are looked for."""

    patterns_first: int = option(
        1, label="The range begins at", help="The arrow keys move it.", minimum=1, maximum=LONGEST_TEXT, step=1
    )
    patterns_last: int = option(
        3, label="The range ends at", help="The arrow keys move it.", minimum=1, maximum=LONGEST_TEXT, step=1
    )
    patterns_click: str = option("first", label="A click on the text moves", choices=("first", "last"))
    patterns_layer: int = option(
        2, label="Layer", help="Layer 1 reads the characters, the last one says what comes next."
    )
    patterns_threshold: float = option(
        0.3,
        label="Threshold",
        help="A unit is on where its hidden value is at least this, or at most minus this.",
        minimum=0.05,
        maximum=0.95,
        step=0.05,
    )
    patterns_outside: bool = option(
        True,
        label="Off just outside",
        help="Only units that are off at the characters just before and just after the range.",
    )
    patterns_least: float = option(
        0.75,
        label="Share of the units",
        help="So many of the units must be on together elsewhere.",
        minimum=0.3,
        maximum=1.0,
        step=0.05,
    )
    patterns_where: str = option(STORIES, label="Look in")
    patterns_characters: int = option(
        10_000,
        label="Characters",
        help="How much of it is read; 100,000 take a while the first time.",
        minimum=5_000,
        maximum=MAX_CHARACTERS,
        step=5_000,
    )
    patterns_own: str = option("", label="Your own text", help=f"At most {MAX_CHARACTERS:,} characters.")
    patterns_match: int = option(
        1, label="Match", help="Counted from the best; the arrow keys go through them.", minimum=1, maximum=300, step=1
    )
