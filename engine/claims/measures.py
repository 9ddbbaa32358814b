"""How rows become trials: one side beside another, or one side beside bounds; and in which words and colours."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from engine.claims.claim import ClaimTrial


@dataclass(frozen=True)
class Quantity:
    """What is measured.

    Attributes:
        column: of the rows.
        unit: for an axis.
        form: how a value is written.
        each: what every value of a range is: one of the "seeds", of the "fifths of the test set", ...
        counts_seeds: whether a value is 100 for a seed that solved it and 0 for one that did not.
    """

    column: str
    unit: str
    form: str = "{:,.3g}"
    each: str = "seeds"
    counts_seeds: bool = False


@dataclass(frozen=True)
class Side:
    """One side of a trial.

    Attributes:
        name: what it is called; "" where the trial's place says it.
        look: the architecture whose colour and marker it takes; "" where it is none.
        value: what the column `by` of its rows holds, where that is not the architecture.
    """

    name: str = ""
    look: str = ""
    value: str = ""


@dataclass(frozen=True)
class Beside:
    """Two sides laid beside each other in every place where both were measured; the column `by` tells them apart."""

    quantity: Quantity
    one: Side
    other: Side
    by: str = "architecture"

    @property
    def sides(self) -> tuple[Side, ...]:
        """What has a mark of its own."""
        return self.one, self.other

    def __call__(self, rows: pd.DataFrame) -> list[ClaimTrial]:
        """Return a trial for each value of the column `where`, in the order of the rows."""
        found = []
        for where, own in rows.groupby("where", sort=False):
            measured = own[self.quantity.column]
            one, other = (_values(measured[own[self.by] == (side.value or side.look)]) for side in self.sides)
            if one and other:
                found.append(ClaimTrial(str(where), one, other))
        return found


@dataclass(frozen=True)
class Bounded:
    """One side laid beside a bound, or between two."""

    quantity: Quantity
    one: Side
    low: float
    high: float

    @property
    def sides(self) -> tuple[Side, ...]:
        """What has a mark of its own."""
        return (self.one,)

    def __call__(self, rows: pd.DataFrame) -> list[ClaimTrial]:
        """Return a trial for each value of the column `where`, in the order of the rows."""
        bounds = (self.low, self.high)
        found = ((str(where), _values(own)) for where, own in rows.groupby("where", sort=False)[self.quantity.column])
        return [ClaimTrial(where, values, bounds) for where, values in found if values]


def _values(measured: pd.Series) -> tuple[float, ...]:
    return tuple(float(value) for value in measured.dropna())


LSTM, GRU, PLAIN_RNN = Side("LSTM", "lstm"), Side("GRU", "gru"), Side("plain RNN", "rnn")
TRANSFORMER, AVERAGE = Side("Transformer", "transformer"), Side("average of words", "average")
UNNAMED = Side()
ERROR = Quantity("error", "Error (% of answers or of a guess's; characters: nats)")


def solved_by(side: Side) -> Bounded:
    """Return how many seeds solve a test, beside half of them."""
    quantity = Quantity("solved", "Seeds that solve it (%), line: half of them", counts_seeds=True)
    return Bounded(quantity, side, 50.0, 50.0)
