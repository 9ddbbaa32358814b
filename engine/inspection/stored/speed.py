"""How fast and how large Unrolled is beside what others would write and what the machine allows, as `python -m
tests.benchmarks` measured it in one run."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from engine.inspection.stored.tables import RESULTS, read_stored_table

TABLE = RESULTS / "speed.parquet"
COMMAND = "python -m tests.benchmarks"
COLUMNS = tuple(
    "group item unit per kind who size value low high ratio ratio_low ratio_high rounds note noise software "
    "hardware commit date".split()
)
OURS, PEER, LIMIT, PART, EXPONENT = "ours", "peer", "limit", "part", "exponent"
US = "Unrolled"
TITLES = {
    "steps": "One step",
    "decoding": "Decoding",
    "training": "Training",
    "classification": "Classification",
    "tagging": "Tagging",
    "start": "Start",
    "memory": "Memory",
    "growth": "Growth",
    "machine": "The machine",
}


def read_table(table: str = "") -> pd.DataFrame:
    """Return the whole table: one row per item and side of it.

    Raises:
        DataError: it is not there, is damaged, or lacks columns.
    """
    return read_stored_table(Path(table or TABLE), COLUMNS, f"Speed has not been measured here; run: {COMMAND}.")


def compared(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that say how many times what Unrolled costs another one costs, or a limit."""
    return frame[frame["kind"].isin([PEER, LIMIT]) & frame["ratio"].notna() & frame["size"].isna()]


def growing(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that say what something costs at a size."""
    return frame[frame["size"].notna() & frame["value"].notna()]


def exponents(frame: pd.DataFrame, item: str) -> dict[str, float]:
    """Return with which power of the size each side of an item grows, by its name."""
    rows = frame[(frame["kind"] == EXPONENT) & (frame["item"] == item)]
    return dict(zip(rows["who"], rows["value"].astype(float), strict=True))


def in_words(frame: pd.DataFrame) -> str:
    """Return in one sentence how many of the peers are slower (or larger), and by how much most of them."""
    peers = compared(frame)
    peers = peers[peers["kind"] == PEER]
    if peers.empty:
        return "Nothing is compared here."
    ahead, middle = int((peers["ratio"] > 1).sum()), peers["ratio"].median()
    least, most = peers.loc[peers["ratio"].idxmin()], peers.loc[peers["ratio"].idxmax()]
    return (
        f"{ahead:,} of {len(peers):,} peers cost more than Unrolled, the middle one {middle:.1f} times as much. "
        f"Least: {least['who']} ({least['item']}), {least['ratio']:.2f} times; most: {most['who']} ({most['item']}), "
        f"{most['ratio']:.1f} times."
    )


def shown_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows for a reader: without what is the same for all, seconds of an item in a unit that suits its
    first value, numbers with four digits."""
    same = ["group", "noise", "software", "hardware", "commit", "date"]
    shown = frame.drop(columns=same).reset_index(drop=True)
    for _, rows in shown[shown["unit"] == "s"].groupby("item", sort=False):
        factor, unit = _scale(rows["value"].iloc[0])
        shown.loc[rows.index, ["value", "low", "high"]] *= factor
        shown.loc[rows.index, "unit"] = unit
    numbers = shown.select_dtypes("number").columns
    shown = shown.assign(**{name: [_short(value) for value in shown[name]] for name in numbers})
    return shown.dropna(axis="columns", how="all")


def _scale(seconds: float) -> tuple[float, str]:
    """Return what to multiply seconds by, and what they are called then."""
    return next(((factor, unit) for factor, unit in ((1, "s"), (1e3, "ms")) if seconds * factor >= 1), (1e6, "µs"))


def _short(value: float) -> float:
    """Return a number with four digits that count."""
    return float(f"{value:.4g}")
