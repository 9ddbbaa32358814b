"""How a data set is divided into training, validation and test split: by ratio and seed, or as it came."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.config import JsonObject, option, to_dict, validate
from engine.corpora.base import SPLITS
from engine.corpora.data_folder import ITS_OWN, Columns
from engine.errors import ConfigError, InputError
from engine.wording import listing, percent

# What the splits of data sets are called, ours first.
CALLED = {
    "train": ("train", "training"),
    "validation": ("validation", "valid", "val", "dev", "development"),
    "test": ("test", "testing", "eval", "evaluation"),
}


@dataclass(frozen=True)
class Division:
    """How rows are shared out; what a data set's own splits lack is cut from its training split in the same way."""

    by: str = option("ratio", "Split", choices=("ratio", "own"))
    validation: float = option(
        0.1, "Share for validation", "What decides when training is over.", minimum=0.0, maximum=0.5, step=0.05
    )
    test: float = option(
        0.1, "Share for the test", "What the finished network is judged on.", minimum=0.0, maximum=0.5, step=0.05
    )
    seed: int = option(0, "Seed of the split", "Same seed, same split.", minimum=0, maximum=2**31 - 1)
    order: str = option(
        "shuffled",
        "Rows",
        "Shuffled: each row is drawn for a split by the seed. In order: the text stays in one piece, its end is kept "
        "for validation and test.",
        choices=("shuffled", "in order"),
    )

    def to_dict(self) -> JsonObject:
        """Return it as data.json keeps it."""
        return ITS_OWN | to_dict(self) if self.by == "own" else {"kind": "ratio"} | to_dict(self)


def split_names(names: Sequence[str]) -> dict[str, str]:
    """Return which of ours each split of a data set is, by our names; what is called by none of ours is left out."""
    lowered = {name.lower(): name for name in names}
    found = {
        ours: next((lowered[known] for known in called if known in lowered), None) for ours, called in CALLED.items()
    }
    return {ours: name for ours, name in found.items() if name is not None}


def divide(splits: Mapping[str, Columns], division: Division) -> dict[str, Columns]:
    """Return training, validation and test split, none of them empty.

    Raises:
        ConfigError: a setting is out of bounds.
        InputError: one would be empty; the message says what to change.
    """
    validate(division)
    if division.validation + division.test >= 1:
        raise ConfigError("Validation and test take all rows: leave some for training.")
    if division.by == "own":
        found = _take_own(splits, division)
    else:
        everything = _joined(list(splits.values()))
        parts = _share_out(_length(everything), _weights(everything), division, ("validation", "test"))
        found = {name: _chosen(everything, places) for name, places in parts.items()}
    for name in SPLITS:
        if not _length(found[name]):
            raise InputError(_say_empty(name, division, {split: _length(rows) for split, rows in found.items()}))
    return {name: found[name] for name in SPLITS}


def _take_own(splits: Mapping[str, Columns], division: Division) -> dict[str, Columns]:
    named = split_names(list(splits))
    if "train" not in named:
        raise InputError(f"There is no training split: the splits are {listing(splits)}. Split by a ratio instead.")
    found = {ours: splits[name] for ours, name in named.items()}
    lacking = tuple(name for name in SPLITS if name not in found)
    if lacking:
        rows = found["train"]
        parts = _share_out(_length(rows), _weights(rows), division, lacking)
        found |= {name: _chosen(rows, places) for name, places in parts.items()}
    return found


def _share_out(count: int, weights: Sequence[int], division: Division, names: Sequence[str]) -> dict[str, list[int]]:
    """Return which of `count` rows go into the training split and those in `names`."""
    shares = [getattr(division, name) for name in names]
    if division.order == "shuffled":
        places = list(range(count))
        random.Random(division.seed).shuffle(places)
        ends = [round(share * count) for share in shares]
        cut = count - sum(ends)
        found = {"train": sorted(places[:cut])}
        for name, size in zip(names, ends, strict=True):
            found[name] = sorted(places[cut : cut + size])
            cut += size
        return found
    total, passed, place = sum(weights) or 1, 0, 0
    bounds = [1 - sum(shares[position:]) for position in range(len(shares))]
    cuts = []
    for bound in bounds:
        while place < count and passed + weights[place] / 2 <= bound * total:  # where most of a row lies
            passed += weights[place]
            place += 1
        cuts.append(place)
    edges = [0, *cuts, count]
    return {name: list(range(edges[n], edges[n + 1])) for n, name in enumerate(("train", *names))}


def _weights(columns: Columns) -> list[int]:
    """Return how much of the whole each row is: its characters, and one for its end."""
    first = next(iter(columns.values()))
    return [len(cell) + 1 if isinstance(cell, str) else 1 for cell in first]


def _length(columns: Columns) -> int:
    return len(next(iter(columns.values())))


def _joined(parts: Sequence[Columns]) -> dict[str, list[Any]]:  # cells
    return {column: [cell for part in parts for cell in part[column]] for column in parts[0]}


def _chosen(columns: Columns, places: Sequence[int]) -> dict[str, list[Any]]:  # cells
    return {column: [cells[place] for place in places] for column, cells in columns.items()}


def _say_empty(name: str, division: Division, rows: Mapping[str, int]) -> str:
    total = sum(rows.values())
    if name == "train":
        return f"The training split would be empty: there are {total:,} rows in all. Bring more, or keep less back."
    share = getattr(division, name)
    what = f"{percent(share, 0)} of {total:,} rows are none" if share else "its share is 0"
    return f"The {name} split would be empty: {what}. Give it a larger share, or bring more rows."
