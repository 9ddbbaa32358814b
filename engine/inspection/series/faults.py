"""Faults of a series: a level that changed, a clock that was moved, a sensor that was stuck, one wild value. Needs no
torch: the page's address names them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.corpora.series import Series
from engine.errors import InputError


@dataclass(frozen=True)
class Break:
    """One way to break a series: what a page calls it, what it does, and the unit of its size."""

    title: str
    meaning: str
    unit: str


BREAKS = {
    "level": Break("Change of level", "from one season before the origin on, all values are higher", "deviations"),
    "clock": Break("Clock moved", "every value carries the time of another one, so many steps before", "steps"),
    "stuck": Break("Stuck sensor", "the last values before the origin repeat the one before them", "steps"),
    "spike": Break("One wild value", "the last value before the origin is higher", "deviations"),
}


def broken(series: Series, origin: int, season: int, kind: str, size: int) -> Series:
    """Return a series with a fault; what lies ahead has it too where it would last.

    Raises:
        InputError: there is no such fault.
    """
    values, deviation = series.values.copy(), float(series.values[:origin].std())
    if kind == "level":
        values[max(0, origin - season) :] += size * deviation
    elif kind == "clock":
        values = np.roll(values, size)
    elif kind == "stuck":
        values[origin - size : origin] = values[origin - size - 1] if size < origin else values[0]
    elif kind == "spike":
        values[origin - 1] += size * deviation
    else:
        raise InputError(f"There is no fault '{kind[:40]}'; choose one of: {', '.join(BREAKS)}.")
    return replace(series, values=values)
