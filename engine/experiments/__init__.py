"""Comparisons of architectures on memory tasks: run them, keep every number with where it came from, and sum them up.

`engine.experiments.results` reads finished tables with pandas alone; running anything imports torch, hence the lazy
names.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "COMPARISONS": "recipes",
    "Comparison": "base",
    "RunSpec": "base",
    "RunRows": "runs",
    "run_condition": "runs",
    "compare": "sweeps",
    "check_cells": "checks",
    "LiveSettings": "live_race",
    "race": "live_race",
}

__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    """Import a public name from its module on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
