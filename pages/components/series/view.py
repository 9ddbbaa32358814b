"""The Forecasting page's URL: the series, the network, where it forecasts from, and where the visitor looks closer."""

from __future__ import annotations

from engine.config import option
from engine.inspection.series.faults import BREAKS
from pages.components.controls.views import composed_of


class BreakingView:
    """What is wrong with the series, and how much of it."""

    breaking_kind: str = option("level", "What is wrong", choices=tuple(BREAKS))
    breaking_size: int = option(3, "How much", "In deviations of the series, or in steps.", minimum=1, maximum=24)


WEEKS = 3
_DAY = (2, 1, 1, 1, 2, 5, 14, 30, 26, 18, 15, 16, 19, 18, 16, 18, 24, 31, 27, 18, 12, 9, 6, 4)
# Written for this page: three weeks of a bakery, fewer loaves on two days of seven.
EXAMPLE = "hour,loaves\n" + "\n".join(
    f"2026-03-{day + 2:02d} {hour:02d}:00,{round(value * (0.6 if day % 7 > 4 else 1) + (day * 7 + hour * 5) % 4)}"
    for day in range(7 * WEEKS)
    for hour, value in enumerate(_DAY)
)


class OwnSeriesView:
    """How far the visitor's own series is forecast."""

    own_network: str = option("", "Network")
    own_horizon: int = option(48, "Steps ahead", minimum=1, maximum=500)


@composed_of(BreakingView, OwnSeriesView)
class SeriesView:
    """Everything a link to the Forecasting page carries."""

    series: str = option("", "Series")
    network: str = option("", "Network")
    member: int = option(1, "Number of the series", "Of a corpus of many series.", minimum=1, maximum=500)
    place: int = option(
        48,
        "Forecast from",
        "Steps into the test part, which no network has learnt from.",
        minimum=0,
        maximum=100_000,
    )
    tool: str = option("", "Tool")
