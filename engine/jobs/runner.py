"""The job runner: a bounded queue in front of a Dask cluster, one table of jobs, and a stop that stops.

Jobs wait here rather than in Dask's scheduler, which blames all tasks of a worker that dies and not only the one that
ran. Cancelling is first a flag the job looks at between events; a job that has not ended within `GRACE_SECONDS` loses
its worker.
"""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import os
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import dask
from distributed import Client, Event, Future, LocalCluster

from engine.config import JsonObject
from engine.errors import JobError
from engine.jobs.status import JobStatus
from engine.jobs.worker import JobCancelled, flags_of, kill_worker_process, run_job, sentence_for, time_is_up

MAX_QUEUED = 8
MAX_KEPT = 64  # finished jobs remembered
MAX_EVENTS = 5_000  # events remembered per job
GRACE_SECONDS = 1.5
TIME_LIMIT_SECONDS = 300.0
CONNECT_SECONDS = 3.0
CLOSE_SECONDS = 5.0
WORKER_MEMORY = "1.5GiB"


@dataclasses.dataclass
class _Job:
    job_id: str
    function_path: str
    kwargs: JsonObject
    time_limit_seconds: float
    state: str = "queued"
    progress: float = 0.0
    message: str = ""
    events: list[JsonObject] = dataclasses.field(default_factory=list)
    result: Any = None  # whatever the job returns
    error: str = ""
    started: float = 0.0
    ended: float = 0.0
    is_cancelling: bool = False
    is_killed: bool = False
    worker: str = ""
    future: Future[object] | None = None
    timers: list[threading.Timer] = dataclasses.field(default_factory=list)


