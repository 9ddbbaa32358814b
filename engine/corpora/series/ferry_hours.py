"""How the built-in sample of a series is made: passengers of an imagined ferry, hour by hour, with rush hours,
weekends, a season that begins, rain that keeps people at home, and hours that nobody counted."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from engine.corpora.samples import write_card

START = datetime(2025, 2, 3)  # a Monday
WEEKS = {"train": 14, "validation": 2, "test": 2}
HOURS = np.array([0, 0, 0, 0, 1, 6, 22, 40, 30, 16, 13, 15, 18, 16, 15, 18, 28, 42, 34, 20, 12, 8, 5, 2], dtype=float)
WEEKEND = np.array([2, 1, 0, 0, 0, 1, 4, 8, 14, 22, 30, 34, 36, 38, 38, 36, 32, 26, 20, 15, 11, 9, 7, 4], dtype=float)
README = """# Ferry

Passengers of a ferry that nobody has built, hour by hour from 3 February 2025 on, 18 weeks. Columns `date` and `value`.
They were not counted anywhere: `engine.corpora.series.ferry_hours.write_dataset(folder)` makes them with a fixed
seed, and
the same call writes the same rows. They stand in for the series that cannot be reached; nobody should take a forecast
of
them for more than an exercise.

| file | rows |
| --- | ---: |
{rows}

- **Split**: by time, 14 weeks, 2 and 2.
- **In it**: rush hours on working days, other hours at weekends, a spring that brings more people week by week, rainy
  spells of about a day that keep a third of them at home, counting noise.
- **Missing**: 14 hours of the training part were not counted: their rows are missing.
"""


def generate(seed: int = 0) -> tuple[list[str], list[int]]:
    """Return the dates, ISO, and the passengers of every hour."""
    draw = np.random.default_rng(seed)
    count = 168 * sum(WEEKS.values())
    hour, day = np.arange(count) % 24, np.arange(count) // 24
    usual = np.where(day % 7 < 5, HOURS[hour], WEEKEND[hour])
    spring = 1 + 0.9 * np.arange(count) / count
    rain, wet = np.empty(count), 0.0
    for place in range(count):
        wet = 0.94 * wet + draw.normal()
        rain[place] = wet
    weather = 1 - 0.33 / (1 + np.exp(-(rain - 2)))
    passengers = draw.poisson(usual * spring * weather)
    return [(START + timedelta(hours=i)).isoformat(sep=" ") for i in range(count)], passengers.tolist()


def write_dataset(folder: Path | str, seed: int = 0) -> None:
    """Write the splits and the README of the built-in sample into `folder`."""
    import pandas as pd  # here, because listing the corpora must stay quick

    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    dates, values = generate(seed)
    lost = np.r_[500:505, 1271, 1700:1708]  # within the training part
    begin, rows = 0, []
    for split, weeks in WEEKS.items():
        places = [place for place in range(begin, begin + 168 * weeks) if place not in lost]
        frame = pd.DataFrame({"date": [dates[i] for i in places], "value": [float(values[i]) for i in places]})
        frame.to_parquet(folder / f"{split}.parquet", index=False)
        rows.append(f"| {split}.parquet | {len(places):,} |")
        begin += 168 * weeks
    write_card(folder, "time-series-forecasting", ["en"], README.format(rows="\n".join(rows)))
