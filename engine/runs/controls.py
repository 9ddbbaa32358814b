"""What is asked of a run that goes on: it looks between updates."""

from __future__ import annotations

import json
import os
from pathlib import Path

from engine.atomic import replaced_file
from engine.config import JsonObject
from engine.errors import ConfigError

CONTROL, TAKEN = "control.json", "control.taken.json"


def ask(folder: Path, *, pause: bool = False, stop: bool = False, learning_rate: float | None = None) -> None:
    """Ask a run that goes on to pause, to stop, or to go on with another learning rate (the highest of its schedule).

    Raises:
        ConfigError: the learning rate is out of bounds.
    """
    from engine.training.schedules import HIGHEST_RATE  # torch takes a second to import

    if learning_rate is not None and not 0 < learning_rate <= HIGHEST_RATE:
        raise ConfigError(f"A learning rate must lie above 0 and at or below {HIGHEST_RATE:g}, not {learning_rate:g}.")
    wanted: JsonObject = _read(folder / CONTROL)
    wanted |= {name: True for name, is_asked in (("pause", pause), ("stop", stop)) if is_asked}
    wanted |= {"learning_rate": learning_rate} if learning_rate is not None else {}
    with replaced_file(folder / CONTROL) as draft:
        draft.write_text(json.dumps(wanted), encoding="utf-8")


def take(folder: Path) -> JsonObject:
    """Return what was asked since the last time, {} for nothing."""
    try:
        os.replace(folder / CONTROL, folder / TAKEN)  # so that what is asked meanwhile is not lost
    except OSError:
        return {}
    asked = _read(folder / TAKEN)
    (folder / TAKEN).unlink(missing_ok=True)
    return asked


def forget_leaving(folder: Path) -> None:
    """Drop a pause or a stop that a run was asked for and never heard of, as its process ended before."""
    asked = take(folder)
    if "learning_rate" in asked:
        ask(folder, learning_rate=float(asked["learning_rate"]))


def _read(file: Path) -> JsonObject:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
