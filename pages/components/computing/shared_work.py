"""A tool's heavy computation on a worker: begun by whoever asks first, watched by all who ask for the same, kept."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.components.computing import background, cache
from pages.components.controls import state
from pages.components.controls.buttons import button
from pages.components.drawing import notices
from pages.components.server import visitor

if TYPE_CHECKING:
    from engine.jobs import JobStatus


@dataclass(frozen=True)
class Asked:
    """What a visitor's tool asked for last, and how it stood when they stopped it."""

    given: dict[str, Any]
    stopped: JobStatus | None = None


@dataclass(frozen=True)
class SharedWork:
    """One kind of computation of one tool.

    Attributes:
        page, name: where it is shown; the name begins the keys of its buttons.
        function: the generator in the engine, as its module names it for the runner. Same arguments, same result.
        time_limit_seconds: after which it is stopped; a busy server needs far longer than a free one.
        again: what the button says after Stop.
    """

    page: str
    name: str
    function: str
    time_limit_seconds: float = 240.0
    again: str = "Start again"

    def look(self, given: dict[str, Any]) -> JobStatus:
        """Return how it stands for this visitor, begun where nobody has asked for it: "finished" with its result,
        "cancelled" with what there was when this visitor said stop. What they asked for before is left."""
        asked = state.recall(self.page, self.name)
        if asked is None or asked.given != given:
            if asked is not None and asked.stopped is None:
                cache.shared_jobs().leave(self.function, asked.given, visitor.folder().name)
            asked = Asked(given)
            state.remember(self.page, self.name, asked)
        if asked.stopped is not None:
            return asked.stopped
        who, address = visitor.folder().name, visitor.address()
        return cache.shared_jobs().look(self.function, given, who, address, time_limit_seconds=self.time_limit_seconds)

    def show(self, given: dict[str, Any], draw: Callable[[JobStatus], None], words: Callable[[JobStatus], str]) -> None:
        """Draw it by `draw`: while it goes on, with its progress in `words` and a Stop, and when it is over."""
        status = self.look(given)
        if not status.is_over:
            st.fragment(self._watch, run_every=background.POLL_SECONDS)(given, draw, words)
            return
        if status.has_failed:
            notices.error(status.error)
        elif status.state == "cancelled":
            button(self.again, f"{self.name}-again", state.forget, self.page, self.name, icon="refresh")
        draw(status)

    def _watch(
        self, given: dict[str, Any], draw: Callable[[JobStatus], None], words: Callable[[JobStatus], str]
    ) -> None:
        status = self.look(given)
        if status.is_over:
            st.rerun()  # the whole page, so that the polling ends
        background.show_progress(status, words, f"{self.name}-stop", self._stop, given)
        draw(status)

    def _stop(self, given: dict[str, Any]) -> None:
        """Keep what there is; for the button's on_click."""
        status = cache.shared_jobs().leave(self.function, given, visitor.folder().name)
        if status is not None and not status.is_over:
            state.remember(self.page, self.name, Asked(given, dataclasses.replace(status, state="cancelled")))
