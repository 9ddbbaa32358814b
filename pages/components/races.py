"""The live race: started, watched, stopped; the job's id is in the URL, so that a reload finds it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from engine.config import to_dict
from engine.errors import EngineError
from engine.experiments.live import JOB, LiveSettings, race_frame
from engine.plotting import theme
from engine.plotting.curves import error_percent, race_curves
from engine.tasks import TASKS
from pages.components import cache, comparisons, figures, notices, state
from pages.components.figures import Receipt

if TYPE_CHECKING:  # the runner brings Dask along; a page that only shows results does without
    from engine.jobs import JobStatus

PARAMETER = "race"
POLL_SECONDS = 0.5
TIME_LIMIT_SECONDS = 150.0  # a race takes well under a minute on a free core; a busy server may need longer


def current(page: str) -> str:
    """Return the id of the race to show: that in the URL, else this visitor's last one, "" without one."""
    return state.read_url().get(PARAMETER) or state.recall(page, PARAMETER, "")


def start(page: str, settings: LiveSettings) -> None:
    """Queue a race and put its id into the URL; for the Start button's on_click."""
    try:
        job_id = cache.job_runner().submit(JOB, to_dict(settings), time_limit_seconds=TIME_LIMIT_SECONDS)
    except EngineError as problem:
        state.remember(page, "refused", str(problem))
        return
    state.remember(page, PARAMETER, job_id)
    state.remember(page, f"settings.{job_id}", settings)
    st.query_params[PARAMETER] = job_id


def is_running(job_id: str) -> bool:
    """Return whether a race is known and not over yet."""
    try:
        return bool(job_id) and not cache.job_runner().status(job_id).is_over
    except EngineError:
        return False


def show(page: str, job_id: str, settings: LiveSettings) -> None:
    """Draw a race: polled twice a second while it runs, still afterwards.

    Raises:
        JobError: the race is not known (any more).
    """
    if refusal := state.recall(page, "refused"):
        state.forget(page, "refused")
        notices.error(refusal)
    if not job_id:
        return
    status = cache.job_runner().status(job_id)
    settings = state.recall(page, f"settings.{job_id}", settings)
    if st.query_params.get(PARAMETER) != job_id:
        st.query_params[PARAMETER] = job_id
    if status.is_over:
        _draw(status, settings)
    else:
        st.fragment(_watch, run_every=POLL_SECONDS)(job_id, settings)


def _watch(job_id: str, settings: LiveSettings) -> None:
    """Draw a race that runs; once it is over, run the page again so that the polling ends."""
    status = cache.job_runner().status(job_id)
    if status.is_over:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Stop",
            icon=":material/stop:",
            key="race-stop",
            on_click=cache.job_runner().cancel,
            args=(job_id,),
        )
        st.progress(status.progress, text=notices.plain(_progress_words(status)))
    _draw_curves(status, settings)


def _draw(status: JobStatus, settings: LiveSettings) -> None:
    if status.result:  # a link to a finished race may come without the settings it was run with
        run = status.result["summaries"][0]
        settings = LiveSettings(**{name: run[name] for name in to_dict(settings)})
    if status.state == "failed":
        notices.error(status.error)
    elif status.state == "cancelled":
        notices.note(f"Stopped after {status.elapsed_seconds:.0f} s; what was measured until then stays.")
    _draw_curves(status, settings)


def _draw_curves(status: JobStatus, settings: LiveSettings) -> None:
    task = TASKS.get(settings.task)(settings.length)
    frame, ended = _measurements(status)
    if frame.empty:
        return
    frame = frame.assign(baseline=task.baseline)
    is_relative = comparisons.is_relative(task)
    sentence = race_sentence(frame, ended, is_relative)
    st.markdown(notices.plain(sentence))
    figures.show(
        race_curves(
            frame,
            mode=figures.mode(),
            last_step=settings.max_steps,
            is_relative=is_relative,
            baseline_error=comparisons.memoryless_error(task, task.baseline_accuracy),
        ),
        name="race",
        alt=f"Error on held-out sequences while three networks learn. {sentence}",
        table=frame.round(4) if status.is_over else None,
        receipt=_receipt(settings, status) if status.is_over else None,
    )


def _measurements(status: JobStatus) -> tuple[pd.DataFrame, list[dict]]:
    """Return what has been measured, and the networks that have ended.

    Once a race has finished its result is taken, as the last of its events may arrive after it.
    """
    if status.result:
        columns = ["architecture", "step", "loss", "accuracy", "elapsed_seconds"]
        return pd.DataFrame(status.result["curves"])[columns], status.result["summaries"]
    return race_frame(status.events), [event for event in status.events if event["kind"] == "done"]


def race_sentence(frame: pd.DataFrame, ended: list[dict], is_relative: bool) -> str:
    """Return one sentence on where every network stands; `ended` says which have solved the task, and when."""
    solved = {row["architecture"]: int(row["step"]) for row in ended if row["is_solved"]}
    errors = error_percent(frame, is_relative)
    words = "of a guess's error left" if is_relative else "wrong"
    parts = []
    for name, rows in frame.groupby("architecture", sort=False):
        step, label = int(rows["step"].iloc[-1]), theme.architecture_label(name)
        if name in solved:
            parts.append(f"{label} solved at step {solved[name]}")
        else:
            parts.append(f"{label} {errors[rows.index[-1]]:.0f} % {words} at step {step}")
    return f"{'; '.join(parts)}."


def _progress_words(status: JobStatus) -> str:
    if status.state == "queued":
        return f"Waiting for its turn, number {status.position} in the queue"
    words = status.message or "Starting"
    if status.progress > 0.03:
        words += (
            f" · about {status.elapsed_seconds * (1 - status.progress) / status.progress:.0f} s left at most"
        )
    return words


def _receipt(settings: LiveSettings, status: JobStatus) -> Receipt:
    summary = (status.result or {}).get("summaries", [{}])[0]
    where = (
        f", commit {summary['commit']}, on {summary['hardware']}, torch {summary['torch']}" if summary else ""
    )
    return Receipt(
        model="three networks of about equal size, trained here and now",
        seed=settings.seed,
        measured=f"{summary.get('date', 'just now')}{where}",
        seconds=status.elapsed_seconds,
        python=(
            "from engine.experiments.live import race, race_frame\n\n"
            f"print(race_frame(list(race({', '.join(f'{name}={value!r}' for name, value in to_dict(settings).items())}))))"
        ),
        note="One seed says little: the charts above average several.",
    )
