"""What breaks a forecast: the same forecast of a series as it is and with a fault."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from engine.inspection.series.baselines import QUICK
from engine.inspection.series.faults import broken
from engine.inspection.series.forecasts import NETWORK, Ahead, forecast_from, member_of, read_series
from engine.models.folder import LoadedModel


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