class JobRunner:
    """Runs jobs one per worker thread; safe to share between threads. Nothing starts before the first `submit`.

    The cluster is DASK_SCHEDULER_ADDRESS where that is set, else one local worker process. A job function, named
    "package.module:function", is a generator: what it yields are its events (plain values; "progress" and "message" are
    also shown by `status`), what it returns is its result.
    """

    def __init__(self, address: str | None = None) -> None:
        self._address = address or os.environ.get("DASK_SCHEDULER_ADDRESS", "")
        self._lock = threading.RLock()
        self._topic = f"jobs-{secrets.token_hex(8)}"
        self._jobs: OrderedDict[str, _Job] = OrderedDict()
        self._cluster: LocalCluster | None = None
        self._client: Any = None  # a Client from the first job on until the cluster is let go

    def submit(
        self,
        function_path: str,
        kwargs: JsonObject | None = None,
        *,
        time_limit_seconds: float = TIME_LIMIT_SECONDS,
    ) -> str:
        """Queue a job and return its id, which nobody can guess.

        Raises:
            JobError: the queue is full, or the cluster cannot be reached.
        """
        with self._lock:
            waiting = len(self._queued())
            if waiting >= MAX_QUEUED:
                raise JobError(f"All places are taken: {waiting} jobs are waiting already; try again in a minute.")
            self._connect()
            job = _Job(secrets.token_urlsafe(16), function_path, dict(kwargs or {}), time_limit_seconds)
            self._jobs[job.job_id] = job
            self._forget_oldest()
            self._start_next()
            return job.job_id

    def status(self, job_id: str, since: int = 0) -> JobStatus:
        """Return how a job stands, with its events from index `since` on.

        Raises:
            JobError: no such job is known (any more).
        """
        with self._lock:
            job = self._get(job_id)
            queued = [waiting.job_id for waiting in self._queued()]
            end = job.ended or time.monotonic()
            return JobStatus(
                job_id=job_id,
                state=job.state,
                progress=job.progress,
                message=job.message,
                events=job.events[since:],
                event_count=len(job.events),
                result=job.result,
                error=job.error,
                position=queued.index(job_id) + 1 if job_id in queued else 0,
                elapsed_seconds=end - job.started if job.started else 0.0,
            )

    def cancel(self, job_id: str) -> None:
        """Stop a job: at once if it waits, at its next event if it runs, with its worker if it does not listen.

        Raises:
            JobError: no such job is known.
        """
        with self._lock:
            job = self._get(job_id)
            if job.state == "queued":
                self._end(job, "cancelled", message="Cancelled before it began.")
            elif job.state == "running" and not job.is_cancelling:
                job.is_cancelling = True
                job.message = "Stopping"
                self._after(job, 0.0, self._raise_flag)
                self._after(job, GRACE_SECONDS, self._kill)

    def wait(self, job_id: str, timeout_seconds: float = 60.0) -> JobStatus:
        """Return the job's status once it is over, or as it is after `timeout_seconds`."""
        deadline = time.monotonic() + timeout_seconds
        while not (status := self.status(job_id)).is_over and time.monotonic() < deadline:
            time.sleep(0.02)
        return status

    def close(self) -> None:
        """Cancel everything and stop the local cluster."""
        with self._lock:
            client, cluster = self._client, self._cluster
            self._client = self._cluster = None
            running = [job.worker for job in self._jobs.values() if job.state == "running" and job.worker]
            for job in self._jobs.values():
                job.is_killed = True
                self._end(job, "cancelled", message="The server is stopping.")
        with contextlib.suppress(OSError, TimeoutError):  # whatever is left ends with this process
            if client is not None and running:
                client.run(kill_worker_process, workers=running, nanny=True, on_error="ignore")
            for part in (client, cluster):
                if part is not None:
                    part.close(timeout=CLOSE_SECONDS)

    # The cluster

    def _connect(self) -> None:
        if self._client is not None:
            return
        try:
            if not self._address:
                self._cluster = _local_cluster()
            self._client = Client(self._address or self._cluster, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, TimeoutError) as error:
            where = f"at {self._address}" if self._address else "on this machine"
            raise JobError(f"The cluster {where} cannot be reached.") from error
        self._client.subscribe_topic(self._topic, self._hear)

    def _slots(self) -> int:
        threads = self._client.nthreads() if self._client and self._address else {}
        return max(1, sum(threads.values()))

    # Transitions; all under the lock

    def _queued(self) -> list[_Job]:
        return [job for job in self._jobs.values() if job.state == "queued"]

    def _get(self, job_id: str) -> _Job:
        if job_id not in self._jobs:
            raise JobError("This job is not known any more; start it again.")
        return self._jobs[job_id]

    def _start_next(self) -> None:
        running = sum(job.state == "running" for job in self._jobs.values())
        for job in self._queued()[: max(0, self._slots() - running)]:
            self._start(job)

    def _start(self, job: _Job) -> None:
        job.state, job.started = "running", time.monotonic()
        job.future = self._client.submit(
            run_job,
            job.job_id,
            self._topic,
            job.function_path,
            job.kwargs,
            job.time_limit_seconds,
            key=f"job-{job.job_id}",
            pure=False,
        )
        job.future.add_done_callback(lambda future, job=job: self._settle(job, future))
        # The worker watches the limit between events; this is for a job that yields none.
        self._after(job, job.time_limit_seconds + GRACE_SECONDS, self._kill)

    def _hear(self, told: tuple[float, JsonObject]) -> None:
        """Take in what a worker tells. Without the lock: this runs in the client's own thread, which others wait for
        under it."""
        _, said = told
        job = self._jobs.get(said["job_id"])
        if job is None:
            return
        job.worker = said.get("worker", job.worker)
        for event in said.get("events", ()):
            if len(job.events) < MAX_EVENTS:
                job.events.append(event)
            job.progress = min(1.0, max(0.0, float(event.get("progress", job.progress))))
            job.message = job.message if job.is_cancelling else str(event.get("message", job.message))

    def _settle(self, job: _Job, future: Future[object]) -> None:
        """Take in how a future ended; called in a thread of the client's."""
        if future.status == "finished":
            result = future.result()
            with self._lock:
                self._end(job, "finished", result=result)
        elif future.status == "error":
            error = future.exception()
            with self._lock:
                if job.is_cancelling or isinstance(error, JobCancelled):
                    self._end(job, "cancelled", message="Stopped.")
                else:
                    self._end(job, "failed", error=sentence_for(error))
        elif not job.is_killed:
            with self._lock:
                self._end(job, "failed", error="The connection to the cluster was lost.")

    def _end(
        self, job: _Job, state: str, *, result: object = None, error: str = "", message: str | None = None
    ) -> None:
        if job.state not in ("queued", "running"):
            return
        was_running = job.state == "running"
        job.state, job.result, job.error, job.ended = state, result, error, time.monotonic()
        job.progress = 1.0 if state == "finished" else job.progress
        job.message = job.message if message is None else message
        job.future = None
        for timer in job.timers:
            timer.cancel()
        if was_running and self._client is not None:
            self._start_next()

    def _after(self, job: _Job, seconds: float, action: Callable[[_Job], None]) -> None:
        timer = threading.Timer(seconds, action, [job])
        timer.daemon = True
        job.timers.append(timer)
        timer.start()

    def _raise_flag(self, job: _Job) -> None:
        client = self._client
        if client is not None and job.state == "running":
            Event(flags_of(job.job_id)[1], client=client).set()

    def _kill(self, job: _Job) -> None:
        """End a running job that does not listen: give up its future, end its process, and only then let the next one
        in."""
        with self._lock:
            client, future = self._client, job.future
            if client is None or job.state != "running" or future is None:
                return
            job.is_killed = True
        assigned = (address for address, keys in client.processing().items() if future.key in keys)
        worker = job.worker or next(assigned, "")
        future.cancel(force=True)
        if worker:
            # Dask's own restart first asks politely, for seconds; the nanny starts a new process by itself.
            client.run(kill_worker_process, workers=[worker], nanny=True, on_error="ignore")
            self._wait_until_gone(worker)
        with self._lock:
            if job.is_cancelling:
                self._end(job, "cancelled", message="Stopped.")
            else:
                self._end(job, "failed", error=time_is_up(job.time_limit_seconds))

    def _wait_until_gone(self, worker: str) -> None:
        """Wait until the scheduler knows that a process is dead; a job sent to it before that would share its fate."""
        deadline = time.monotonic() + 5
        while worker in self._client.nthreads() and time.monotonic() < deadline:
            time.sleep(0.02)

    def _forget_oldest(self) -> None:
        over = [job_id for job_id, job in self._jobs.items() if job.state in ("finished", "failed", "cancelled")]
        for job_id in over[: max(0, len(self._jobs) - MAX_KEPT)]:
            del self._jobs[job_id]


def _local_cluster() -> LocalCluster:
    # Left alone, a cluster gives a worker up for good if it is not there 15 seconds after any loss, even a later one;
    # the nanny brings it back, however long that takes on a busy machine.
    dask.config.set({"distributed.deploy.lost-worker-timeout": "1000 days"})
    # A job whose worker dies is reported, not tried again: it may be what killed the worker.
    with dask.config.set({"distributed.scheduler.allowed-failures": 0}):
        return LocalCluster(
            n_workers=1,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",  # None would still open a port, the same one for everybody
            scheduler_kwargs={"dashboard": False},
            worker_dashboard_address=None,
            memory_limit=WORKER_MEMORY,
            silence_logs=logging.CRITICAL,
        )
