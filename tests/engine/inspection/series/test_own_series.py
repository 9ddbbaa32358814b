"""A visitor's own series: what is told from it, what is filled and said, and one sentence for what cannot be."""

from __future__ import annotations

import numpy as np
import pytest

from engine.errors import InputError
from engine.inspection.series.own import guess_season, read_own_series


def rows(dates: list[str], head: str = "date,value", sign: str = ",") -> str:
    """Return a table with a value for each date."""
    return "\n".join([head, *(f"{date}{sign}{number * 2}" for number, date in enumerate(dates, start=1))])


DAYS = [f"2024-01-{day:02d}" for day in range(1, 20)]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The series is empty: give one value a row, with a date beside it if there is one."),
        ("1\n2\n3", "The series has 3 values; at least 8 are needed."),
        ("once upon a time\nthere was a text", "The series has no column of numbers: give one value a row"),
        ("\n".join(["5"] * 20), "The series is 5 everywhere: a constant has nothing to forecast."),
        ("\n".join(map(str, range(100_001))), "The series has 100,001 rows; at most 100,000 are read"),
        ("7\n" * 1_000_000, "The series has 1,000,000 lines; at most 100,000 are read"),
        (rows(["1200-01-01", "1950-01-01", *DAYS]), "The dates lie too far apart for one step of time"),
        (rows([*DAYS, "someday"]), "“date” has 1 cell without a date, the first in row 20: “someday”."),
    ],
)
def test_what_cannot_be_forecast_is_said_in_a_sentence(text, sentence):
    with pytest.raises(InputError) as caught:
        read_own_series(text)
    assert str(caught.value).startswith(sentence)


def test_dates_out_of_order_are_sorted_and_gaps_filled_on_the_line_and_both_are_said():
    found = read_own_series(rows([DAYS[1], DAYS[0], *DAYS[2:5], *DAYS[6:]]))
    (series,) = found.series
    assert series.times.astype("datetime64[D]").astype(str).tolist() == DAYS
    assert series.values[:2].tolist() == [4, 2]
    assert series.values[5] == (series.values[4] + series.values[6]) / 2
    assert found.remarks == (
        "The dates were out of order and have been sorted.",
        "1 missing value put on the line between their neighbours.",
    )


def test_months_are_even_steps_though_their_days_differ():
    found = read_own_series(rows([f"{1950 + month // 12}-{month % 12 + 1:02d}" for month in range(30)], "month,people"))
    assert len(found.series[0]) == 30
    assert not found.remarks
    assert (found.date_column, guess_season(found.series[0])) == ("month", 12)


def test_german_dates_and_decimal_commas_are_read():
    lines = [f"{day:02d}.01.2024;{day},5" for day in range(1, 20)]
    (series,) = read_own_series("\n".join(["Datum;Wert", *lines])).series
    assert str(series.times[-1]).startswith("2024-01-19")
    assert series.values[:2].tolist() == [1.5, 2.5]


def test_a_column_tells_several_series_apart():
    text = "\n".join(["series,date,value", *(f"{name},{date},{n}" for name in "ab" for n, date in enumerate(DAYS))])
    found = read_own_series(text)
    assert ([one.name for one in found.series], found.is_long) == (["a", "b"], True)


def test_without_dates_the_season_is_where_the_series_resembles_itself():
    (series,) = read_own_series(" ".join(str(round(50 + 10 * np.sin(i / 9 * 2 * np.pi), 3)) for i in range(90))).series
    assert guess_season(series) == 9
