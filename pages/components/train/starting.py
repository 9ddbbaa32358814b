"""Beginning runs, going on with them, and leaving them; each is a job that outlives the page."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

from engine import owners, runs
from engine.errors import EngineError, InputError
from engine.limits import limits
from engine.plotting import theme
from engine.recipes.base import Recipe
from engine.runs import Run
from engine.runs.folder import queue, write_status
from engine.wording import counted
from pages.components import cache, state, visitor
from pages.components.train import costs
from pages.components.train.view import PAGE, RUN

TRAIN, RACE = "engine.runs.job:train", "engine.runs.job:race"
SLACK_SECONDS = 60.0  # the run itself heeds the limit of minutes; this is for one that is deaf


def watched() -> list[Path]:
    """Return the folders of the runs that the address names, or of those this visitor looked at last.

    Raises:
        InputError: one is not there, or is somebody's who does not share it.
    """
    ids = state.read_url_list(RUN) or state.recall(PAGE, RUN, [])
    folders = [owners.find(each, visitor.folder(), ("runs",)) for each in dict.fromkeys(ids)]
    if ids and state.read_url_list(RUN) != ids:
        state.write_url_list(RUN, ids)
    return folders


def watch(ids: Sequence[str]) -> None:
    """Look at other runs, or at none; for a button's on_click."""
    state.remember(PAGE, RUN, list(ids))
    state.write_url_list(RUN, list(ids))


def begin(recipes: Mapping[str, Recipe], title: str) -> None:
    """Make a run of each architecture's recipe and queue them, as one job where they race; for a button's on_click."""
    owner, made = visitor.folder(), []
    costs.give_up()
    try:
        _check_room(owner, len(recipes))
        for architecture, recipe in recipes.items():
            named = dataclasses.replace(recipe, title=_title(recipe, architecture, title, len(recipes) > 1))
            made.append(runs.create(owners.new_place(owner, "runs"), named, named.title).folder)
        owners.note_visit(owner)
        _queue(made)
    except EngineError as problem:
        for folder in made:
            runs.delete(folder)
        state.remember(PAGE, "refused", str(problem))
        return
    watch([folder.name for folder in made])


def go_on(folders: Sequence[Path]) -> None:
    """Resume runs from their checkpoints; for a button's on_click."""
    try:
        _check_room(visitor.folder(), len(folders))
        _queue(folders)
    except EngineError as problem:
        state.remember(PAGE, "refused", str(problem))


def pause(folders: Sequence[Path]) -> None:
    """Ask runs to wait; for a button's on_click."""
    _leave(folders, pause=True)


def stop(folders: Sequence[Path]) -> None:
    """Ask runs to end with what they have; for a button's on_click."""
    _leave(folders, stop=True)


def change_rate(folders: Sequence[Path], rate: float) -> None:
    """Ask runs to go on with another learning rate; for a button's on_click."""
    for folder in folders:
        runs.ask(folder, learning_rate=rate)


def read(folder: Path) -> Run:
    """Return a run as it stands, and its place in the queue; a job that ended without a word is told by the run."""
    run = runs.read(folder)
    if run.state != "queued":
        return run
    try:
        job = cache.job_runner().status(run.job_id)
    except EngineError:  # another process queued it
        return run
    if job.is_over:
        write_status(folder, state="failed", sentence=job.error or job.message or "It did not begin; start it again.")
        return runs.read(folder)
    return dataclasses.replace(run, position=job.position)


def refusal() -> str:
    """Return why the last thing that was asked for was not done, once; "" where it was."""
    said = state.recall(PAGE, "refused", "")
    state.forget(PAGE, "refused")
    return said


def _leave(folders: Sequence[Path], **asked: bool) -> None:
    for folder in folders:
        run = read(folder)
        if run.state == "queued":
            cache.job_runner().cancel(run.job_id)
            write_status(folder, state="stopped", sentence="Taken out of the queue before it began.")
        elif run.is_active:
            runs.ask(folder, **asked)


def _queue(folders: Sequence[Path]) -> None:
    paths = [str(folder.resolve()) for folder in folders]
    job, given = (TRAIN, {"folder": paths[0]}) if len(paths) == 1 else (RACE, {"folders": paths})
    seconds = 60 * limits().minutes * len(paths) + SLACK_SECONDS
    job_id = cache.job_runner().submit(job, given, time_limit_seconds=seconds)
    for folder in folders:
        queue(folder, job_id)


def _check_room(owner: Path, count: int) -> None:
    going, most = sum(run.is_active for run in runs.listed(owner / "runs")), limits().jobs_per_visitor
    if going + count > most:
        raise InputError(
            f"{counted(most, 'run')} of one visitor may wait or go on at once, and {counted(going, 'run')} of yours "
            "do: stop one or wait for it."
        )


def _title(recipe: Recipe, architecture: str, title: str, is_race: bool) -> str:
    data = recipe.title.rpartition(", ")[0]
    named = title.strip() or data
    return named if title.strip() and not is_race else f"{named}, {theme.architecture_label(architecture)}"
