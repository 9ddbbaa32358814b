"""What a step costs, read off measured rows: seconds and bytes against sequence length or position, and whether they
grow. No torch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from engine.experiments.findings.aggregates import in_order
from engine.experiments.runs.results import rows_with
from engine.plotting.theme import architecture_in_text
from engine.wording import listing

COLUMNS = ["architecture", "at", "seconds", "memory_bytes", "hidden_size", "parameters", "batch_size"]
NAMED = 3  # more networks are counted in a sentence, not named
GROWS = 1.5  # from this ratio of the last third to the first on, a cost is said to grow


def stored_costs(frame: pd.DataFrame, when: str, equal: str, architectures: Sequence[str] = ()) -> pd.DataFrame:
    """Return the timing rows of a table of results as COLUMNS; empty where it has none of the kind.

    Args:
        when: "training" (`at` is the length of the sequences) or "streaming" (`at` is the position of the token).
        equal: what the networks have in common, "parameters" or "hidden_size".
        architectures: those wanted; all where empty.
    """
    rows = rows_with(frame, architectures, kind="timing", equal=equal)
    mode = rows["mode"] if "mode" in rows else pd.Series("training", index=rows.index)
    rows = rows[mode.fillna("training").replace("", "training") == when]
    return as_points(rows, when)


def as_points(rows: pd.DataFrame, when: str) -> pd.DataFrame:
    """Return timing rows as COLUMNS, in the order of legends."""
    if rows.empty:
        return pd.DataFrame(columns=COLUMNS)
    seconds = rows["seconds"] if "seconds" in rows else pd.Series(float("nan"), index=rows.index)
    if when == "training" and "seconds_per_step" in rows:
        seconds = seconds.fillna(rows["seconds_per_step"])
    table = rows.assign(at=rows["length" if when == "training" else "position"], seconds=seconds)
    table = in_order(table.reindex(columns=COLUMNS).sort_values("at"))
    for name in ("at", "seconds", "memory_bytes"):
        table[name] = pd.to_numeric(table[name]).astype(float)
    return table


def growth(points: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return per architecture the median of `column` over the first and the last third of `at`, and their ratio."""
    rows = []
    for name, own in points.dropna(subset=[column]).groupby("architecture", sort=False):
        third = max(1, len(own) // 3)
        values = own.sort_values("at")[column].to_numpy(float)
        first, last = float(np.median(values[:third])), float(np.median(values[-third:]))
        rows.append(
            {"architecture": name, "first": first, "last": last, "ratio": last / first if first else float("inf")}
        )
    return pd.DataFrame(rows, columns=["architecture", "first", "last", "ratio"])


def growth_sentence(points: pd.DataFrame, when: str) -> str:
    """Return in a few sentences whose time and whose memory grow along the axis; worked out from the points."""
    position = "the sequence" if when == "training" else "the position"
    time_noun = "time per update" if when == "training" else "time per token"
    parts = []
    for column, noun, words in (("seconds", time_noun, time_words), ("memory_bytes", "memory", size_words)):
        table = growth(points, column)
        growing, steady = table[table["ratio"] >= GROWS], table[table["ratio"] < GROWS]
        if len(growing) > NAMED:
            least, most = (growing.sort_values("ratio").iloc[at] for at in (0, -1))
            times = list(dict.fromkeys(_short(row["ratio"]) for row in (least, most)))
            who = f"all {len(table)} networks" if steady.empty else f"{len(growing)} of {len(table)} networks"
            parts.append(
                f"The {noun} grows with {position} for {who}, {' to '.join(times)} times; most for "
                f"{architecture_in_text(most['architecture'])}, from {words(most['first'])} to {words(most['last'])}."
            )
        elif len(growing):
            said = [
                f"{architecture_in_text(row.architecture)} from {words(row.first)} to {words(row.last)}"
                for row in growing.itertuples()
            ]
            parts.append(f"The {noun} grows with {position} for {listing(said)}.")
        if len(steady):
            low, high = steady[["first", "last"]].min().min(), steady[["first", "last"]].max().max()
            names = listing([architecture_in_text(name) for name in steady["architecture"]])
            if len(steady) > NAMED:
                names = f"{'all' if growing.empty else 'the other'} {len(steady)} networks"
            parts.append(f"The {noun} stays about the same for {names}: {words(low)} to {words(high)}.")
    return " ".join(parts)


def size_words(count: float) -> str:
    """Return a number of bytes as people say it."""
    for unit, size in (("MiB", 2**20), ("KiB", 2**10)):
        if count >= size:
            return f"{_short(count / size)} {unit}"
    return f"{count:.0f} bytes"


def time_words(seconds: float) -> str:
    """Return a time as people say it."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{_short(seconds / size)} {unit}"
    return f"{_short(1e6 * seconds)} µs"


def _short(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.2g}"
