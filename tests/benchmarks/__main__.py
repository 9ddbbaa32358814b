"""Measures Unrolled beside its peers and the machine's limits in one run, and keeps the table that the app shows:

    python -m tests.benchmarks [--only GROUP ...] [--quick] [--output FILE]

The table says how long its run took. Ctrl+C ends one and keeps what was measured. A quick one, two or three rounds of
everything, is printed and not kept unless a file is named.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from importlib import metadata
from pathlib import Path

import numpy as np
import pandas as pd

from engine.console import show_progress
from engine.errors import EngineError
from engine.inspection.stored.speed import COLUMNS, TABLE
from engine.inspection.stored.tables import replace_rows
from tests.benchmarks.items.machine import NOISE
from tests.benchmarks.turns import GROUPS, ITEMS, Item, Measured, measure

FULL = {"seconds": 3.0, "fewest_rounds": 3}
QUICK = {"seconds": 0.5, "fewest_rounds": 2}
SOFTWARE = ("torch", "onnxruntime", "numpy", "streamlit")
INTERRUPTED = 130


def main() -> int:
    """Measure what is asked for, print it, and keep it; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__.partition(":")[0])
    parser.add_argument("--only", nargs="+", choices=GROUPS, metavar="GROUP", help=f"of {', '.join(GROUPS)}")
    parser.add_argument("--quick", action="store_true", help="two rounds or three of everything; kept only in a FILE")
    parser.add_argument("--output", type=Path, metavar="FILE", help=f"where the table is kept (default: {TABLE.name})")
    options = parser.parse_args()
    chosen = {"machine", *(options.only or GROUPS)}  # the noise is told with whatever is measured
    begun = time.perf_counter()
    found, is_whole = _measure_all(chosen, QUICK if options.quick else FULL)
    minutes = (time.perf_counter() - begun) / 60
    print(f"{minutes:.1f} minutes", file=sys.stderr)
    output = options.output or (None if options.quick else TABLE)
    if output is not None and found:
        rows = pd.concat([one.rows() for one in found], ignore_index=True)
        try:
            run = "a quick run of a few rounds" if options.quick else "a run"
            noise = f"{_noise(found)}; {run}, {minutes:.1f} minutes long"
            _keep(rows.assign(noise=noise, software=_software()), output, is_whole and not options.only)
        except EngineError as error:
            print(error, file=sys.stderr)
            return 2
        print(f"{len(rows)} rows are kept in {output}")
    return 0 if is_whole else INTERRUPTED


def _measure_all(groups: set[str], effort: dict[str, float]) -> tuple[list[Measured], bool]:
    """Return what was measured, and whether that is all of it."""
    items = [item for _, item in ITEMS.items() if item.group in groups]
    items += [item for item in items if item.name == NOISE]  # once more in the end
    found: list[Measured] = []
    try:
        for item in show_progress(items, len(items), "measured"):
            found.append(_measure(item, effort))
            print(f"{item.group:14} {found[-1].said()}", flush=True)
    except KeyboardInterrupt:
        print(f"stopped; {len(found)} of {len(items)} are measured", file=sys.stderr)
        return found, False
    return found, True


def _measure(item: Item, effort: dict[str, float]) -> Measured:
    """Return the turns of an item; one that fails says so and costs no other."""
    try:
        return measure(item, **effort)
    except Exception as error:  # whatever it is, what was measured in the minutes before it is kept
        return Measured(item, [], np.empty((0, 0)), f"failed: {type(error).__name__} {error}".strip())


def _noise(found: list[Measured]) -> str:
    """Return in one line how far two runs of one loop differed, before everything else and after it."""
    ratios = [one.ratios("the same") for one in found if one.item.name == NOISE and len(one.values)]
    if not ratios:
        return "not measured"
    low, high = np.concatenate(ratios).min(), np.concatenate(ratios).max()
    return f"the same loop twice: {low:.2f} to {high:.2f} times; load {os.getloadavg()[0]:.1f}"


def _software() -> str:
    versions = []
    for name in SOFTWARE:
        try:
            versions.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            versions.append(f"no {name}")
    return ", ".join(versions)


def _keep(rows: pd.DataFrame, output: Path, is_everything: bool) -> None:
    """Put rows into the table in place of older ones of the same items; a whole run leaves no others in it."""
    rows = rows.drop_duplicates(["item", "kind", "who", "size"], keep="last")
    if is_everything:
        output.unlink(missing_ok=True)
    replace_rows(output, rows, COLUMNS, keys=("item",), order=("group", "item"))


if __name__ == "__main__":
    sys.exit(main())
