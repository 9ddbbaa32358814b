"""Run folders:

    recipe.json        how it is trained: what `python -m engine train --recipe FILE.json` takes
    about.json         title, and when it was made; `shared`, an empty file beside it, opens it to whoever has its ID
    status.json        how it stands, told by whoever trains it
    environment.json   machine, versions and commit; data.json: what it learns from
    metrics.jsonl      one event a line; samples.jsonl: what it wrote or answered at each measurement
    checkpoint/        from which it goes on; model/: the best network so far, as a model folder
    control.json       what is asked of a run that goes on; `lock`, held by the process that trains it
    changing           held for a moment by whoever changes its status or what is asked of it

About, control and `shared` are written by whoever owns the run, the others by whoever trains it: the status of a run
that waits is the queue's, and its job's from the moment on at which that claims it.
"""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from engine import owners
from engine.atomic import put_back, replaced_file, set_aside
from engine.config import JsonObject
from engine.errors import InputError
from engine.limits import limits
from engine.runs.controls import forget
from engine.runs.processes import changing, is_alive, is_held, this_process
from engine.runs.run import ACTIVE, CHECKPOINT, Run
from engine.wording import counted

if TYPE_CHECKING:
    from engine.recipes import Recipe

RECIPE, ABOUT, STATUS = "recipe.json", "about.json", "status.json"
ENVIRONMENT, DATA, LOCK = "environment.json", "data.json", "lock"
LONGEST_TITLE = 120  # characters


def create(folder: Path, recipe: Recipe | JsonObject, title: str = "") -> Run:
    """Make a run folder for a recipe that stays within the limits, and return the run, not begun yet.

    Raises:
        ConfigError: the recipe is none, or over a limit.
        InputError: the folder is there already or cannot be written to, or there are as many runs as may be.
    """
    from engine.recipes.as_data import recipe_from_dict, write_recipe  # torch takes a second to import
    from engine.runs.sizes import check_recipe

    checked = recipe_from_dict(recipe) if isinstance(recipe, dict) else recipe
    check_recipe(checked)
    kept = sum(1 for _ in _folders(folder.parent))
    if kept >= limits().runs:
        raise InputError(f"There are {counted(kept, 'run')} already, as many as are kept here: delete one first.")
    try:
        folder.mkdir(parents=True)
    except FileExistsError as error:
        raise InputError("A run of this name is there already.") from error
    except OSError as error:
        raise InputError(f"No run can be kept here: {error.strerror}.") from error
    write_recipe(checked, folder / RECIPE)
    _write(folder / ABOUT, {"title": _title(title or checked.title), "created": time.time()})
    write_status(folder, state="created", sentence="Not begun yet.", max_steps=checked.training.max_steps)
    return read(folder)


