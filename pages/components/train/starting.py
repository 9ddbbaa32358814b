"""Beginning runs, going on with them, and leaving them; each is a job that outlives the page."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from engine import owners, runs
from engine.errors import EngineError, InputError
from engine.jobs import training
from engine.plotting import theme
from engine.recipes.base import Recipe
from engine.runs import Run
from pages.components import cache, state, visitor
from pages.components.train import costs
from pages.components.train.view import PAGE, RUN

SECONDS_SAID = 10.0  # a run that is watched is drawn anew every second


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
    for each in state.recall(PAGE, RUN, []):
        with suppress(InputError):  # deleted since
            folders.append(owners.find(each, visitor.folder(), ("runs",)))
    if folders:
        state.write_url_list(RUN, [folder.name for folder in folders])
    return folders


def watch(ids: Sequence[str]) -> None:
    """Look at other runs, or at none; for a button's on_click."""
    state.remember(PAGE, RUN, list(ids))
    state.write_url_list(RUN, list(ids))


def begin(recipes: Mapping[str, Recipe], title: str) -> None:
    """Make a run of each architecture's recipe and queue them, as one job where they race."""
    owner, made = visitor.folder(), []
    costs.give_up()
    try:
        for architecture, recipe in recipes.items():
            named = dataclasses.replace(recipe, title=_title(recipe, architecture, title, len(recipes) > 1))
            made.append(runs.create(owners.new_place(owner, "runs"), named, named.title).folder)
        owners.note_visit(owner)
        training.start(cache.job_runner(), made, visitor.address())
    except EngineError as problem:
        for folder in made:
            runs.delete(folder)
        _refuse(problem)
        return
    watch([folder.name for folder in made])


def go_on(folders: Sequence[Path]) -> None:
    """Resume runs from their checkpoints; for a button's on_click."""
    try:
        training.start(cache.job_runner(), folders, visitor.address())
    except EngineError as problem:
        _refuse(problem)


def go_further(folders: Sequence[Path], more_steps: int, rate: float) -> None:
    """Let runs that are over make more updates, at most with this learning rate."""
    try:
        for folder in folders:
            runs.go_further(folder, more_steps=more_steps, learning_rate=rate)
        training.start(cache.job_runner(), folders, visitor.address())
    except EngineError as problem:
        _refuse(problem)


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
        _refuse(problem)


def read(folder: Path) -> Run:
    """Return a run as it stands, and its place in the queue."""
    return training.read(cache.job_runner(), folder)


def refusal() -> str:
    """Return why the last thing that was asked for was not done, for some seconds; "" where it was."""
    said, until = state.recall(PAGE, "refused", ("", 0.0))
    return said if time.monotonic() < until else ""


def _refuse(problem: EngineError) -> None:
    state.remember(PAGE, "refused", (str(problem), time.monotonic() + SECONDS_SAID))


def _title(recipe: Recipe, architecture: str, title: str, is_race: bool) -> str:
    data = recipe.title.rpartition(", ")[0]
    named = title.strip() or data
    return named if title.strip() and not is_race else f"{named}, {theme.architecture_label(architecture)}"
