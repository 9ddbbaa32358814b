"""What a network says of a series from some origin on, with the baselines beside it.

Shapes: N origins, T window, H horizon, K columns known beforehand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
import torch

from engine.corpora import CORPORA, load_corpus
from engine.corpora.series import PartedSeries, Series, SeriesFacts, facts_of, known_columns, next_times, parted
from engine.corpora.sources import mirror_folder
from engine.errors import InputError
from engine.inspection.series.baselines import BASELINES, forecast_by
from engine.inspection.series.measures import ForecastBand, measure, seasonal_error
from engine.models.folder import LoadedModel
from engine.models.forecaster import RECURSIVE

TOGETHER = 512  # windows that are read side by side
NETWORK = "network"
MOST_AHEAD = 1_000  # steps that can be asked for


def read_series(corpus: str) -> tuple[tuple[PartedSeries, ...], SeriesFacts, str]:
    """Return the series of a corpus, what they are about, and the sentence that says which copy was read."""
    return _read_series(corpus, _mirror(corpus))


def _mirror(corpus: str) -> str:
    return str(mirror_folder(CORPORA.get(corpus).folder or corpus))


@lru_cache(maxsize=16)
def _read_series(corpus: str, mirror: str) -> tuple[tuple[PartedSeries, ...], SeriesFacts, str]:
    found = load_corpus(corpus)
    return tuple(parted(found)), facts_of(found), found.source.sentence


@dataclass(frozen=True)
class Ahead:
    """A forecast of one series from one origin.

    Attributes:
        past: (P,) values before the origin that are shown; window: how many of the last of them the network reads.
        true: the values ahead as far as they are known, (H,) or shorter.
        bands: by name of a baseline, or "network".
        measures: by that name, every measure where all true values are known, else empty.
        times: dates of past and future together, empty where the series has none.
    """

    past: np.ndarray
    true: np.ndarray
    bands: dict[str, ForecastBand]
    measures: dict[str, dict[str, float]]
    times: np.ndarray
    window: int
    origin: int


def forecast_windows(
    loaded: LoadedModel, rows: Sequence[tuple[Series, int]], horizon: int = 0, *, is_forced: bool = False
) -> ForecastBand:
    """Return the network's forecasts of series from origins on, (N, H) each.

    A horizon longer than the network's own is reached by reading its own forecasts as if they were true.

    Args:
        is_forced: a recursive network reads the true values ahead in place of its own.

    Raises:
        InputError: a series is too short before its origin, lacks what the network reads, or has no true values to be
            read.
    """
    horizon = horizon or loaded.model.horizon
    if not 1 <= horizon <= MOST_AHEAD:
        raise InputError(f"The horizon must lie between 1 and {MOST_AHEAD:,}, not {horizon:,}.")
    found: list[list[np.ndarray]] = [[], [], []]
    for start in range(0, len(rows), TOGETHER):
        for place, part in enumerate(_forecast_batch(loaded, rows[start : start + TOGETHER], horizon, is_forced)):
            found[place].append(part)
    value, low, high = (np.concatenate(parts) for parts in found)
    return ForecastBand(value, low, high)


@torch.inference_mode()
def _forecast_batch(
    loaded: LoadedModel, rows: Sequence[tuple[Series, int]], horizon: int, is_forced: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    model, scaling = loaded.model, loaded.tokenizer
    window, own = model.window, model.horizon
    rounds = -(-horizon // own)
    values = torch.stack([_window(loaded, series, origin) for series, origin in rows])
    names = [column.name for column in scaling.known]
    known = []
    for series, origin in rows:
        begin, lacking = origin - window, max(0, origin + rounds * own - len(series))
        columns = np.zeros((window + rounds * own, 0))
        if names:
            columns = known_columns(series[begin:], names, lacking)[: window + rounds * own]
        known.append(scaling.scale_known(columns))
    whole = torch.tensor(np.stack(known), dtype=torch.float32)
    said = []
    for number in range(rounds):
        given = None
        if is_forced and model.strategy == RECURSIVE:
            given = torch.stack([_true(loaded, series, origin + number * own) for series, origin in rows])
        out = model(values, whole[:, number * own : window + (number + 1) * own], given)
        said.append(out)
        values = torch.cat([values, out[:, :, 0]], dim=1)[:, -window:]
    found = torch.cat(said, dim=1)[:, :horizon].double().numpy()  # (N, H, 3)
    value, low, high = (scaling.value.unscale(found[:, :, place]) for place in range(3))
    return value, low, high


def _window(loaded: LoadedModel, series: Series, origin: int) -> torch.Tensor:
    window = loaded.model.window
    if origin < window:
        raise InputError(
            f"{loaded.info.label or loaded.info.name} reads {window:,} values before it says the next; there are "
            f"{origin:,}. Give a longer series, or choose a network with a shorter window."
        )
    scaled = loaded.tokenizer.value.scale(series.values[origin - window : origin])
    return torch.tensor(scaled, dtype=torch.float32)


def _true(loaded: LoadedModel, series: Series, origin: int) -> torch.Tensor:
    ahead = series.values[origin : origin + loaded.model.horizon]
    if len(ahead) < loaded.model.horizon:
        raise InputError("The true values ahead are not all known here: move the origin back.")
    return torch.tensor(loaded.tokenizer.value.scale(ahead), dtype=torch.float32)


def forecast_from(
    loaded: LoadedModel,
    series: Series,
    origin: int,
    season: int,
    horizon: int = 0,
    *,
    baselines: Sequence[str] = tuple(BASELINES),
) -> Ahead:
    """Return the forecast of one series from one origin with the baselines beside it."""
    horizon = horizon or loaded.model.horizon
    network = _first(forecast_windows(loaded, [(series, origin)], horizon))  # which may be refused, so it comes first
    return _beside(loaded, series, origin, season, network, _bands(series, origin, season, horizon, names=baselines))


def _beside(
    loaded: LoadedModel,
    series: Series,
    origin: int,
    season: int,
    network: ForecastBand,
    baselines: dict[str, ForecastBand],
) -> Ahead:
    shown = max(loaded.model.window, 2 * len(network.value))
    return _ahead(series, origin, season, {NETWORK: network} | baselines, shown, loaded)


def _bands(
    series: Series,
    origin: int,
    season: int,
    horizon: int,
    *,
    short: int = 0,
    names: Sequence[str] = tuple(BASELINES),
) -> dict[str, ForecastBand]:
    """Return the forecasts of baselines; `short` is the season of those that cannot take a long one, 0 for none."""
    return {name: forecast_by(name, series.values[:origin], horizon, season, short) for name in names}


def baselines_from(series: Series, origin: int, season: int, horizon: int) -> Ahead:
    """Return the forecasts of baselines alone."""
    return _ahead(series, origin, season, _bands(series, origin, season, horizon), max(4 * season, 2 * horizon))


def _ahead(
    series: Series,
    origin: int,
    season: int,
    bands: dict[str, ForecastBand],
    shown: int,
    loaded: LoadedModel | None = None,
) -> Ahead:
    horizon = len(next(iter(bands.values())).value)
    past = series.values[:origin]
    true = series.values[origin : origin + horizon]
    scale = seasonal_error(past, season)
    is_known = len(true) == horizon
    measures = {name: measure(band, true, scale) for name, band in bands.items()} if is_known else {}
    begin = max(0, origin - shown)
    times = np.concatenate([series.times[:origin], next_times(series.times[:origin], horizon)])[begin:]
    return Ahead(past[begin:], true, bands, measures, times, loaded.model.window if loaded else 0, origin)


def _first(band: ForecastBand) -> ForecastBand:
    return ForecastBand(band.value[0], band.low[0], band.high[0])


def test_origins(one: PartedSeries, horizon: int, stride: int) -> list[int]:
    """Return the origins of the test part of a series, `stride` apart, each with a whole horizon ahead."""
    return list(range(one.validation_end, len(one.series) - horizon + 1, stride))


def evenly(origins: Sequence[int], most: int) -> list[int]:
    """Return at most so many origins, spread evenly from the first to the last."""
    if len(origins) <= most:
        return list(origins)
    return [origins[round(place * (len(origins) - 1) / (most - 1))] for place in range(most)]


def measure_origins(
    loaded: LoadedModel,
    found: Sequence[PartedSeries],
    season: int,
    rows: Sequence[tuple[int, int]],
    names: Sequence[str],
    *,
    short: int = 0,
    is_forced: bool = False,
) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield the measures of the network and of baselines over (place of a series, origin), by name.

    "mse_scaled" and "mae_scaled" are in deviations of each series' training part, as benchmarks give them.
    """
    horizon = loaded.model.horizon
    true = np.stack([found[place].series.values[origin : origin + horizon] for place, origin in rows])
    parts = {place: found[place] for place, _ in rows}
    past = {place: one.series.values[: one.validation_end] for place, one in parts.items()}
    errors = {place: seasonal_error(values, season) for place, values in past.items()}
    deviations = {place: float(one.series.values[: one.train_end].std()) or 1.0 for place, one in parts.items()}
    scale = np.array([errors[place] for place, _ in rows])
    deviation = np.array([deviations[place] for place, _ in rows])[:, None]
    for name in names:
        if name == NETWORK:
            series = [(found[place].series, origin) for place, origin in rows]
            band = forecast_windows(loaded, series, is_forced=is_forced)
        else:
            each = [
                forecast_by(name, found[place].series.values[:origin], horizon, season, short) for place, origin in rows
            ]
            band = ForecastBand(*(np.stack([getattr(one, part) for one in each]) for part in ("value", "low", "high")))
        off = (band.value - true) / deviation
        scaled = {"mse_scaled": float(np.mean(off**2)), "mae_scaled": float(np.mean(np.abs(off)))}
        yield name, measure(band, true, scale) | scaled


