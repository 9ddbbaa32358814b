"""What stands for the worker of the tools in the pages' tests."""

from __future__ import annotations

import json
from collections.abc import Generator

from engine.errors import EngineError
from engine.jobs import JobStatus
from engine.jobs.worker import find_function


def _result_of(steps: Generator) -> object:
    while True:
        try:
            json.dumps(next(steps))
        except StopIteration as end:
            return end.value


class AtOnce:
    """What is asked for is done at once, here."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def look(self, function_path: str, given: dict, *whose: str, time_limit_seconds: float) -> JobStatus:
        """Return the result, or the sentence that says why there is none."""
        self.asked.append(function_path)
        result, error = None, ""
        try:
            result = _result_of(find_function(function_path)(**json.loads(json.dumps(given))))
        except EngineError as problem:
            error = str(problem)
        return JobStatus("job", "failed" if error else "finished", 1.0, "", [], result, error, 0, 0.1)

    def leave(self, function_path: str, given: dict, who: str = "") -> None:
        """Note nothing."""


class GoingOn:
    """What is asked for goes on until it is left, and has told `events` so far."""

    def __init__(self, events: list[dict]) -> None:
        self.status = JobStatus("job", "running", 0.5, "Half", events, None, "", 0, 1.0)

    def look(self, function_path: str, given: dict, *whose: str, time_limit_seconds: float) -> JobStatus:
        """Return that it goes on."""
        return self.status

    def leave(self, function_path: str, given: dict, who: str = "") -> JobStatus:
        """Return how it stood."""
        return self.status
