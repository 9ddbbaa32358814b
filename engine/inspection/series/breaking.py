"""What breaks a forecast: a level that changed, a clock that was moved, a sensor that was stuck, one wild value."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from engine.corpora.series import Series
from engine.errors import InputError
from engine.inspection.series.baselines import QUICK
from engine.inspection.series.forecasts import NETWORK, Ahead, forecast_from, member_of, read_series
from engine.models.folder import LoadedModel


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


@dataclass(frozen=True)
class Broken:
    """The forecast before and after, and how much further off each forecast is."""

    before: Ahead
    after: Ahead

    def frame(self) -> pd.DataFrame:
        """Return the mean absolute errors by forecast."""
        rows = [
            {
                "forecast": name,
                "error_before": self.before.measures[name]["mae"],
                "error_after": self.after.measures[name]["mae"],
            }
            for name in self.before.bands
        ]
        return pd.DataFrame(rows)


def break_forecast(loaded: LoadedModel, corpus: str, member: int, place: int, kind: str, size: int) -> Broken:
    """Return a forecast from `place` steps into the test part, of the series as it is and with a fault."""
    one, (_, facts, _) = member_of(corpus, member), read_series(corpus)
    origin = one.validation_end + place
    lame = broken(one.series, origin, facts.season, kind, size)
    made = [forecast_from(loaded, each, origin, facts.season, baselines=QUICK) for each in (one.series, lame)]
    return Broken(*made)


def say_break(found: Broken) -> str:
    """Return the sentence on what the fault did to the network and to the seasonal naive forecast."""
    parts = []
    for name, called in ((NETWORK, "The network"), ("seasonal", "the seasonal naive forecast")):
        before, after = found.before.measures[name]["mae"], found.after.measures[name]["mae"]
        parts.append(f"{called} is {after:.3g} off in place of {before:.3g}")
    return f"{parts[0]}, {parts[1]}."
