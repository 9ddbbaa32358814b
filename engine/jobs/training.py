"""Runs as jobs: put into the queue, gone on with, left, and read with what the queue knows of them.

The runner is that of the process that serves the pages. On a cluster elsewhere the workers must see the run folders
under the same path.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from engine import runs
from engine.errors import InputError, JobError
from engine.jobs.runner import JobRunner
from engine.limits import limits
from engine.runs import Run
from engine.runs.folder import queue, write_status
from engine.wording import counted

TRAIN, RACE = "engine.runs.job:train", "engine.runs.job:race"
SLACK_SECONDS = 60.0  # the run itself heeds the limit of minutes; this is for one that is deaf


def start(runner: JobRunner, folders: Sequence[Path], address: str = "") -> None:
    """Queue the runs in some folders, several as one job that trains them in turns; what has a checkpoint goes on.
    `address` is where their owner comes from.

    Raises:
        InputError: as many runs of this visitor go on as may, or one of these does already.
        JobError: the queue is full, or the cluster cannot be reached.
    """
    found = [runs.read(folder) for folder in folders]
    if going := [run for run in found if run.is_active]:
        raise InputError(f"The run '{going[0].title}' goes on already.")
    # Those of one visitor lie side by side.
    active = sum(run.is_active for root in {folder.parent for folder in folders} for run in runs.listed(root))
    if active + len(found) > limits().jobs_per_visitor:
        raise InputError(
            f"{counted(limits().jobs_per_visitor, 'run')} of one visitor may wait or go on at once, and "
            f"{counted(active, 'run')} of yours do: stop one or wait for it."
        )
    paths = [str(folder.resolve()) for folder in folders]
    job, given = (TRAIN, {"folder": paths[0]}) if len(paths) == 1 else (RACE, {"folders": paths})
    seconds = 60 * limits().minutes * len(paths) + SLACK_SECONDS
    for folder in folders:  # before the worker may tell that it begins
        queue(folder, "")
    try:
        owner = folders[0].parent.parent.name
        job_id = runner.submit(job, given, time_limit_seconds=seconds, owner=owner, address=address)
    except JobError as error:
        for run in found:
            write_status(run.folder, state=run.state, sentence=str(error))
        raise
    for folder in folders:
        write_status(folder, job_id=job_id)


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
        write_status(folder, state="stopped", sentence="Stopped; resume goes on from the last checkpoint.")
    elif run.state == "queued":  # it ended before it could say anything itself
        write_status(folder, state="failed", sentence=job.error or "It did not begin; start it again.")
    return runs.read(folder)


def _leave(runner: JobRunner, folders: Sequence[Path], *, is_final: bool) -> None:
    found = [runs.read(folder) for folder in folders]
    for run in found:
        if run.state == "queued":
            runner.cancel(run.job_id)
            write_status(run.folder, state="stopped", sentence="Taken out of the queue before it began.")
        elif run.is_active:
            runs.ask(run.folder, stop=is_final, pause=not is_final)
    going = {run.job_id for run in found if run.state == "running"}
    for job_id in going if is_final else ():
        # Of a race that goes on without some, only those are asked.
        others = [run for root in {run.folder.parent for run in found} for run in runs.listed(root)]
        if not any(run.is_active and run.job_id == job_id and run.folder not in folders for run in others):
            runner.give_up(job_id)
