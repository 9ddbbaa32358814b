"""What a run will take, measured on the worker before it begins, and whether that stays within the limits."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress

import streamlit as st

from engine.config import JsonObject
from engine.errors import EngineError, JobError
from engine.limits import limits
from engine.plotting import theme
from engine.recipes.as_data import recipe_to_dict
from engine.recipes.base import Recipe
from engine.runs.cost import Cost
from engine.wording import counted
from pages.components.computing import cache
from pages.components.controls import state
from pages.components.drawing import notices
from pages.components.server import visitor
from pages.components.train.view import PAGE

MEASURE = "engine.runs.cost:measure"
POLL_SECONDS = 1.0
LEAVE_SECONDS = 6.0  # it ends by itself in less than it takes a new process to be ready for a run
TIME_LIMIT_SECONDS = 60.0
AT_ONCE = 2  # measurements of one visitor; the others follow


def show(recipes: Mapping[str, Recipe]) -> None:
    """Draw what the recipe of each architecture will take, as soon as it is known."""
    wanted = {name: _key(recipe) for name, recipe in recipes.items()}
    given = {_key(recipe): recipe_to_dict(recipe) for recipe in recipes.values()}
    is_known = all(map(_is_settled, wanted.values()))
    st.fragment(_look, run_every=None if is_known else POLL_SECONDS)(wanted, given, is_known)


def _look(wanted: dict[str, str], given: dict[str, JsonObject], was_known: bool) -> None:
    give_up(set(given))
    found = {}
    for name, key in wanted.items():
        with notices.engine_errors():
            found[name] = _ask(key, given[key])
    for name, cost in found.items():
        words = "Measuring what this takes: a few updates are made on the worker." if cost is None else _words(cost)
        st.caption(notices.plain(f"{theme.architecture_label(name)}: {words}" if len(wanted) > 1 else words))
    seconds = sum(cost.seconds for cost in found.values() if cost)
    if seconds > 60 * limits().minutes * len(wanted):
        notices.note(f"That is longer than the {limits().minutes} minutes a run may take here: it is stopped then.")
    if not was_known and all(map(_is_settled, wanted.values())):
        st.rerun(scope="app")  # so that the polling ends


def give_up(but: Collection[str] = ()) -> None:
    """End measurements that nobody waits for any more, all `but` some."""
    for key, job_id in _jobs().items():
        with suppress(EngineError):  # forgotten
            if key not in but:
                cache.job_runner().cancel(job_id, grace_seconds=LEAVE_SECONDS)


def _words(cost: Cost) -> str:
    return (
        f"{cost.parameters:,} parameters; about {cost.memory_mebibytes:,.0f} MiB of memory and "
        f"{_duration(cost.seconds)} on this machine, {1000 * cost.seconds_per_update:.0f} ms per update by "
        f"{counted(cost.measured_updates, 'update')} made just now."
    )


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.1f} minutes"


def _key(recipe: Recipe) -> str:
    return state.fingerprint({name: value for name, value in recipe_to_dict(recipe).items() if name != "title"})


def _jobs() -> dict[str, str]:
    return state.recall(PAGE, "costs", {})


def _is_settled(key: str) -> bool:
    """Return whether it is known what a recipe takes, or that it cannot be trained."""
    job_id = _jobs().get(key)
    if job_id is None or not cache.is_worker_ready():
        return False
    try:
        status = cache.job_runner().status(job_id)
        return status.state == "finished" or status.has_failed
    except EngineError:  # forgotten: it is measured again
        return False


def _is_going(job_id: str) -> bool:
    try:
        return not cache.job_runner().status(job_id).is_over
    except EngineError:  # forgotten
        return False


def _ask(key: str, recipe: JsonObject) -> Cost | None:
    """Return what a recipe takes, or have it measured.

    Raises:
        EngineError: it cannot be trained, or the queue is full.
    """
    if not cache.is_worker_ready():
        return None
    runner, jobs = cache.job_runner(), dict(_jobs())
    if key in jobs:
        try:
            status = runner.status(jobs[key])
        except EngineError:
            del jobs[key]
        else:
            if status.has_failed:
                raise JobError(status.error)
            if status.state != "cancelled":
                return Cost(**status.result) if status.state == "finished" else None
    if sum(_is_going(job_id) for job_id in jobs.values()) >= AT_ONCE:
        return None
    origin = visitor.origin()
    origin["owner"] += " costs"  # a place of their own beside the runs
    jobs[key] = runner.submit(MEASURE, {"recipe": recipe}, time_limit_seconds=TIME_LIMIT_SECONDS, **origin)
    state.remember(PAGE, "costs", jobs)
    return None
