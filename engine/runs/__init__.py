"""Runs: folders that anyone can read, in which a network is trained, watched, paused, resumed and kept."""

from engine.runs.controls import ask
from engine.runs.folder import create, delete, go_further, listed, read, rename, restore
from engine.runs.records import Curves, metrics, samples
from engine.runs.run import ACTIVE, STATES, Run

__all__ = [
    "ACTIVE",
    "STATES",
    "Curves",
    "Run",
    "ask",
    "create",
    "delete",
    "go_further",
    "listed",
    "metrics",
    "read",
    "rename",
    "restore",
    "samples",
]
