"""What can be known about a job from outside."""

from __future__ import annotations

import dataclasses
from typing import Any

from engine.config import JsonObject

STATES = ("queued", "running", "finished", "failed", "cancelled", "interrupted")


@dataclasses.dataclass(frozen=True)
class JobStatus:
    """A job as it stands.

    Attributes:
        state: one of STATES.
        progress: 0..1, as the job last said.
        message: one line, as the job last said.
        events: what the job has yielded, from the index asked for.
        result: what it returned, once finished.
        error: one readable sentence, once failed or interrupted.
        position: 1 for the next to run, 0 once it is no longer queued.
        elapsed_seconds: since it began to run.
        wait_seconds: about how long until it begins, 0 where that is not known.
    """

    job_id: str
    state: str
    progress: float
    message: str
    events: list[JsonObject]
    result: Any  # whatever the job returns
    error: str
    position: int
    elapsed_seconds: float
    wait_seconds: float = 0.0

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state not in ("queued", "running")

    @property
    def has_failed(self) -> bool:
        """Whether it ended by itself without a result, and `error` says why."""
        return self.state in ("failed", "interrupted")
