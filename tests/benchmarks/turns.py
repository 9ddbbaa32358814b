"""What is measured and how: items, in each of which we, our peers and the machine's limits take turns, A B A B.

A ratio is worked out within a round, so that a neighbour's load meets both sides of it, and told as the median over the
rounds with its range. What is measured of one process on one thread goes by processor time: a clock on the wall would
measure the neighbours. Items are registered by the files of `tests.benchmarks.items`; tests and `python -m
tests.benchmarks` measure the same ones.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import torch

from engine.aggregation import MEDIAN_AND_RANGE
from engine.errors import EngineError
from engine.inspection.stored.speed import EXPONENT, LIMIT, OURS, PART, PEER, US
from engine.registry import Registry

GROUPS = ("machine", "steps", "decoding", "training", "classification", "tagging", "start", "memory", "growth")
LEAST_SECONDS = 0.01  # of a turn: shorter work is repeated
SECONDS = "s"
MEBIBYTES = "MiB"

Take = Callable[[], float]  # one turn: what a unit of it costs, in seconds or in MiB


class Unavailable(Exception):
    """Something cannot be measured here; says why."""


@dataclass(frozen=True)
class Entry:
    """One side of a contest.

    Attributes:
        kind: OURS, PEER, LIMIT, or PART, which is compared with nothing.
        take: one turn; None where it cannot be taken here, `note` says why.
        size: of what is read or written, where that is what grows.
    """

    kind: str
    who: str
    take: Take | None
    size: float = math.nan
    note: str = ""


@dataclass
class Contest:
    """Who takes turns, and what is to be known of it: `check` returns what differs though it should not, "" if
    nothing does."""

    entries: list[Entry]
    check: Callable[[], str] = lambda: ""
    close: Callable[[], None] = lambda: None

    @classmethod
    def between(
        cls,
        ours: Take,
        peers: dict[str, Take | Unavailable],
        limits: dict[str, Take | Unavailable] | None = None,
        *,
        parts: dict[str, Take | Unavailable] | None = None,
        note: str = "",
        check: Callable[[], str] = lambda: "",
    ) -> Contest:
        """Return a contest of ours with peers and limits, by name, and what is measured beside them."""
        others = [(PEER, peers), (LIMIT, limits or {}), (PART, parts or {})]
        return cls(
            [Entry(OURS, US, ours, note=note)]
            + [_entry(kind, who, take) for kind, named in others for who, take in named.items()],
            check,
        )

    @classmethod
    def parts(cls, parts: dict[str, Take | Unavailable]) -> Contest:
        """Return what is measured side by side and compared with nothing, by name."""
        return cls([_entry(PART, who, take) for who, take in parts.items()])

    @classmethod
    def over(
        cls,
        ours: dict[str, dict[int, Take | Unavailable]],
        peers: dict[str, dict[int, Take | Unavailable]] | None = None,
    ) -> Contest:
        """Return a contest at several sizes, by name and size; peers are compared with the first of ours."""
        return cls(
            [
                _entry(kind, who, take, size)
                for kind, named in ((OURS, ours), (PEER, peers or {}))
                for who, sizes in named.items()
                for size, take in sizes.items()
            ]
        )


def _entry(kind: str, who: str, take: Take | Unavailable, size: float = math.nan) -> Entry:
    if isinstance(take, Unavailable):
        return Entry(kind, who, None, size, str(take))
    return Entry(kind, who, take, size)


@dataclass(frozen=True)
class Item:
    """One thing that is measured.

    Attributes:
        unit, per: SECONDS per what, or MEBIBYTES of what.
        most_rounds: where a round takes long.
    """

    group: str
    name: str
    unit: str
    per: str
    build: Callable[[], Contest]
    most_rounds: int = 15


ITEMS: Registry[Item] = Registry(
    "benchmark", package="tests.benchmarks.items", order=lambda item: GROUPS.index(item.group)
)


def item(
    group: str, name: str, per: str, *, unit: str = SECONDS, most_rounds: int = 15
) -> Callable[[Callable[[], Contest]], Callable[[], Contest]]:
    """Return a decorator that registers what builds a contest as an item."""

    def add(build: Callable[[], Contest]) -> Callable[[], Contest]:
        ITEMS.register(name)(Item(group, name, unit, per, build, most_rounds))
        return build

    return add


def timed(
    work: Callable[[], object],
    units: float = 1.0,
    clock: Callable[[], float] = time.process_time,
    least_seconds: float = LEAST_SECONDS,
) -> Take:
    """Return a turn: the seconds of one of the `units` that a call works off. Short calls are repeated, as often as
    the first turn finds out."""
    times = 0

    def spent(repeats: int) -> float:
        begun = clock()
        for _ in range(repeats):
            work()
        return (clock() - begun) / repeats

    def take() -> float:
        nonlocal times
        if not times:
            seconds = spent(1)
            seconds = spent(1) if seconds < least_seconds else seconds  # the first call prepares
            times = max(1, math.ceil(least_seconds / max(seconds, 1e-7)))
            return seconds / units
        return spent(times) / units

    return take


@dataclass
class Measured:
    """The turns of an item: `values` (rounds, entries), NaN for who could not take one.

    Attributes:
        note: what differed though it should not, or why nothing could be measured.
    """

    item: Item
    entries: list[Entry]
    values: np.ndarray
    note: str = ""
    seconds: float = 0.0
    _us: str = field(init=False)
    _places: dict[tuple[str, float | None], int] = field(init=False)

    def __post_init__(self) -> None:
        self._us = next((entry.who for entry in self.entries if entry.kind == OURS), US)
        self._places = {
            (entry.who, None if math.isnan(entry.size) else entry.size): place
            for place, entry in enumerate(self.entries)
        }

    def of(self, who: str = "", size: float | None = None) -> np.ndarray:
        """Return the turns of one side (ours if none is named), (rounds,), NaN where it took none."""
        place = self._places.get((who or self._us, size))
        return np.full(len(self.values), math.nan) if place is None else self.values[:, place]

    def middle(self, who: str = "", size: float | None = None) -> float:
        """Return the median of one side's turns."""
        return float(np.median(self.of(who, size)))

    def ratios(self, who: str, size: float | None = None) -> np.ndarray:
        """Return, round by round, how many times what we cost the other one costs."""
        return self.of(who, size) / self.of(size=size)

    def gain(self, size: float, beside: float, who: str = "") -> float:
        """Return how many times what one side costs at `size` it costs at `beside`, round by round, at the median."""
        return float(np.median(self.of(who, size) / self.of(who, beside)))

    def ratio(self, who: str, size: float | None = None) -> float:
        """Return the median of `ratios`; NaN where the other one could not be measured."""
        return float(np.median(self.ratios(who, size)))

    def said(self) -> str:
        """Return ours and every ratio in one line."""
        if self.note and not len(self.values):
            return f"{self.item.name}: {self.note}"
        parts = []
        for entry, values in zip(self.entries, self.values.T, strict=True):
            size = "" if math.isnan(entry.size) else f" at {entry.size:g}"
            if entry.take is None:
                parts.append(f"{entry.who}{size}: {entry.note}")
                continue
            part = f"{entry.who}{size} {in_unit(float(np.median(values)), self.item.unit)}"
            if entry.kind in (PEER, LIMIT) and not math.isnan(
                self.ratio(entry.who, None if math.isnan(entry.size) else entry.size)
            ):
                ratios = self.ratios(entry.who, None if math.isnan(entry.size) else entry.size)
                part += f" ({np.median(ratios):.2f} times, {ratios.min():.2f} to {ratios.max():.2f})"
            parts.append(part)
        return f"{self.item.name}, per {self.item.per}: {'; '.join(parts)}" + (f"; {self.note}" if self.note else "")

    def rows(self) -> pd.DataFrame:
        """Return a row for every side, and one for every exponent."""
        found = [self._row(entry, self.values[:, place]) for place, entry in enumerate(self.entries)]
        for who in dict.fromkeys(entry.who for entry in self.entries if not math.isnan(entry.size)):
            found += self._exponent(who)
        if not found:
            found = [self._row(Entry(OURS, US, None, note=self.note), np.full(0, math.nan))]
        return pd.DataFrame(found)

    def _row(self, entry: Entry, values: np.ndarray) -> dict[str, object]:
        size = None if math.isnan(entry.size) else entry.size
        compared = entry.kind in (PEER, LIMIT) and len(values)
        middle, low, high = _spread(values)
        ratio, ratio_low, ratio_high = _spread(self.ratios(entry.who, size)) if compared else (math.nan,) * 3
        return {
            "group": self.item.group,
            "item": self.item.name,
            "unit": self.item.unit,
            "per": self.item.per,
            "kind": entry.kind,
            "who": entry.who,
            "size": entry.size,
            "value": middle,
            "low": low,
            "high": high,
            "ratio": ratio,
            "ratio_low": ratio_low,
            "ratio_high": ratio_high,
            "rounds": len(values),
            "note": "; ".join(filter(None, (entry.note, self.note if entry.note != self.note else ""))),
        }

    def _exponent(self, who: str) -> Iterator[dict[str, object]]:
        """Yield the row of the exponent with which a side's cost grows: the slope of a line through its logarithms."""
        sizes = [entry.size for entry in self.entries if entry.who == who and entry.take is not None]
        if len(sizes) < 3:
            return
        costs = np.stack([self.of(who, size) for size in sizes])
        slopes = np.polyfit(np.log(sizes), np.log(costs), 1)[0]
        yield self._row(Entry(EXPONENT, who, None), slopes) | {"unit": "", "per": "power of the size"}


