"""The part of a job that runs inside a worker process: drive the job's generator, tell its events, heed the stop
flag."""

from __future__ import annotations

import importlib
import inspect
import os
import time
from collections.abc import Callable, Generator

from distributed import Event, get_worker

from engine.config import JsonObject
from engine.errors import EngineError, JobError

SECONDS_BETWEEN_REPORTS = 0.5
START_SECONDS = 120.0  # for what comes before the clock of a job runs: imports, on a machine that does much else
NICENESS = 10  # jobs give way to the pages
PROCESS_DIED = "The process that ran this job died; it may have run out of memory."


class JobCancelled(Exception):
    """The job saw its stop flag; caught by the runner."""


def run_job(job_id: str, topic: str, function_path: str, kwargs: JsonObject, time_limit_seconds: float) -> object:
    """Run the function and return its result; events go to `topic` in batches, at most two a second.

    The time limit counts from the first progress that is told, or the first event of a job that tells none: what is
    imported and waited for before is not the job's own.

    Raises:
        JobCancelled: the stop flag was set.
        JobError: the function cannot be found, its worker died once already, or the time is up.
    """
    deadline, is_clocked = time.monotonic() + START_SECONDS + time_limit_seconds, False
    os.setpriority(os.PRIO_PROCESS, 0, NICENESS)
    worker = get_worker()
    begun, stop = (Event(name) for name in flags_of(job_id))
    # A scheduler may hand a dead worker's task to the next one; a job is not repeated behind one's back.
    if begun.is_set():
        raise JobError(PROCESS_DIED)
    begun.set()

    def tell(**said: object) -> None:
        worker.log_event(topic, {"job_id": job_id, **said})

    tell(worker=worker.address)
    function = find_function(function_path)
    if not inspect.isgeneratorfunction(function):
        tell(is_clocked=True)
    steps = function(**kwargs)
    if not isinstance(steps, Generator):
        return steps
    batch: list[JsonObject] = []
    last_report = 0.0
    try:
        while True:
            try:
                batch.append(next(steps))
            except StopIteration as end:
                return end.value
            now = time.monotonic()
            if not is_clocked and batch[-1].get("progress", 1.0) > 0:
                deadline, is_clocked = now + time_limit_seconds, True
                tell(is_clocked=True)
            if now - last_report < SECONDS_BETWEEN_REPORTS:
                continue
            tell(events=batch)
            batch, last_report = [], now
            if stop.is_set():
                raise JobCancelled
            if now > deadline:
                raise JobError(time_is_up(time_limit_seconds))
    finally:
        if batch:
            tell(events=batch)
        steps.close()


def flags_of(job_id: str) -> tuple[str, str]:
    """Return the names of a job's two flags on the cluster: it has begun, and it is asked to stop."""
    return f"{job_id}-begun", f"{job_id}-stop"


def find_function(function_path: str) -> Callable[..., object]:
    """Return the function named "package.module:function".

    Raises:
        JobError: there is none.
    """
    module_name, _, name = function_path.partition(":")
    try:
        return getattr(importlib.import_module(module_name), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise JobError(f"There is no job called '{function_path}'.") from error


def time_is_up(seconds: float) -> str:
    """Return the sentence for a job that took too long."""
    return f"The job was stopped at its time limit of {seconds:g} seconds."


def sentence_for(error: BaseException) -> str:
    """Return one readable sentence for what ended a job."""
    if isinstance(error, EngineError):
        return str(error)
    if isinstance(error, MemoryError) or type(error).__name__ == "KilledWorker":
        return PROCESS_DIED
    return f"The job failed with {type(error).__name__}: {str(error)[:200]}"
