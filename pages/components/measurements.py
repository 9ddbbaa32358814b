"""A short measurement in the background, started by a button: watched, stopped, and kept by its id in the URL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.errors import EngineError
from pages.components import cache, notices, state

if TYPE_CHECKING:
    from engine.jobs import JobStatus

POLL_SECONDS = 0.5
TIME_LIMIT_SECONDS = 120.0


def start(page: str, parameter: str, job: str, settings: dict[str, Any]) -> None:
    """Queue a measurement and put its id into the URL under `parameter`; for a button's on_click."""
    try:
        job_id = cache.job_runner().submit(job, settings, time_limit_seconds=TIME_LIMIT_SECONDS)
    except EngineError as problem:
        state.remember(page, f"{parameter} refused", str(problem))
        return
    state.remember(page, parameter, job_id)
    st.query_params[parameter] = job_id


def show(page: str, parameter: str) -> JobStatus | None:
    """Return the measurement that is over, None where there is none; one that runs is drawn with its progress and a Stop.

    Raises:
        JobError: the one asked for is not known (any more).
    """
    if refusal := state.recall(page, f"{parameter} refused"):
        state.forget(page, f"{parameter} refused")
        notices.error(refusal)
    job_id = state.read_url().get(parameter) or state.recall(page, parameter, "")
    if not job_id:
        return None
    status = cache.job_runner().status(job_id)
    if st.query_params.get(parameter) != job_id:
        st.query_params[parameter] = job_id
    if not status.is_over:
        st.fragment(_watch, run_every=POLL_SECONDS)(parameter, job_id)
        return None
    if status.state == "failed":
        notices.error(status.error)
    elif status.state == "cancelled":
        notices.note("The measurement was stopped; nothing of it is shown.")
    return status if status.result else None


def is_running(page: str, parameter: str) -> bool:
    """Return whether a measurement is known and not over yet."""
    job_id = state.read_url().get(parameter) or state.recall(page, parameter, "")
    try:
        return bool(job_id) and not cache.job_runner().status(job_id).is_over
    except EngineError:
        return False


def _watch(parameter: str, job_id: str) -> None:
    status = cache.job_runner().status(job_id)
    if status.is_over:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Stop", icon=":material/stop:", key=f"{parameter}-stop", on_click=cache.job_runner().cancel, args=(job_id,))
        words = f"Waiting for its turn, number {status.position} in the queue" if status.state == "queued" else status.message or "Starting"
        st.progress(status.progress, text=notices.plain(words))
