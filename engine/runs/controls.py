"""What is asked of a run that goes on: it looks between updates."""

from __future__ import annotations

import json
from pathlib import Path

from engine.atomic import replaced_file
from engine.config import JsonObject
from engine.errors import ConfigError
from engine.runs.processes import changing

CONTROL = "control.json"


def ask(folder: Path, *, pause: bool = False, stop: bool = False, learning_rate: float | None = None) -> None:
    """Ask a run that goes on to pause, to stop, or to go on with another learning rate (the highest of its schedule).

    Raises:
        ConfigError: the learning rate is out of bounds.
        InputError: the run is not there any more.
    """
    from engine.training.schedules import HIGHEST_RATE  # torch takes a second to import

    if learning_rate is not None and not 0 < learning_rate <= HIGHEST_RATE:
        raise ConfigError(f"A learning rate must lie above 0 and at or below {HIGHEST_RATE:g}, not {learning_rate:g}.")
    wanted: JsonObject = {name: True for name, is_asked in (("pause", pause), ("stop", stop)) if is_asked}
    wanted |= {"learning_rate": learning_rate} if learning_rate is not None else {}
    with changing(folder):
        _write(folder / CONTROL, _read(folder / CONTROL) | wanted)


def take(folder: Path) -> JsonObject:
    """Return what was asked since the last time, {} for nothing."""
    if not (folder / CONTROL).exists():  # nearly always, and a run looks after every few updates
        return {}
    with changing(folder):  # what is asked meanwhile is not lost
        asked = _read(folder / CONTROL)
        (folder / CONTROL).unlink(missing_ok=True)
        return asked


def forget(folder: Path, *names: str) -> None:
    """Drop some of what a run was asked for and never heard of, as it ended before; for whoever is `changing` it."""
    asked = _read(folder / CONTROL)
    kept = {name: value for name, value in asked.items() if name not in names}
    if kept != asked:
        _write(folder / CONTROL, kept)


def _write(file: Path, asked: JsonObject) -> None:
    with replaced_file(file) as draft:
        draft.write_text(json.dumps(asked), encoding="utf-8")


def _read(file: Path) -> JsonObject:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
