"""Runs that are watched and what can be asked of them, for every page that shows some; each is a job that outlives the
page."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from engine import owners, runs
from engine.errors import EngineError, InputError
from engine.jobs import training
from engine.runs import Run
from pages.components.computing import cache
from pages.components.controls import state
from pages.components.drawing import notices
from pages.components.server import visitor

RUN = "run"  # the parameter that holds the ids of the runs that are looked at
SECONDS_SAID = 10.0  # a run that is watched is drawn anew every second
_KEPT = "run-control"  # what is remembered here stands under this name, for all pages


def watched() -> list[Path]:
    """Return the folders of the runs that the address names, or of those this visitor looked at last and that are still
    there.

    Raises:
        InputError: one that the address names is not there, or is somebody's who does not share it.
    """
    asked = [each for each in dict.fromkeys(state.read_url_list(RUN)) if each]
    if asked:
        return [owners.find(each, visitor.folder(), ("runs",)) for each in asked]
    folders = []
    for each in state.recall(_KEPT, RUN, []):
        with suppress(InputError):  # deleted since
            folders.append(owners.find(each, visitor.folder(), ("runs",)))
    if folders:
        state.write_url_list(RUN, [folder.name for folder in folders])
    return folders


def watch(ids: Sequence[str]) -> None:
    """Look at other runs, or at none; for a button's on_click."""
    state.remember(_KEPT, RUN, list(ids))
    state.write_url_list(RUN, list(ids))


def go_on(folders: Sequence[Path]) -> None:
    """Resume runs from their checkpoints; for a button's on_click."""
    try:
        training.start(cache.job_runner(), folders, visitor.address())
    except EngineError as problem:
        refuse(problem)


def go_further(folders: Sequence[Path], more_steps: int, rate: float) -> None:
    """Let runs that are over make more updates, at most with this learning rate."""
    try:
        for folder in folders:
            runs.go_further(folder, more_steps=more_steps, learning_rate=rate)
        training.start(cache.job_runner(), folders, visitor.address())
    except EngineError as problem:
        refuse(problem)


def pause(folders: Sequence[Path]) -> None:
    """Ask runs to wait; for a button's on_click."""
    training.pause(cache.job_runner(), folders)


def stop(folders: Sequence[Path]) -> None:
    """Ask runs to end with what they have; for a button's on_click."""
    training.stop(cache.job_runner(), folders)


def change_rate(folders: Sequence[Path], rate: float) -> None:
    """Ask runs to go on with another learning rate."""
    try:
        for folder in folders:
            runs.ask(folder, learning_rate=rate)
    except EngineError as problem:
        refuse(problem)


def read(folder: Path) -> Run:
    """Return a run as it stands, and its place in the queue."""
    return training.read(cache.job_runner(), folder)


def show_refusal() -> None:
    """Say, for some seconds, why the last thing that was asked for was not done."""
    said, until = state.recall(_KEPT, "refused", ("", 0.0))
    if time.monotonic() < until:
        notices.error(said)


def refuse(problem: EngineError) -> None:
    """Have `show_refusal` say why what was asked for is not done."""
    state.remember(_KEPT, "refused", (str(problem), time.monotonic() + SECONDS_SAID))