def _spread(values: np.ndarray) -> tuple[float, float, float]:
    if not len(values) or np.isnan(values).all():
        return math.nan, math.nan, math.nan
    middle, low, high = MEDIAN_AND_RANGE.over(values)
    return float(middle), float(low), float(high)


def in_unit(value: float, unit: str) -> str:
    """Return seconds or MiB as a person reads them."""
    if unit == MEBIBYTES:
        return f"{value:,.1f} MiB" if value >= 1 else f"{1024 * value:,.1f} KiB"
    scale, name = next(
        (scale, name) for scale, name in ((1, "s"), (1e3, "ms"), (1e6, "µs")) if value * scale >= 1 or name == "µs"
    )
    return f"{value * scale:.3g} {name}"


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch use one thread, as in the server."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def measure(measured: Item | str, *, seconds: float = 3.0, fewest_rounds: int = 3) -> Measured:
    """Return the turns of an item, or of the one of that name: as many rounds as fit into the seconds.

    Raises:
        KeyboardInterrupt: it was stopped; the rounds so far are lost.
    """
    found = ITEMS.get(measured) if isinstance(measured, str) else measured
    begun = time.perf_counter()
    try:
        with one_thread():
            contest = found.build()
            try:
                values, note = _take_turns(contest.entries, found.most_rounds, seconds, fewest_rounds), contest.check()
            finally:
                contest.close()
    except (Unavailable, EngineError, ImportError) as missing:
        return Measured(found, [], np.empty((0, 0)), str(missing))
    return Measured(found, contest.entries, values, note, time.perf_counter() - begun)


def _take_turns(entries: Sequence[Entry], most: int, seconds: float, fewest: int) -> np.ndarray:
    for entry in entries:  # warm up: what is prepared on the first call is prepared
        if entry.take is not None and most > 1:
            entry.take()
    rounds, until = [], time.perf_counter() + seconds
    while len(rounds) < min(fewest, most) or (len(rounds) < most and time.perf_counter() < until):
        rounds.append([math.nan if entry.take is None else entry.take() for entry in entries])
    return np.array(rounds)
