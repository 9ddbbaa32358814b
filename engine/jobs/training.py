"""Runs as jobs: put into the queue, gone on with, left, and read with what the queue knows of them.

The runner is that of the process that serves the pages. On a cluster elsewhere the workers must see the run folders
under the same path.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from engine import runs
from engine.errors import EngineError, InputError, JobError
from engine.jobs.runner import JobRunner, new_job_id
from engine.limits import limits
from engine.runs import Run
from engine.runs.folder import end_for, queue
from engine.wording import counted

TRAIN, RACE = "engine.runs.job:train", "engine.runs.job:race"
OUT_OF_QUEUE = "Taken out of the queue before it began."
SLACK_SECONDS = 60.0  # the run itself heeds the limit of minutes; this is for one that is deaf
_COUNTING = threading.Lock()  # two clicks at once would both find a free place


def start(runner: JobRunner, folders: Sequence[Path], address: str = "") -> None:
    """Queue the runs in some folders, several as one job that trains them in turns; what has a checkpoint goes on.
    `address` is where their owner comes from.

    Raises:
        InputError: as many runs of this visitor go on as may, or one of these does already.
        JobError: the queue is full, or the cluster cannot be reached.
    """
    paths = [str(folder.resolve()) for folder in folders]
    job, given = (TRAIN, {"folder": paths[0]}) if len(paths) == 1 else (RACE, {"folders": paths})
    seconds = 60 * limits().minutes * len(paths) + SLACK_SECONDS
    job_id = new_job_id()
    queued: list[Run] = []
    try:
        with _COUNTING:
            _check_count(folders)
            for folder in folders:  # before the worker may tell that it begins: from then on its status is the worker's
                queued.append(queue(folder, job_id))
        whose = {"owner": folders[0].parent.parent.name, "address": address}
        runner.submit(job, given | {"job_id": job_id}, time_limit_seconds=seconds, job_id=job_id, **whose)
    except EngineError as error:
        for run in queued:
            end_for(run.folder, job_id, run.state, str(error), instead_of=("queued",))
        raise


def stop(runner: JobRunner, folders: Sequence[Path]) -> None:
    """End runs with what they have; a worker that does not listen loses its process, and the run its last updates."""
    _leave(runner, folders, is_final=True)


def pause(runner: JobRunner, folders: Sequence[Path]) -> None:
    """Let runs wait until they are started again; the processor is free meanwhile."""
    _leave(runner, folders, is_final=False)


def read(runner: JobRunner, folder: Path) -> Run:
    """Return a run as it stands, with its place in the queue; what only the queue knows of its end is written down."""
    run = runs.read(folder)
    if run.state not in ("queued", "interrupted") or not run.job_id:
        return run
    try:
        job = runner.status(run.job_id)
    except JobError:  # of another process, or of one before
        return run
    if run.state == "queued" and not job.is_over:
        return dataclasses.replace(run, position=job.position, seconds_left=job.wait_seconds)
    if job.state == "cancelled":
        end_for(folder, run.job_id, "stopped", "Stopped; resume goes on from the last checkpoint.")
    elif run.state == "queued":  # it ended before it could say anything itself
        end_for(folder, run.job_id, "failed", job.error or "It did not begin; start it again.")
    return runs.read(folder)


def _check_count(folders: Sequence[Path]) -> None:
    """Raise where as many runs of one visitor go on as may; those of one visitor lie side by side."""
    found = [run for root in {folder.parent for folder in folders} for run in runs.listed(root)]
    active = sum(run.is_active for run in found if run.folder not in folders)
    if active + len(folders) > limits().jobs_per_visitor:
        raise InputError(
            f"{counted(limits().jobs_per_visitor, 'run')} of one visitor may wait or go on at once, and "
            f"{counted(active, 'run')} of yours do: stop one or wait for it."
        )


def _leave(runner: JobRunner, folders: Sequence[Path], *, is_final: bool) -> None:
    found = [run for folder in folders if (run := runs.read(folder)).is_active]
    waited: set[str] = set()
    going: set[str] = set()
    for run in found:
        runs.ask(run.folder, stop=is_final, pause=not is_final)  # also one that waits: its job may claim it just now
        is_out = end_for(run.folder, run.job_id, "stopped", OUT_OF_QUEUE, instead_of=("queued",))
        (waited if is_out else going).add(run.job_id)
    others = [run for root in {run.folder.parent for run in found} for run in runs.listed(root)]
    # A race that goes on without some of its runs keeps its job.
    needed = {run.job_id for run in others if run.is_active and run.folder not in folders}
    for job_id in waited - going - needed:
        with suppress(JobError):  # it is over, and forgotten
            runner.cancel(job_id)
    for job_id in going - needed if is_final else ():
        runner.give_up(job_id)