def member_of(corpus: str, member: int) -> PartedSeries:
    """Return one series of a corpus by its number from 1.

    Raises:
        InputError: there is none of that number.
    """
    found, _, _ = read_series(corpus)
    if not 1 <= member <= len(found):
        raise InputError(f"There are {len(found):,} series; choose one from 1 to {len(found):,}.")
    return found[member - 1]


def last_place(corpus: str, member: int, horizon: int) -> int:
    """Return how many steps into the test part the last origin lies that has a whole horizon ahead."""
    one = member_of(corpus, member)
    return max(0, len(one.series) - horizon - one.validation_end)


def forecast_test(loaded: LoadedModel, corpus: str, member: int, place: int) -> Ahead:
    """Return the forecast from `place` steps into the test part of a series of a corpus, with every baseline.

    Raises:
        InputError: there is no such series, or what the network reads is not there.
    """
    one, (_, facts, _) = member_of(corpus, member), read_series(corpus)
    origin = one.validation_end + place
    network = _first(forecast_windows(loaded, [(one.series, origin)]))
    baselines = _test_bands(corpus, _mirror(corpus), member, origin, loaded.model.horizon)
    return _beside(loaded, one.series, origin, facts.season, network, baselines)


@lru_cache(maxsize=64)
def _test_bands(corpus: str, mirror: str, member: int, origin: int, horizon: int) -> dict[str, ForecastBand]:
    """Return what every baseline forecasts there: nearly a second, the same beside whichever network is looked at."""
    series, (_, facts, _) = member_of(corpus, member).series, read_series(corpus)
    return _bands(series, origin, facts.season, horizon, short=facts.seasons[-1])


