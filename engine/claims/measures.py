"""How rows become trials: one side beside another, or one side beside bounds."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from engine.claims.claim import ClaimTrial


@dataclass(frozen=True)
class Beside:
    """Two sides laid beside each other in every place where both were measured.

    Attributes:
        value: the column of what was measured.
        one, other: the two values of the column `by` that tell the sides.
    """

    value: str
    one: str
    other: str
    by: str = "architecture"

    def __call__(self, rows: pd.DataFrame) -> list[ClaimTrial]:
        """Return a trial for each value of the column `where`, in the order of the rows."""
        found = []
        for where, own in rows.groupby("where", sort=False):
            one, other = (_values(own[own[self.by] == side], self.value) for side in (self.one, self.other))
            if one and other:
                found.append(ClaimTrial(str(where), one, other))
        return found


@dataclass(frozen=True)
class Bounded:
    """One side laid beside a bound, or between two."""

    value: str
    low: float
    high: float

    def __call__(self, rows: pd.DataFrame) -> list[ClaimTrial]:
        """Return a trial for each value of the column `where`, in the order of the rows."""
        bounds = (self.low, self.high)
        found = ((str(where), _values(own, self.value)) for where, own in rows.groupby("where", sort=False))
        return [ClaimTrial(where, values, bounds) for where, values in found if values]


def _values(rows: pd.DataFrame, name: str) -> tuple[float, ...]:
    return tuple(float(value) for value in rows[name].dropna())
