"""A visitor's own series: told from a table or plain values, put into even steps, and gone on with.

Dates are told from the cells of a column, numbers from those of the others; what was missing or moved is said.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.corpora.series import Regular, Series, next_times, regular
from engine.errors import InputError
from engine.files.formats import read_file, read_text
from engine.files.text_file import Lines, TextFile, spell
from engine.inspection.series.forecasts import MOST_AHEAD, Ahead, baselines_from, forecast_from, forecast_windows
from engine.inspection.series.measures import ForecastBand
from engine.models.folder import LoadedModel
from engine.text.reading import MAX_FILE_BYTES
from engine.wording import counted

LEAST_VALUES = 8
MOST_VALUES = 100_000
MOST_SERIES = 500
LEAST_SHARE = 0.9  # of the cells of a column can be read as what it is taken for
LARGEST = 1e30
DATE_NAMES = ("date", "time", "datetime", "timestamp", "ds", "day", "month", "week", "year", "hour", "datum", "zeit")
SERIES_NAMES = ("series", "series_id", "unique_id", "item_id")
NAME = "value"  # of values without a name

_BETWEEN = re.compile(r"[,;\s]+")
_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+")
_YEAR = re.compile(r"[12]\d{3}")


@dataclass(frozen=True)
class OwnSeries:
    """What was read.

    Attributes:
        series: each in even steps and without gaps.
        understood: as what it was read, a sentence. remarks: what was missing, moved or left out, a sentence each.
        date_column: the name of the column of dates, "" for none.
        is_long: whether a column said which series a row is of.
    """

    series: tuple[Series, ...]
    understood: str
    remarks: tuple[str, ...]
    date_column: str = ""
    is_long: bool = False


def read_own_series(source: str | bytes, name: str = "The series", *, max_bytes: int = MAX_FILE_BYTES) -> OwnSeries:
    """Return the series in a pasted text or the bytes of a file.

    Raises:
        InputError: there is no column of numbers, or what is in it is too short, too long, constant or far from even.
    """
    if isinstance(source, bytes):
        file = read_file(source, name, may_be_numbers=True, max_bytes=max_bytes, max_lines=MOST_VALUES)
    else:
        file = read_text(source, name, may_be_numbers=True, max_lines=MOST_VALUES)
    columns, rows = _cells(file, name)
    if len(rows) > MOST_VALUES:
        raise InputError(
            f"{name} has {len(rows):,} rows; at most {MOST_VALUES:,} are read: give the last ones, or a value an hour "
            "or a day in place of one a second."
        )
    cells = {column: [row[place].strip() for row in rows] for place, column in enumerate(columns)}
    dates = {column: times for column in columns if (times := _dates(column, cells[column])) is not None}
    date_column = next((c for c in dates if c.strip().lower() in DATE_NAMES), next(iter(dates), ""))
    by = next((c for c in columns if c.strip().lower() in SERIES_NAMES and len(columns) > 1), "")
    numbers = {c: _numbers(cells[c]) for c in columns if c not in (date_column, by)}
    values = {c: found for c, found in numbers.items() if np.isfinite(found).sum() >= max(1, len(found) / 2)}
    if not values:
        raise InputError(
            f"{name} has no column of numbers: give one value a row, with a date beside it if there is one."
        )
    remarks: list[str] = []
    for column, found in values.items():
        bad = [i for i, cell in enumerate(cells[column]) if cell and not np.isfinite(found[i])]
        if bad:
            said = f"{counted(len(bad), 'cell')} without a number, the first in row {bad[0] + 1}"
            remarks.append(f"“{column}” has {said}.")
    times = dates.get(date_column, np.array([], dtype="datetime64[s]"))
    series = []
    for called, column, places in _groups(values, cells.get(by)):
        one = Series(called, values[column][places], times[places] if len(times) else times)
        series.append(_usable(one, called, remarks, is_named=len(values) > 1 or bool(by)))
    told = f"dates from “{date_column}”" if date_column else "no dates: the steps are counted"
    understood = f"{len(series):,} series of {counted(len(series[0]), 'value')}; {told}."
    return OwnSeries(tuple(series), understood, tuple(remarks), date_column, bool(by))


def _cells(file: TextFile, name: str) -> tuple[tuple[str, ...], list[list[str]]]:
    """Return the names of columns and the rows of a file; of plain lines one column with a value a row."""
    if not isinstance(file, Lines):
        rows = [[spell(cell) for cell in file.cells(row, 0)] for row in file.rows if row.cells]
        width = len(file.columns)
        return file.columns, [[*row, *[""] * (width - len(row))][:width] for row in rows]
    lines = [line for line in file.lines if line.strip()]
    if not lines:
        raise InputError(f"{name} is empty: give one value a row, with a date beside it if there is one.")
    if all(_DECIMAL_COMMA.fullmatch(line.strip()) for line in lines):
        return (NAME,), [[line.strip().replace(",", ".")] for line in lines]
    parts = [[part for part in _BETWEEN.split(line.strip()) if part] for line in lines]
    head = [NAME]
    if len(lines) > 1 and len(parts[0]) == 1 and _number(parts[0][0]) is None and _number(parts[1][0]) is not None:
        head, parts = [lines[0].strip()], parts[1:]
    return tuple(head), [[part] for row in parts for part in row]


def _groups(values: dict[str, np.ndarray], series: Sequence[str] | None) -> list[tuple[str, str, np.ndarray]]:
    """Return (what a series is called, its column, the places of its rows)."""
    every = np.arange(len(next(iter(values.values()))))
    if series is None:
        return [(column, column, every) for column in values]
    column, names = next(iter(values)), np.array(series)
    found = list(dict.fromkeys(series))
    if len(found) > MOST_SERIES:
        raise InputError(f"There are {len(found):,} series; at most {MOST_SERIES:,} are read at once.")
    return [(called, column, every[names == called]) for called in found]


def _usable(one: Series, called: str, remarks: list[str], *, is_named: bool) -> Series:
    """Return a series in even steps; what was done is added to `remarks`."""
    subject = f"The series “{called[:40]}”" if is_named else "The series"
    there = one.values[np.isfinite(one.values)]
    if len(there) < LEAST_VALUES:
        raise InputError(f"{subject} has {counted(len(there), 'value')}; at least {LEAST_VALUES} are needed.")
    if (there == there[0]).all():
        raise InputError(f"{subject} is {there[0]:g} everywhere: a constant has nothing to forecast.")
    even: Regular = regular(one)
    if len(even.series) > MOST_VALUES:
        raise InputError(
            f"{subject} has {len(even.series):,} steps from its first to its last date; at most "
            f"{MOST_VALUES:,} are read: give a shorter stretch."
        )
    remarks.extend(f"{subject}: {each}" if is_named else each for each in even.remarks)
    return even.series


def _number(cell: str) -> float | None:
    try:
        found = float(cell.replace("\N{MINUS SIGN}", "-").replace("_", "x"))
    except ValueError:
        return None
    return found if abs(found) <= LARGEST else None


def _numbers(cells: Sequence[str]) -> np.ndarray:
    """Return cells as numbers, (T,), nan where one is none; "1.234,5" and "1,234.5" are read as what they mean."""
    full = [cell for cell in cells if cell]
    if full and sum(_DECIMAL_COMMA.fullmatch(cell) is not None for cell in full) > len(full) / 2:
        cells = [cell.replace(".", "").replace(",", ".") for cell in cells]
    else:
        cells = [cell.replace(",", "") for cell in cells]
    found = [_number(cell) for cell in cells]
    return np.array([np.nan if value is None else value for value in found], dtype=float)


def _dates(column: str, cells: Sequence[str]) -> np.ndarray | None:
    """Return cells as times, None where they are no dates; all of them must be some, empty ones too."""
    full = [cell for cell in cells if cell]
    is_named = column.strip().lower() in DATE_NAMES
    if not full:
        return None
    plain = sum(_number(cell) is not None for cell in full)
    if plain and not (is_named and all(_YEAR.fullmatch(cell) for cell in full)):
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of zones of time, and that one format is tried after the other
        try:
            return np.array(cells, dtype="datetime64[s]")
        except ValueError:
            pass
        tries = [pd.to_datetime(pd.Series(cells), errors="coerce", utc=True, dayfirst=first) for first in (False, True)]
    found = max(tries, key=lambda times: int(times.notna().sum()))
    bad = int(found.isna().sum())
    if bad > (1 - LEAST_SHARE) * len(cells):
        return None
    if bad:
        row = int(found.isna().to_numpy().argmax()) + 1
        shown = f": “{cells[row - 1][:40]}”" if cells[row - 1] else ""
        raise InputError(f"“{column}” has {counted(bad, 'cell')} without a date, the first in row {row}{shown}.")
    return found.dt.tz_localize(None).to_numpy().astype("datetime64[s]")


def forecast_values(loaded: LoadedModel, values: Sequence[float], horizon: int) -> ForecastBand:
    """Return how values in even steps go on, (horizon,) each.

    Raises:
        InputError: they are too few for the network, or it reads more than values.
    """
    series = Series(NAME, np.asarray(values, dtype=float))
    found = forecast_windows(loaded, [(series, len(series))], horizon)
    return ForecastBand(found.value[0], found.low[0], found.high[0])


def continue_series(loaded: LoadedModel, own: OwnSeries, horizon: int) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return how every series goes on, as a table, and a sentence for each that cannot be gone on with.

    Columns: the date (or `step`, counted from the first value), then under the name of each series its values, and the
    ends of its band as NAME_low and NAME_high. Series that a column told apart stand below one another, with a column
    `series`.

    Raises:
        InputError: none of them can.
    """
    if not 1 <= horizon <= MOST_AHEAD:
        raise InputError(f"The horizon must lie between 1 and {MOST_AHEAD:,}, not {horizon:,}.")
    tables, problems = [], []
    for one in own.series:
        try:
            band = forecast_windows(loaded, [(one, len(one))], horizon)
        except InputError as error:
            problems.append(f"{one.name}: {error}" if len(own.series) > 1 else str(error))
            continue
        ahead = next_times(one.times, horizon)
        head = {own.date_column or "date": _spelt(ahead)} if len(ahead) else {"step": len(one) + np.arange(horizon) + 1}
        name = NAME if own.is_long else one.name
        values = {name: band.value[0], f"{name}_low": band.low[0], f"{name}_high": band.high[0]}
        tables.append(pd.DataFrame(({"series": one.name} if own.is_long else {}) | head | values))
    if not tables:
        raise InputError(problems[0])
    if own.is_long:
        return pd.concat(tables, ignore_index=True), tuple(problems)
    whole = pd.concat([tables[0], *(table.iloc[:, 1:] for table in tables[1:])], axis=1)
    return whole, tuple(problems)


