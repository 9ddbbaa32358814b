"""A job that a page starts by a button: queued, watched, stopped; a reload finds it again by its id in the URL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.errors import EngineError
from pages.components.computing import cache
from pages.components.controls import state
from pages.components.controls.buttons import button
from pages.components.drawing import notices
from pages.components.server import visitor

if TYPE_CHECKING:  # the runner brings Dask along; a page that only shows results does without
    from engine.jobs import JobStatus

POLL_SECONDS = 0.5


@dataclass(frozen=True)
class BackgroundJob:
    """One kind of job of one page.

    Attributes:
        page: the page it belongs to.
        parameter: the URL parameter that holds its id.
        name: the job's function in the engine, as its module names it for the runner.
        time_limit_seconds: after which it is stopped; a busy server needs far longer than a free one.
    """

    page: str
    parameter: str
    name: str
    time_limit_seconds: float

    @property
    def current_id(self) -> str:
        """The id of the job to show: that in the URL, else this visitor's last one, "" without one."""
        return state.read_url().get(self.parameter) or state.recall(self.page, self.parameter, "")

    def start(self, given: dict[str, Any], settings: Any = None) -> None:
        """Queue a job and put its id into the URL; for a button's on_click. `settings_of` gives back its `settings`."""
        try:
            job_id = cache.job_runner().submit(
                self.name, given, time_limit_seconds=self.time_limit_seconds, **visitor.origin()
            )
        except EngineError as problem:
            state.remember(self.page, f"{self.parameter} refused", str(problem))
            return
        state.remember(self.page, self.parameter, job_id)
        state.remember(self.page, f"{self.parameter}.{job_id}", settings)
        st.query_params[self.parameter] = job_id

    def settings_of(self, job_id: str, default: Any) -> Any:
        """Return the settings this visitor started a job with; `default` for a job of somebody else's."""
        return state.recall(self.page, f"{self.parameter}.{job_id}") or default

    def is_running(self) -> bool:
        """Return whether the job to show is known and not over yet."""
        job_id = self.current_id
        try:
            return bool(job_id) and not cache.job_runner().status(job_id).is_over
        except EngineError:
            return False

    def status(self) -> JobStatus | None:
        """Return how the job to show stands, None without one; say it where the last one could not be queued.

        Raises:
            JobError: it is not known (any more).
        """
        if refusal := state.recall(self.page, f"{self.parameter} refused"):
            state.forget(self.page, f"{self.parameter} refused")
            notices.error(refusal)
        job_id = self.current_id
        if not job_id:
            return None
        status = cache.job_runner().status(job_id)
        if state.read_url().get(self.parameter) != job_id:  # widgets bound to the URL may have written theirs over it
            st.query_params[self.parameter] = job_id
        return status

    def watch(
        self, draw: Callable[[JobStatus], None] | None = None, words: Callable[[JobStatus], str] | None = None
    ) -> None:
        """Draw the running job's progress in `words` with a Stop, and what it has found by `draw`, until it is over."""
        st.fragment(self._look, run_every=POLL_SECONDS)(self.current_id, draw, words or message_of)

    def _look(self, job_id: str, draw: Callable[[JobStatus], None] | None, words: Callable[[JobStatus], str]) -> None:
        status = cache.job_runner().status(job_id)
        if status.is_over:
            st.rerun()  # the whole page, so that the polling ends
        show_progress(status, words, f"{self.parameter}-stop", cache.job_runner().cancel, job_id)
        if draw is not None:
            draw(status)


def show_progress(
    status: JobStatus, words: Callable[[JobStatus], str], key: str, on_stop: Callable[..., None], *given: Any
) -> None:
    """Draw how far a job is, in `words` once it runs, beside a Stop."""
    with st.container(horizontal=True, vertical_alignment="center"):
        button("Stop", key, on_stop, *given, icon="stop")
        st.progress(status.progress, text=notices.plain(_waiting(status) or words(status)))


def message_of(status: JobStatus) -> str:
    """Return what a running job says it is doing."""
    return status.message or "Starting"


def message_and_time_left(status: JobStatus) -> str:
    """Return what a running job says it is doing, and about how long it still takes once that can be told."""
    words = message_of(status)
    if status.progress <= 0.03:
        return words
    return f"{words} · about {status.elapsed_seconds * (1 - status.progress) / status.progress:.0f} s left"


def _waiting(status: JobStatus) -> str:
    return f"Waiting for its turn, number {status.position} in the queue" if status.position else ""
