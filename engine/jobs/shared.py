"""Computations that visitors share: whoever asks for the same is given the same job, and its result is kept for all.

Nobody stops another's: a job ends early only when nobody looks at it any more. Nothing here waits for the cluster; a
worker that is yet to start is waited for in a thread of its own.
"""

from __future__ import annotations

import dataclasses
import json
import threading
import time
from collections import OrderedDict
from contextlib import suppress

from engine.config import JsonObject
from engine.errors import EngineError, JobError
from engine.jobs.runner import JobRunner
from engine.jobs.status import JobStatus

KEPT = 48  # computations remembered; megabytes at most each
WATCHED_SECONDS = 5.0  # who has not looked for so long has left; pages look twice a second
FAILED_SECONDS = 30.0  # until what failed is tried again


@dataclasses.dataclass
class _Computation:
    seen: dict[str, float] = dataclasses.field(default_factory=dict)
    job_id: str = ""
    refusal: str = ""
    over: JobStatus | None = None
    over_since: float = 0.0


class SharedJobs:
    """Computations by what they are made from, on the workers of one runner."""

    def __init__(self, runner: JobRunner) -> None:
        self.runner = runner
        self._lock = threading.Lock()
        self._known: OrderedDict[str, _Computation] = OrderedDict()

    def look(
        self, function_path: str, given: JsonObject, who: str = "", address: str = "", *, time_limit_seconds: float
    ) -> JobStatus:
        """Return how a computation stands; it is begun where nobody has asked for it, or where it was stopped.

        Args:
            given: the function's arguments, as plain values; with the function they say what is the same.
            who, address: who looks, and from where; "" for the server itself.
        """
        key, now = _key(function_path, given), time.monotonic()
        with self._lock:
            known = self._known.get(key)
            if known is not None and (status := self._status(known)) is not None:
                known.seen[who] = now
                self._known.move_to_end(key)
                return status
            known = self._known[key] = _Computation({who: now})
            self._known.move_to_end(key)
            self._forget_oldest()

        def submit() -> None:
            try:
                known.job_id = self.runner.submit(
                    function_path, given, time_limit_seconds=time_limit_seconds, owner=who, address=address
                )
            except EngineError as problem:
                known.refusal = str(problem)
            if not known.seen:  # whoever asked has left meanwhile
                with suppress(JobError):
                    self.runner.cancel(known.job_id)

        threading.Thread(target=submit, name="shared-job", daemon=True).start()
        return _said("queued")

    def leave(self, function_path: str, given: JsonObject, who: str = "") -> JobStatus | None:
        """Note that somebody looks no more, and stop what nobody else looks at; return how it stood, None where nobody
        had asked for it."""
        now = time.monotonic()
        with self._lock:
            known = self._known.get(_key(function_path, given))
            if known is None:
                return None
            status = self._status(known)
            known.seen = {name: at for name, at in known.seen.items() if name != who and now - at < WATCHED_SECONDS}
            is_left = not known.seen
        if is_left and known.job_id and status is not None and not status.is_over:
            with suppress(JobError):
                self.runner.cancel(known.job_id)
        return status

    def close(self) -> None:
        """End what goes on."""
        self.runner.close()

    def _forget_oldest(self) -> None:
        """Forget what is over beyond what is kept, also where nobody came back to see its end; under the lock."""
        too_many = len(self._known) - KEPT
        if too_many > 0:
            stood = {name: self._status(each) for name, each in self._known.items()}
            for oldest in [name for name, status in stood.items() if status is None or status.is_over][:too_many]:
                del self._known[oldest]

    def _status(self, known: _Computation) -> JobStatus | None:
        """Return how it stands, None where it must be begun anew; under the lock."""
        if known.over is None:
            if known.refusal:
                status = _said("failed", known.refusal)
            elif not known.job_id:
                return _said("queued")
            else:
                try:
                    status = self.runner.status(known.job_id)
                except JobError:  # forgotten
                    return None
            if not status.is_over:
                return status
            known.over, known.over_since = status, time.monotonic()
        if known.over.state == "finished":
            return known.over
        is_recent = known.over.has_failed and time.monotonic() - known.over_since < FAILED_SECONDS
        return known.over if is_recent else None


def _key(function_path: str, given: JsonObject) -> str:
    return json.dumps([function_path, given], sort_keys=True)


def _said(state: str, error: str = "") -> JobStatus:
    return JobStatus("", state, 0.0, "Starting", [], None, error, 0, 0.0)
