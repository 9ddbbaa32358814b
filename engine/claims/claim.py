"""What a claim is, and how what was measured becomes a verdict by one rule for all.

A claim is tried in one or more trials, such as a task at one length. In each, all that was measured of one side is laid
beside all that was measured of the other, or beside bounds: a range over the seeds, from the smallest value to the
largest. Ranges that touch decide nothing.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from engine.registry import Registry

if TYPE_CHECKING:
    import pandas as pd

    from engine.claims.measures import Beside, Bounded

ABOVE, BELOW, WITHIN = "above", "below", "within"
FOR, AGAINST, OPEN = "for", "against", "undecided"
HOLDS, CONDITION, FAILS, TOUCHES, UNMEASURED = "holds", "condition", "fails", "open", "unmeasured"
VERDICTS = {
    HOLDS: "holds here",
    CONDITION: "holds under a condition",
    FAILS: "does not hold here",
    TOUCHES: "cannot be told",
    UNMEASURED: "not measured yet",
}
SIGNS = {HOLDS: "✓", CONDITION: "◐", FAILS: "✗", TOUCHES: "≈", UNMEASURED: "–"}
RULE = (
    "A trial speaks for a claim where the whole range of what was measured lies on the side that the claim says, and "
    "against it where the whole range lies on the other; ranges that touch decide nothing. A claim holds where every "
    "trial speaks for it, and under a condition where some do and not more speak against it: the condition is where "
    "they do. It does not hold where more trials speak against it than for it, or where it is said of every network "
    "and one speaks against it. Where no trial decides, it cannot be told."
)
SUBJECTS = ("Memory", "Size and speed", "Structure", "Training", "Text", "Translation")


@dataclass(frozen=True)
class ClaimTrial:
    """A claim tried in one place.

    Attributes:
        where: the place, such as a task at one length.
        one: what was measured of the side that the claim is about, a value per seed or part.
        other: the same of the side it is laid beside, or the two bounds.
    """

    where: str
    one: tuple[float, ...]
    other: tuple[float, ...]

    def speaks(self, says: str) -> str:
        """Return whether it speaks `FOR` a claim that says so, `AGAINST` it, or is `OPEN`."""
        low, high, least, most = min(self.one), max(self.one), min(self.other), max(self.other)
        if says == WITHIN:
            is_for, is_against = least <= low and high <= most, high < least or low > most
        else:
            is_above, is_below = low > most, high < least
            is_for, is_against = (is_above, is_below) if says == ABOVE else (is_below, is_above)
        return FOR if is_for else AGAINST if is_against else OPEN

    def gap(self) -> float:
        """Return how far apart the ranges lie, as a share of what was measured; below zero where they touch."""
        between = max(min(self.one) - max(self.other), min(self.other) - max(self.one))
        return between / (max(map(abs, (*self.one, *self.other))) or 1.0)


@dataclass(frozen=True)
class Claim:
    """A statement, and how it is decided.

    Attributes:
        title: a few words.
        sentence: the statement, in our words.
        source: who says so, or something like it.
        subject: one of `SUBJECTS`.
        why: what is behind it, and what one must know of the measurement; without figures.
        changes: what would change the verdict.
        tool: page, parameters of its address and what the link says: where a visitor can try it.
        tables: those of `engine.claims.tables` whose rows decide; none where nothing has been measured.
        prepare: a table to the rows that are asked for.
        measure: those of all tables, put together, to trials.
        says: whether `one` of a trial lies `ABOVE` the other, `BELOW` it, or `WITHIN` bounds.
        is_universal: whether it is said of every network, so that one exception refutes it.
        missing: what would have to be measured, and by what, where nothing is.
    """

    title: str
    sentence: str
    source: str
    subject: str
    _: KW_ONLY
    why: str
    changes: str
    tool: tuple[str, tuple[tuple[str, str], ...], str]
    tables: tuple[str, ...] = ()
    prepare: Callable[[pd.DataFrame], pd.DataFrame] | None = None
    measure: Beside | Bounded | None = None
    says: str = ABOVE
    is_universal: bool = False
    missing: str = ""


CLAIMS: Registry[Claim] = Registry(
    "claim", "engine.claims.definitions", order=lambda claim: SUBJECTS.index(claim.subject)
)


def verdict_of(trials: Sequence[ClaimTrial], says: str, is_universal: bool = False) -> str:
    """Return one of `VERDICTS` by the rule above; without trials nothing has been measured."""
    spoken = [trial.speaks(says) for trial in trials]
    count = {outcome: spoken.count(outcome) for outcome in (FOR, AGAINST, OPEN)}
    if not trials:
        return UNMEASURED
    if count[AGAINST] and (is_universal or count[AGAINST] > count[FOR]):
        return FAILS
    if count[FOR] == len(trials):
        return HOLDS
    return CONDITION if count[FOR] and not is_universal else TOUCHES


def middle_of(values: Sequence[float]) -> float:
    """Return the median."""
    return float(statistics.median(values))
