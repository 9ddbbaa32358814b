"""Comparisons of architectures on memory tasks: run them, keep every number with where it came from, and sum them up.

`engine.experiments.runs.results` reads finished tables with pandas alone; running anything imports torch, hence the
lazy names.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "COMPARISONS": "recipes",
    "Comparison": "base",
    "RunSpec": "base",
    "RunRows": "runs.run",
    "run_condition": "runs.run",
    "compare": "sweeps.sweep",
    "check_cells": "sweeps.checks",
    "LiveSettings": "live_race.settings",
    "race": "live_race.race",
}

__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:  # whatever the module has under this name
    """Import a public name from its module on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