def _spelt(times: np.ndarray) -> list[str]:
    """Return times as text, without an hour where every one is midnight."""
    is_daily = (times == times.astype("datetime64[D]")).all()
    return [str(time.astype("datetime64[D]") if is_daily else time).replace("T", " ") for time in times]


SEASONS = (  # steps of at most so many seconds, and how many of them a season has
    (60, 60),
    (15 * 60, 96),
    (30 * 60, 48),
    (3600, 24),
    (86_400, 7),
    (7 * 86_400, 52),
    (31 * 86_400, 12),
    (92 * 86_400, 4),
)
LONGEST_GUESS = 200


def guess_season(series: Series) -> int:
    """Return after how many steps a series most likely repeats itself: by its calendar, else by its autocorrelation."""
    if len(series.times) > 1:
        step = float(np.median(np.diff(series.times.astype("int64"))))
        found = next((season for seconds, season in SEASONS if step <= seconds), 1)
        if len(series) >= 2 * found:
            return found
    values = series.values - np.poly1d(np.polyfit(np.arange(len(series)), series.values, 1))(np.arange(len(series)))
    most = min(LONGEST_GUESS, len(values) // 3)
    if most < 2 or not values.std():
        return 1
    related = [float(np.corrcoef(values[lag:], values[:-lag])[0, 1]) for lag in range(1, most + 1)]
    peaks = [lag for lag in range(2, most) if related[lag - 1] > max(related[lag - 2], related[lag], 0.3)]
    return max(peaks, key=lambda lag: related[lag - 1], default=1)


@dataclass(frozen=True)
class OwnForecast:
    """How a series goes on, and how far each forecast would have been off on its last values, where it is long enough.

    Attributes:
        problem: why the network cannot go on with it, "" where it can.
    """

    ahead: Ahead
    tried: Ahead | None
    season: int
    problem: str = ""


def forecast_own(loaded: LoadedModel, text: str | bytes, place: int, horizon: int) -> OwnForecast:
    """Return how the series at `place` of a pasted text or a file goes on, by the network and by every baseline.

    Raises:
        InputError: as `read_own_series`.
    """
    series = read_own_series(text).series[place]
    season = guess_season(series)
    problem = ""
    try:
        ahead = forecast_from(loaded, series, len(series), season, horizon)
    except InputError as error:
        problem = str(error)
        ahead = baselines_from(series, len(series), season, horizon)
    origin = len(series) - horizon
    tried: Ahead | None = None
    if origin >= max(LEAST_VALUES, 2 * season):
        try:
            tried = forecast_from(loaded, series, origin, season, horizon)
        except InputError:
            tried = baselines_from(series, origin, season, horizon)
    return OwnForecast(ahead, tried, season, problem)
