"""The figures of crowds in data/results/load.parquet, each with commit, day and machine."""

from __future__ import annotations

import dataclasses
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from engine.atomic import replaced_file
from engine.provenance import commit
from tests.load.server import ROOT

if TYPE_CHECKING:
    from tests.load.crowd import Figures, Habits

FILE = ROOT / "data" / "results" / "load.parquet"


def add(figures: Figures, habits: Habits, machine: str, processes: int = 1, file: Path = FILE) -> pd.DataFrame:
    """Put one crowd's figures into the table, in place of older ones of the same crowd, and return it."""
    pages = "every page" if len(habits.pages) > 1 else habits.pages[0]
    row = {
        "day": time.strftime("%Y-%m-%d"),
        "commit": commit(),
        "machine": machine,
        "cores": os.cpu_count(),
        "processes": processes,
        "pages": pages,
        "think_seconds": f"{habits.think_seconds[0]:g} to {habits.think_seconds[1]:g}",
    } | dataclasses.asdict(figures)
    table = pd.DataFrame([row])
    if file.is_file():
        table = pd.concat([pd.read_parquet(file), table], ignore_index=True)
    table = table.drop_duplicates(["visitors", "pages", "processes", "think_seconds"], keep="last")
    table = table.sort_values(["pages", "processes", "visitors"], ignore_index=True)
    with replaced_file(file) as draft:
        table.to_parquet(draft, index=False)
    return table