def ahead_frame(found: Ahead) -> pd.DataFrame:
    """Return a forecast as a table: a row per step ahead, the true value, what each forecast says, and its band."""
    horizon = len(next(iter(found.bands.values())).value)
    true = np.full(horizon, np.nan)
    true[: len(found.true)] = found.true
    columns: dict[str, object] = {"steps_ahead": np.arange(1, horizon + 1)}
    if len(found.times):
        columns["date"] = [str(time).replace("T", " ") for time in found.times[len(found.past) :][:horizon]]
    columns["true"] = true
    for name, band in found.bands.items():
        columns |= {name: band.value, f"{name}_low": band.low, f"{name}_high": band.high}
    return pd.DataFrame(columns)


def measures_frame(found: Ahead, names: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Return how far each forecast is off as a table, the best first; `names` are what each is called."""
    rows = [{"forecast": (names or {}).get(name, name)} | each for name, each in found.measures.items()]
    return pd.DataFrame(rows).sort_values("mae", kind="stable", ignore_index=True)


def say_forecast(found: Ahead, network: str) -> str:
    """Return the sentence on how far the network and the best baseline are off here."""
    if not found.measures:
        return f"{network} says {len(found.bands[NETWORK].value):,} values; what is true of them is not known here."
    errors = {name: each["mae"] for name, each in found.measures.items()}
    own = errors.pop(NETWORK)
    best = min(errors, key=errors.__getitem__)
    covered = round(found.measures[NETWORK]["coverage"] * len(found.true))
    place = "closer than every baseline" if own < errors[best] else "further off than that"
    return (
        f"From here {network} is {own:.3g} off on average; the best baseline, {BASELINES[best].title}, is "
        f"{errors[best]:.3g} off: the network is {place}. Its band holds {covered} of {len(found.true)} true values."
    )
