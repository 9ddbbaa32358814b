"""Series: values in even steps of time, one series or many; what is known of a time beforehand may stand beside them.

Shapes: T time, K columns known beforehand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from engine.corpora.base import Content, Corpus, register_content
from engine.errors import DataError, InputError
from engine.registry import discover
from engine.wording import listing

if TYPE_CHECKING:
    from datasets import Dataset

NOT_KNOWN = ("date", "value", "series_id", "values")  # the time itself, and what is forecast
MOST_STEPS = 2_000_000  # after which filling gaps would take the memory of others


@dataclass(frozen=True)
class Series:
    """One series.

    Attributes:
        values: (T,) float64, nan where one is missing.
        times: (T,) datetime64[s], empty where the series has no dates.
        known: (T,) of each name, what is known beforehand of a time, such as a holiday.
    """

    name: str
    values: np.ndarray
    times: np.ndarray = field(default_factory=lambda: np.array([], dtype="datetime64[s]"))
    known: dict[str, np.ndarray] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, part: slice) -> Series:
        """Return a stretch of it."""
        known = {name: column[part] for name, column in self.known.items()}
        return Series(self.name, self.values[part], self.times[part], known)


@dataclass(frozen=True)
class PartedSeries:
    """A series in even steps without gaps, with the places behind the last training and validation value."""

    series: Series
    train_end: int
    validation_end: int
    filled: int = 0


@dataclass(frozen=True)
class SeriesFacts:
    """What a corpus of series is about.

    Attributes:
        target: the column that is forecast. unit: of its values. step: what one step of time is called.
        seasons: lengths, in steps, after which it repeats itself more or less; the first is that of the baselines.
        horizon: steps ahead that its figures are for. stride: steps between two origins of the test part.
        known: columns that are known beforehand.
        zero_missing: whether a value that is missing is 0, and not on the line between its neighbours.
    """

    target: str
    unit: str
    step: str
    seasons: tuple[int, ...]
    horizon: int
    stride: int = 1
    known: tuple[str, ...] = ()
    zero_missing: bool = False

    @property
    def season(self) -> int:
        """The season of the baselines."""
        return self.seasons[0]


def _read(rows: Dataset, name: str) -> list[Series]:
    columns = rows.column_names
    if "series_id" in columns:
        pairs = zip(rows["series_id"], rows["values"], strict=True)
        return [Series(str(called), np.asarray(values, dtype=float)) for called, values in pairs]
    target = "value" if "value" in columns else columns[-1]
    try:
        values = np.array([np.nan if value is None else value for value in rows[target]], dtype=float)
        times = np.array(list(rows["date"]), dtype="datetime64[s]")
    except (ValueError, TypeError) as error:
        raise DataError(f"{name} has a date or a value that cannot be read: {error}") from error
    known = {column: _numbers(rows[column]) for column in columns if column not in (*NOT_KNOWN, target)}
    return [Series(target, values, times, {column: cells for column, cells in known.items() if cells is not None})]


def _numbers(cells: Sequence[object]) -> np.ndarray | None:
    try:
        return np.array([np.nan if cell is None else cell for cell in cells], dtype=float)
    except (ValueError, TypeError):
        return None


SERIES: Content[list[Series]] = register_content(Content("series", "series of numbers", _read))


def facts_of(corpus: Corpus) -> SeriesFacts:
    """Return what a corpus of series is about.

    Raises:
        DataError: it holds something else.
    """
    corpus.read(SERIES, "train") if corpus.spec.series is None else None
    if corpus.spec.series is None:
        raise DataError(f"The corpus {corpus.spec.name} does not say what its series are about.")
    return corpus.spec.series


def parted(corpus: Corpus) -> list[PartedSeries]:
    """Return the series of a corpus, each in one piece, with the places where its parts begin.

    Raises:
        DataError: the corpus holds something else, a part lacks a series, or dates are damaged.
    """
    facts = facts_of(corpus)
    found = {split: {one.name: one for one in corpus.read(SERIES, split)} for split in ("train", "validation", "test")}
    result = []
    for name, train in found["train"].items():
        try:
            parts = [found[split][name] for split in ("train", "validation", "test")]
        except KeyError as error:
            raise DataError(f"{corpus.spec.title} has the series {name} in one part only.") from error
        whole = Series(
            name,
            np.concatenate([part.values for part in parts]),
            np.concatenate([part.times for part in parts]),
            {key: np.concatenate([part.known[key] for part in parts]) for key in facts.known},
        )
        even = regular(whole, zero_missing=facts.zero_missing)
        if len(train.times):
            ends = [int(np.searchsorted(even.series.times, part.times[0])) for part in parts[1:]]
        else:
            ends = [len(parts[0]), len(parts[0]) + len(parts[1])]
        result.append(PartedSeries(even.series, ends[0], ends[1], even.filled))
    return result


@dataclass(frozen=True)
class Regular:
    """A series in even steps; how many values were filled in, and what was done to it, a sentence each."""

    series: Series
    filled: int
    remarks: tuple[str, ...] = ()


def regular(series: Series, *, zero_missing: bool = False) -> Regular:
    """Return a series in the order of its dates and in even steps, gaps filled in.

    The step is the most frequent one. A calendar month or year is a step too, though its days differ.

    Raises:
        InputError: no value can be read, or the dates are too few or too far apart to tell a step.
    """
    remarks: list[str] = []
    if len(series.times):
        series = _in_order(series, remarks)
        series = _on_grid(series, remarks)
    missing = int(np.isnan(series.values).sum())
    if missing == len(series):
        raise InputError("There is no number in the series; give one value per row.")
    known = {name: _filled(column) for name, column in series.known.items()}
    values = np.nan_to_num(series.values) if zero_missing else _filled(series.values)
    if missing:
        how = "counted as 0" if zero_missing else "put on the line between their neighbours"
        remarks.append(f"{missing:,} missing {'value' if missing == 1 else 'values'} {how}.")
    return Regular(Series(series.name, values, series.times, known), missing, tuple(remarks))


def _in_order(series: Series, remarks: list[str]) -> Series:
    """Return the series sorted by its dates, a date that stands twice read once."""
    times, first = np.unique(series.times, return_index=True)
    if len(times) == len(series.times) and (series.times[1:] > series.times[:-1]).all():
        return series
    if (np.diff(series.times.astype("int64")) < 0).any():
        remarks.append("The dates were out of order and have been sorted.")
    if len(times) < len(series.times):
        remarks.append(f"{len(series.times) - len(times):,} dates stand there more than once; the first value counts.")
    known = {name: column[first] for name, column in series.known.items()}
    return Series(series.name, series.values[first], times, known)


def _on_grid(series: Series, remarks: list[str]) -> Series:
    """Return the series with a place for every step between its first and its last date."""
    if len(series) < 3:
        return series
    months = series.times.astype("datetime64[M]").astype("int64")
    offsets = (series.times - series.times.astype("datetime64[M]")).astype("int64")
    if len(set(offsets)) == 1 and (np.diff(months) > 0).all():  # the same moment of every month
        places, step = months - months[0], _most_frequent(np.diff(months))
    else:
        seconds = (series.times - series.times[0]).astype("int64")
        places, step = seconds, _usual_step(np.diff(seconds))
    count = int(places[-1] // step) + 1
    if count > MOST_STEPS or count > 50 * len(series):
        raise InputError(
            "The dates lie too far apart for one step of time: give a value for most of them, or leave the dates out."
        )
    index = np.rint(places / step).astype(int)
    if count == len(series) and (index == np.arange(count)).all() and (places == index * step).all():
        return series
    moved = int((places != index * step).sum())
    if moved:
        remarks.append(f"The steps between dates are not even; {moved:,} values were moved to the nearest even step.")
    values = np.full(count, np.nan)
    values[index[::-1]] = series.values[::-1]  # of two at one step the first
    known = {}
    for name, column in series.known.items():
        known[name] = np.full(count, np.nan)
        known[name][index[::-1]] = column[::-1]
    if months is not None and places is not None and len(set(offsets)) == 1 and step < 10_000 and places[-1] < 1e6:
        grid = (months[0] + step * np.arange(count)).astype("datetime64[M]").astype("datetime64[s]")
        grid = grid + offsets[0].astype("timedelta64[s]")
    else:
        grid = series.times[0] + (step * np.arange(count)).astype("timedelta64[s]")
    return Series(series.name, values, grid, known)


def _usual_step(steps: np.ndarray) -> int:
    """Return the most frequent step, or the one in the middle where none makes up half of them."""
    step = _most_frequent(steps)
    return step if (steps == step).sum() >= len(steps) / 2 else max(1, int(np.median(steps)))


def _most_frequent(steps: np.ndarray) -> int:
    values, counts = np.unique(steps, return_counts=True)
    return max(1, int(values[counts.argmax()]))


def _filled(values: np.ndarray) -> np.ndarray:
    """Return values with missing ones on the line between their neighbours."""
    there = ~np.isnan(values)
    if there.all() or not there.any():
        return np.nan_to_num(values)
    places = np.arange(len(values))
    return np.interp(places, places[there], values[there])


def next_times(times: np.ndarray, count: int) -> np.ndarray:
    """Return the dates of the next `count` steps, none where the series has no dates."""
    if len(times) < 2:
        return times[:0]
    months = times.astype("datetime64[M]")
    offset = times[-1] - months[-1]
    if times[-1] - times[-2] >= np.timedelta64(28, "D") and times[-2] - months[-2] == offset:
        step = int((months[-1] - months[-2]).astype("int64"))
        ahead = (months[-1].astype("int64") + step * np.arange(1, count + 1)).astype("datetime64[M]")
        return ahead.astype("datetime64[s]") + offset
    return times[-1] + (times[-1] - times[-2]) * np.arange(1, count + 1)


CALENDAR = {"hour": 86_400, "weekday": 7 * 86_400, "year": 31_556_952}  # their lengths in seconds


def is_of_calendar(name: str) -> bool:
    """Return whether a column known beforehand follows from the date alone."""
    return name.rpartition("_")[0] in CALENDAR


def calendar_column(name: str, times: np.ndarray) -> np.ndarray:
    """Return one column of the calendar at each time, such as "hour_sin1": the sine of the hour of day, once a day.

    Raises:
        InputError: the series has no dates, which this needs.
    """
    if not len(times):
        raise InputError("This network reads the calendar too: give the series with a column of dates.")
    part, wave = name.rsplit("_", 1)
    seconds = times.astype("datetime64[s]").astype("int64") + (3 * 86_400 if part == "weekday" else 0)
    angle = 2 * np.pi * seconds / CALENDAR[part] * int(wave[3:])
    return np.sin(angle) if wave.startswith("sin") else np.cos(angle)


def known_columns(series: Series, names: Sequence[str], ahead: int = 0) -> np.ndarray:
    """Return what is known of each time, (T + ahead, K), the calendar worked out.

    Raises:
        InputError: a column that the network reads is not there, or ends with the series.
    """
    times = np.concatenate([series.times, next_times(series.times, ahead)]) if ahead else series.times
    columns = []
    for name in names:
        if is_of_calendar(name):
            columns.append(calendar_column(name, times))
        elif name not in series.known:
            lacking = [each for each in names if not is_of_calendar(each) and each not in series.known]
            raise InputError(f"This network reads {listing(lacking)} too, which this series lacks.")
        else:
            if len(series.known[name]) < len(series) + ahead:
                raise InputError(f"This network reads {name} of the time ahead too, which is not known here.")
            columns.append(series.known[name][: len(series) + ahead])
    return np.stack(columns, axis=1) if columns else np.zeros((len(series) + ahead, 0))


discover(__name__)  # its data sets, one file each
