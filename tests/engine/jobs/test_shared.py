"""Computations that visitors share, on a runner without a cluster."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from engine.errors import JobError
from engine.jobs import JobStatus, shared
from engine.jobs.shared import SharedJobs

JOB, GIVEN = "package.module:job", {"b": 1, "a": [1, 2]}
LIMIT = {"time_limit_seconds": 10.0}


class Queue:
    """Stands for a JobRunner: jobs end when a test says so."""

    def __init__(self) -> None:
        self.states: dict[str, str] = {}
        self.is_full = False

    def submit(self, function_path: str, given: dict, **options: object) -> str:
        """Take a job."""
        if self.is_full:
            raise JobError("All places are taken.")
        name = f"job {len(self.states)}"
        self.states[name] = "running"
        return name

    def status(self, job_id: str) -> JobStatus:
        """Return how a job stands."""
        if job_id not in self.states:
            raise JobError("This job is not known any more.")
        return JobStatus(job_id, self.states[job_id], 0.5, "", [{"n": 1}], "result", "", 0, 1.0)

    def cancel(self, job_id: str) -> None:
        """Stop a job."""
        self.states[job_id] = "cancelled"


@pytest.fixture
def queue() -> Queue:
    """Return the runner."""
    return Queue()


@pytest.fixture
def jobs(queue: Queue) -> SharedJobs:
    """Return the computations on it."""
    return SharedJobs(queue)


def eventually(holds: Callable[[], bool]) -> None:
    """Wait until something holds, a second at most."""
    until = time.monotonic() + 1
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.002)


def test_two_who_ask_for_the_same_share_it_and_a_third_finds_the_result(jobs: SharedJobs, queue: Queue) -> None:
    assert jobs.look(JOB, GIVEN, "anna", **LIMIT).state == "queued", "nobody waits for a worker"
    eventually(lambda: jobs.look(JOB, GIVEN, "anna", **LIMIT).state == "running")
    assert jobs.look(JOB, dict(reversed(GIVEN.items())), "bruno", **LIMIT).job_id == "job 0"
    jobs.look(JOB, GIVEN | {"b": 2}, "bruno", **LIMIT)
    eventually(lambda: len(queue.states) == 2)
    queue.states["job 0"] = "finished"
    assert jobs.look(JOB, GIVEN, "anna", **LIMIT).state == "finished"
    del queue.states["job 0"]
    assert jobs.look(JOB, GIVEN, "carla", **LIMIT).result == "result", "also when the runner has forgotten it"


def test_a_stop_ends_only_what_nobody_else_looks_at(
    jobs: SharedJobs, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    for who in ("anna", "bruno"):
        eventually(lambda who=who: jobs.look(JOB, GIVEN, who, **LIMIT).state == "running")
    stood = jobs.leave(JOB, GIVEN, "anna")
    assert stood is not None
    assert stood.events
    assert queue.states == {"job 0": "running"}
    eventually(lambda: jobs.look(JOB, GIVEN, "anna", **LIMIT).state == "running")
    monkeypatch.setattr(shared, "WATCHED_SECONDS", -1.0)  # Bruno has closed his window
    jobs.leave(JOB, GIVEN, "anna")
    assert queue.states == {"job 0": "cancelled"}
    eventually(lambda: jobs.look(JOB, GIVEN, "carla", **LIMIT).job_id == "job 1")
    assert jobs.leave(JOB, {"never": "asked for"}, "anna") is None


def test_what_is_left_before_it_is_queued_is_stopped_then(
    jobs: SharedJobs, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit = queue.submit
    monkeypatch.setattr(queue, "submit", lambda *given, **options: time.sleep(0.05) or submit(*given, **options))
    jobs.look(JOB, GIVEN, "anna", **LIMIT)
    jobs.leave(JOB, GIVEN, "anna")
    eventually(lambda: queue.states == {"job 0": "cancelled"})


def test_a_refusal_is_said_and_tried_again_later(
    jobs: SharedJobs, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue.is_full = True
    jobs.look(JOB, GIVEN, "anna", **LIMIT)
    eventually(lambda: jobs.look(JOB, GIVEN, "anna", **LIMIT).error == "All places are taken.")
    queue.is_full = False
    assert jobs.look(JOB, GIVEN, "anna", **LIMIT).has_failed, "not at every look"
    monkeypatch.setattr(shared, "FAILED_SECONDS", -1.0)
    eventually(lambda: jobs.look(JOB, GIVEN, "anna", **LIMIT).state == "running")


@pytest.mark.parametrize("end", ["finished", "failed", "cancelled", "forgotten"])
@pytest.mark.parametrize("comes_back", [True, False])
def test_only_the_newest_results_are_kept(
    jobs: SharedJobs, queue: Queue, monkeypatch: pytest.MonkeyPatch, end: str, comes_back: bool
) -> None:
    monkeypatch.setattr(shared, "KEPT", 2)
    for number in range(5):
        given = {"number": number}
        eventually(lambda given=given: jobs.look(JOB, given, "anna", **LIMIT).state == "running")
        if end == "forgotten":
            del queue.states[f"job {number}"]
            queue.states[f"another {number}"] = "running"  # names of jobs go by their number
        else:
            queue.states[f"job {number}"] = end
        if comes_back and end in ("finished", "failed"):
            assert jobs.look(JOB, given, "anna", **LIMIT).state == end
    assert len(jobs._known) <= 3