def read(folder: Path) -> Run:
    """Return a run as it stands; damage is told by its `error`, never raised.

    A run that is said to go on while nobody trains it was interrupted: its process ended without a word.
    """
    try:
        about, recipe, status = (_read(folder / name) for name in (ABOUT, RECIPE, STATUS))
        if status["state"] == "running" and not is_held(folder / LOCK):
            status = _read(folder / STATUS)  # it may have ended meanwhile
            if status["state"] == "running":
                status |= {"state": "interrupted", "sentence": _interrupted(status), "seconds_left": 0.0}
        elif status["state"] == "queued" and not is_alive(status.get("queued_by", "")):
            status |= {"state": "interrupted", "sentence": "The server ended before it could begin; start it again."}
        known = {field.name for field in dataclasses.fields(Run)}
        data = _read(folder / DATA) if (folder / DATA).is_file() else {}
        facts = {name: value for name, value in status.items() if name in known} | {"recipe": recipe, "data": data}
        return Run(
            folder,
            **(facts | {"title": str(about["title"]), "created": float(about["created"])}),
            is_shared=owners.is_shared(folder),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Run(folder, title=folder.name, state="failed", error="This run's folder is incomplete or damaged.")


def listed(root: Path) -> list[Run]:
    """Return the runs whose folders lie in `root`, the newest first."""
    return sorted((read(folder) for folder in _folders(root)), key=lambda run: -run.created)


def rename(folder: Path, title: str) -> None:
    """Give a run another title.

    Raises:
        InputError: the title is empty.
    """
    _write(folder / ABOUT, _read(folder / ABOUT) | {"title": _title(title)})


def delete(folder: Path) -> None:
    """Take a run away so that `restore` can bring it back for a day.

    Raises:
        InputError: it goes on, or is not there.
    """
    with changing(folder):
        if read(folder).is_active:
            raise InputError("This run goes on: stop it before you delete it.")
        set_aside(folder)


def restore(folder: Path) -> None:
    """Bring back a run that was deleted.

    Raises:
        InputError: it is gone for good.
    """
    put_back(folder)


def go_further(folder: Path, *, more_steps: int = 0, learning_rate: float | None = None) -> Run:
    """Let a run that is over make more updates than it was meant to, or go on with another learning rate; return it,
    ready to be started again.

    The schedule of the learning rate begins anew with the new updates, and nothing stops them early. The recipe repeats
    the whole run.

    Raises:
        InputError: it goes on, or is not there any more.
        ConfigError: the updates are over the limit, or the rate is out of bounds.
    """
    from engine.recipes.as_data import read_recipe, recipe_from_dict, recipe_to_dict, write_recipe
    from engine.runs.sizes import check_recipe

    with changing(folder):
        run = read(folder)
        if run.is_active:
            raise InputError("This run goes on: wait for its end, or stop it first.")
        recipe = read_recipe(folder / RECIPE)
        training = recipe.training
        if more_steps:
            restarts = (*training.restarts, training.max_steps)
            steps = training.max_steps + more_steps
            training = dataclasses.replace(training, max_steps=steps, restarts=restarts, patience=0)
        if learning_rate is not None:
            forget(folder, "learning_rate")  # one that was asked for before the run ended
            since = _read(folder / CHECKPOINT / "state.json")["step"] if run.has_checkpoint else 0
            changes = tuple(change for change in training.learning_rate_changes if change[0] < since)
            training = dataclasses.replace(training, learning_rate_changes=(*changes, (since, learning_rate)))
        recipe = dataclasses.replace(recipe, training=training)
        recipe_from_dict(recipe_to_dict(recipe))
        check_recipe(recipe)
        write_recipe(recipe, folder / RECIPE)
        state = "stopped" if run.state == "finished" else run.state
        _change_status(folder, {"max_steps": training.max_steps, "state": state, "sentence": "Ready to go on."})
    return read(folder)


def write_status(folder: Path, **changes: object) -> None:
    """Change what status.json says."""
    with changing(folder):
        _change_status(folder, changes)


def queue(folder: Path, job_id: str) -> Run:
    """Say that a run waits for a job of this process' queue, and return it as it stood; what it was asked before it was
    left holds no more.

    Raises:
        InputError: it goes on already, or is not there any more.
    """
    waits = {"state": "queued", "sentence": "It waits for its turn.", "job_id": job_id, "queued_by": this_process()}
    with changing(folder):
        run = read(folder)
        if run.is_active:
            raise InputError(f"The run '{run.title}' goes on already.")
        forget(folder, "pause", "stop")  # its process ended before it heard of that
        _change_status(folder, waits | {"seconds_left": 0.0})
    return run


def claim(folder: Path, job_id: str, **changes: object) -> bool:
    """Take a run that waits for a job as that job's from now on, and return whether it still waited: it may have been
    taken out of the queue. Without a job's id it is taken as it is."""
    with changing(folder):
        return _change_status_of(folder, job_id, ("queued",), {"state": "running"} | changes)


def end_for(folder: Path, job_id: str, state: str, sentence: str, *, instead_of: Collection[str] = ACTIVE) -> bool:
    """Say for a job that cannot say so itself how a run of its ended, and return whether that is so: the job may have
    said it meanwhile, or another one have the run."""
    with changing(folder):
        return _change_status_of(folder, job_id, instead_of, {"state": state, "sentence": sentence})


def _change_status_of(folder: Path, job_id: str, states: Collection[str], changes: JsonObject) -> bool:
    """Change the status of a run that still is a job's and in one of some states; return whether it was."""
    status = _read(folder / STATUS)
    is_so = not job_id or (status.get("job_id") == job_id and status["state"] in states)
    if is_so:
        _change_status(folder, changes)
    return is_so


def _change_status(folder: Path, changes: JsonObject) -> None:
    file = folder / STATUS
    before = _read(file) if file.is_file() else {}
    _write(file, before | changes | {"updated": time.time()})


def _interrupted(status: JsonObject) -> str:
    return (
        f"The process that trained it ended without a word after update {int(status.get('step', 0)):,}: it was killed, "
        "ran out of memory, or the machine stopped. Resume goes on from the last checkpoint."
    )


def _folders(root: Path) -> Iterator[Path]:
    if root.is_dir():
        yield from (path for path in root.iterdir() if not path.name.startswith(".") and (path / ABOUT).is_file())


def _title(text: str) -> str:
    title = " ".join(text.split())[:LONGEST_TITLE]
    if not title:
        raise InputError("A run needs a title: type one.")
    return title


def _read(file: Path) -> JsonObject:
    found = json.loads(file.read_text(encoding="utf-8"))
    if not isinstance(found, dict):
        raise ValueError(file.name)
    return found


def _write(file: Path, data: JsonObject) -> None:
    with replaced_file(file) as draft:
        draft.write_text(json.dumps(data, indent=2, ensure_ascii=False), encoding="utf-8")
