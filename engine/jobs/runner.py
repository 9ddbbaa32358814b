"""The job runner: a bounded queue in front of a Dask cluster, one table of jobs, and a stop that stops.

Jobs wait here rather than in Dask's scheduler, which blames all tasks of a worker that dies and not only the one that
ran. Cancelling is first a flag the job looks at between events; a job that has not ended within `GRACE_SECONDS` loses
its worker.
"""

from __future__ import annotations

import contextlib
import dataclasses
import secrets
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from distributed import Future

from engine.cluster import CONNECTION_LOST, Cluster, connect, death_of_worker
from engine.config import JsonObject
from engine.errors import JobError
from engine.jobs.records import INTERRUPTED, JobRecords
from engine.jobs.status import JobStatus
from engine.jobs.worker import PROCESS_DIED, START_SECONDS, JobCancelled, flags_of, run_job, sentence_for, time_is_up
from engine.limits import limits

if TYPE_CHECKING:
    from distributed import Future

MAX_KEPT = 64  # finished jobs remembered
MAX_EVENTS = 5_000  # events remembered per job
GRACE_SECONDS = 1.5
TIME_LIMIT_SECONDS = 300.0
WORKER_MEMORY = "1.5GiB"


@dataclasses.dataclass
class _Job:
    job_id: str
    function_path: str
    kwargs: JsonObject
    time_limit_seconds: float
    owner: str = ""
    address: str = ""
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
    cluster: Cluster | None = None
    future: Future[object] | None = None
    timers: list[threading.Timer] = dataclasses.field(default_factory=list)

    @property
    def key(self) -> str:
        """The name of its work on the cluster."""
        return f"job-{self.job_id}"

    @property
    def sent(self) -> tuple[Cluster, Future[object]]:
        """Where it was sent and what came of that; only a job that was sent has it."""
        assert self.cluster is not None
        assert self.future is not None
        return self.cluster, self.future


def new_job_id() -> str:
    """Return an id for a job that is yet to be queued; nobody can guess it."""
    return secrets.token_urlsafe(16)


class JobRunner:
    """Runs jobs one per worker thread; safe to share between threads. Nothing starts before the first `submit`.

    The cluster is DASK_SCHEDULER_ADDRESS where that is set, else one local worker process; a connection that is lost is
    made anew for the next job. A job function, named "package.module:function", is a generator: what it yields are its
    events (plain values; "progress" and "message" are also shown by `status`), what it returns is its result.

    With a folder for records, jobs of other processes and of servers before are known too.
    """

    def __init__(self, address: str | None = None, records: Path | None = None) -> None:
        self._address = address
        self._records = JobRecords(records) if records is not None else None
        self._lock = threading.RLock()  # of the table of jobs; nobody waits for the cluster under it
        self._connecting = threading.Lock()
        self._topic = f"jobs-{secrets.token_hex(8)}"
        self._jobs: OrderedDict[str, _Job] = OrderedDict()
        self._cluster: Cluster | None = None
        self._lost = 0

    @property
    def lost_processes(self) -> int:
        """How many worker processes have died or been ended so far: each time the next one begins with nothing
        imported."""
        return self._lost

    def submit(
        self,
        function_path: str,
        kwargs: JsonObject | None = None,
        *,
        time_limit_seconds: float = TIME_LIMIT_SECONDS,
        owner: str = "",
        address: str = "",
        job_id: str = "",
    ) -> str:
        """Queue a job and return its id, which nobody can guess; `job_id`, from `new_job_id`, is for those who have to
        know it before the job may begin.

        Args:
            owner, address: whose it is, and from where they came; "" for the server itself.

        Raises:
            JobError: the queue is full or has enough of this owner or address, or the cluster cannot be reached.
        """
        self._check_places(owner, address)
        self._connect()
        with self._lock:
            self._check_places(owner, address)
            identity = job_id or new_job_id()
            job = _Job(identity, function_path, dict(kwargs or {}), time_limit_seconds, owner, address)
            self._jobs[job.job_id] = job
            self._forget_oldest()
            if self._records is not None:
                self._records.begin(job.job_id)
        self._start_next()
        return job.job_id

    def count(self) -> dict[str, int]:
        """Return how many of the jobs known are in which state."""
        with self._lock:
            return dict(Counter(job.state for job in self._jobs.values()))

    def status(self, job_id: str, since: int = 0) -> JobStatus:
        """Return how a job stands, with its events from index `since` on.

        Raises:
            JobError: no such job is known (any more).
        """
        with self._lock:
            if job_id not in self._jobs and (elsewhere := self._recorded(job_id, since)) is not None:
                return elsewhere
            job = self._get(job_id)
            queued = [waiting.job_id for waiting in self._queued()]
            end = job.ended or time.monotonic()
            return JobStatus(
                job_id=job_id,
                state=job.state,
                progress=job.progress,
                message=job.message,
                events=job.events[since:],
                result=job.result,
                error=job.error,
                position=queued.index(job_id) + 1 if job_id in queued else 0,
                elapsed_seconds=end - job.started if job.started else 0.0,
                wait_seconds=self._wait(queued.index(job_id)) if job_id in queued else 0.0,
            )

    def cancel(self, job_id: str, *, grace_seconds: float | None = None) -> None:
        """Stop a job: at once if it waits, at its next event if it runs, with its worker if it does not listen within
        `grace_seconds`, by default GRACE_SECONDS.

        Raises:
            JobError: no such job is known.
        """
        with self._lock:
            if self._records is not None and job_id not in self._jobs and self._recorded(job_id) is not None:
                self._records.ask_to_stop(job_id)
                return
            job = self._get(job_id)
            if job.state == "queued":
                self._end(job, "cancelled", message="Cancelled before it began.")
            elif job.state == "running" and not job.is_cancelling:
                job.is_cancelling = True
                job.message = "Stopping"
                self._after(job, 0.0, self._raise_flag)
                self._after(job, GRACE_SECONDS if grace_seconds is None else grace_seconds, self._kill)

    def give_up(self, job_id: str) -> None:
        """End a job that was asked to end by other ways; its worker loses its process where it does not within
        `GRACE_SECONDS`."""
        with self._lock:
            job = self._jobs.get(job_id)
            if job is not None and job.state == "running" and not job.is_cancelling:
                job.is_cancelling = True
                self._after(job, GRACE_SECONDS, self._kill)

    def wait(self, job_id: str, timeout_seconds: float = 60.0) -> JobStatus:
        """Return the job's status once it is over, or as it is after `timeout_seconds`."""
        deadline = time.monotonic() + timeout_seconds
        while not (status := self.status(job_id)).is_over and time.monotonic() < deadline:
            time.sleep(0.02)
        return status

    def close(self) -> None:
        """End everything, which is marked as interrupted, and stop the local cluster."""
        with self._connecting:
            cluster, self._cluster = self._cluster, None
        with self._lock:
            running = [job.worker for job in self._jobs.values() if job.state == "running" and job.worker]
            for job in self._jobs.values():
                job.is_killed = True
                self._end(job, "interrupted", error=INTERRUPTED)
        if cluster is not None:
            if cluster.address and running:
                with contextlib.suppress(JobError):
                    cluster.end_processes(running, restart=True)
            cluster.close()

    # What waits for the cluster; never under the lock

    def _connect(self) -> Cluster:
        """Return the cluster, connected to first where there is no connection, or none any more."""
        with self._connecting:
            if self._cluster is None or not self._cluster.is_open:
                lost, self._cluster = self._cluster, None
                if lost is not None:
                    lost.close()
                cluster = connect(self._address, memory_limit=WORKER_MEMORY)
                cluster.subscribe(self._topic, self._hear)
                cluster.subscribe("all", self._hear_of_deaths)
                self._cluster = cluster
            return self._cluster

    def _start_next(self) -> None:
        """Let waiting jobs into the free slots; none waits for a cluster that is lost."""
        with self._lock:
            if not self._queued():
                return
        try:
            cluster = self._connect()
            slots = max(1, cluster.slots())  # a cluster elsewhere may get its workers back
        except JobError as error:
            with self._lock:
                for job in self._queued():
                    self._end(job, "failed", error=str(error))
            return
        with self._lock:
            while (waiting := self._queued()) and self._running() < slots:
                self._start(waiting[0], cluster)

    # Transitions; all under the lock

    def _queued(self) -> list[_Job]:
        """Return who waits, in the order in which they begin: first those whose owner has the fewest at work or before
        them."""
        before = Counter(job.owner for job in self._jobs.values() if job.state == "running" and job.owner)
        ranked = []
        for place, job in enumerate(job for job in self._jobs.values() if job.state == "queued"):
            ranked.append((before[job.owner], place, job))
            before[job.owner] += bool(job.owner)
        return [job for *_, job in sorted(ranked, key=lambda rank: rank[:2])]

    def _check_places(self, owner: str, address: str) -> None:
        """Raise where there is no place for one more job of this owner from this address."""
        allowed = limits()
        with self._lock:
            going = [job for job in self._jobs.values() if job.state in ("queued", "running")]
        waiting = sum(job.state == "queued" for job in going)
        own = sum(bool(owner) and job.owner == owner for job in going)
        near = sum(bool(address) and job.address == address for job in going)
        if own >= allowed.jobs_per_visitor:
            raise JobError(
                f"You have {own} jobs that wait or go on, as many as one visitor may: stop one or wait for it."
            )
        if near >= allowed.jobs_per_address:
            raise JobError(
                f"{near} jobs of your network's address wait or go on, as many as one address may have: try again in a "
                "minute."
            )
        if waiting >= allowed.jobs:
            raise JobError(f"All places are taken: {waiting} jobs are waiting already; try again in a minute.")

    def _recorded(self, job_id: str, since: int = 0) -> JobStatus | None:
        return self._records.read(job_id, since) if self._records is not None else None

    def _get(self, job_id: str) -> _Job:
        if job_id not in self._jobs:
            raise JobError("This job is not known any more; start it again.")
        return self._jobs[job_id]

    def _running(self) -> int:
        return sum(job.state == "running" for job in self._jobs.values())

    def _wait(self, ahead: int) -> float:
        """Return about how long it takes until the next place is free, and `ahead` jobs like those that run are
        done."""
        now, left, whole = time.monotonic(), [], []
        for job in self._jobs.values():
            if job.state == "running" and job.progress > 0:
                whole.append((now - job.started) / job.progress)
                left.append(whole[-1] * (1 - job.progress))
        return min(left) + ahead * sum(whole) / len(whole) if left else 0.0

    def _start(self, job: _Job, cluster: Cluster) -> None:
        if self._records is not None and self._records.is_asked_to_stop(job.job_id):
            self._end(job, "cancelled", message="Cancelled before it began.")
            return
        try:
            future = cluster.submit(
                run_job, job.job_id, self._topic, job.function_path, job.kwargs, job.time_limit_seconds, key=job.key
            )
        except JobError as error:
            self._end(job, "failed", error=str(error))
            return
        job.state, job.started, job.cluster, job.future = "running", time.monotonic(), cluster, future
        self._note(job, state="running")
        future.add_done_callback(lambda future, job=job: self._settle(job, future))
        # The worker watches the limit between events; this, and the same when its clock runs, is for one that is deaf.
        self._after(job, START_SECONDS + job.time_limit_seconds + GRACE_SECONDS, self._kill)

    def _end(
        self, job: _Job, state: str, *, result: object = None, error: str = "", message: str | None = None
    ) -> None:
        if job.state not in ("queued", "running"):
            return
        job.state, job.result, job.error, job.ended = state, result, error, time.monotonic()
        job.progress = 1.0 if state == "finished" else job.progress
        job.message = job.message if message is None else message
        for timer in job.timers:
            timer.cancel()
        told = {name: getattr(job, name) for name in ("state", "result", "error", "message", "progress")}
        self._note(job, **told, elapsed_seconds=job.ended - job.started if job.started else 0.0)

    def _note(self, job: _Job, **said: object) -> None:
        if self._records is not None:
            self._records.tell(job.job_id, **said)

    def _after(self, job: _Job, seconds: float, action: Callable[[_Job], None]) -> None:
        timer = threading.Timer(seconds, action, [job])
        timer.daemon = True
        job.timers.append(timer)
        timer.start()

    def _forget_oldest(self) -> None:
        over = [job_id for job_id, job in self._jobs.items() if job.state not in ("queued", "running")]
        for job_id in over[: max(0, len(self._jobs) - MAX_KEPT)]:
            del self._jobs[job_id]

    # What the cluster tells. Without the lock: this runs in the connection's own thread.

    def _hear(self, said: JsonObject) -> None:
        """Take in what a worker tells."""
        job = self._jobs.get(said["job_id"])
        if job is None:
            return
        job.worker = said.get("worker", job.worker)
        if said.get("is_clocked"):
            self._after(job, job.time_limit_seconds + GRACE_SECONDS, self._kill)
        for event in said.get("events", ()):
            if len(job.events) < MAX_EVENTS:
                job.events.append(event)
            job.progress = min(1.0, max(0.0, float(event.get("progress", job.progress))))
            job.message = job.message if job.is_cancelling else str(event.get("message", job.message))
        if self._records is not None and said.get("events"):
            elapsed = time.monotonic() - job.started
            self._note(job, events=said["events"], progress=job.progress, message=job.message, elapsed_seconds=elapsed)
            if self._records.is_asked_to_stop(job.job_id):
                self._after(job, 0.0, lambda job: self.cancel(job.job_id))

    def _hear_of_deaths(self, event: JsonObject) -> None:
        """End the job of a worker that died, though no other may be there to say so."""
        for key in death_of_worker(event):
            job = self._jobs.get(key.removeprefix("job-"))
            if job is not None:
                self._after(job, 0.0, self._mourn)

    # How a running job ends; in threads of their own

    def _settle(self, job: _Job, future: Future[object]) -> None:
        """Take in how a future ended."""
        end: dict[str, Any]  # the arguments of `_end`
        if future.status == "finished":
            try:
                end = {"state": "finished", "result": job.sent[0].result_of(future)}
            except JobError as problem:
                end = {"state": "failed", "error": str(problem)}
        elif future.status == "error" and (error := future.exception()) is not None:  # none: it was given up meanwhile
            if job.is_cancelling or isinstance(error, JobCancelled):
                end = {"state": "cancelled", "message": "Stopped."}
            else:
                end = {"state": "failed", "error": sentence_for(error)}
        elif job.is_killed:
            return
        else:
            end = {"state": "failed", "error": CONNECTION_LOST}
        self._end_and_go_on(job, **end)

    def _mourn(self, job: _Job) -> None:
        """End a job whose process died, unless that was meant."""
        if self._mark_killed(job):
            cluster, future = job.sent
            with contextlib.suppress(JobError):
                cluster.cancel([future])
            self._end_and_go_on(job, "failed", error=PROCESS_DIED)

    def _raise_flag(self, job: _Job) -> None:
        with contextlib.suppress(JobError):  # the worker's end follows
            if job.state == "running" and job.cluster is not None:
                job.cluster.raise_flag(flags_of(job.job_id)[1])

    def _kill(self, job: _Job) -> None:
        """End a running job that does not listen: give up its future, end its process, and only then let the next one
        in."""
        if not self._mark_killed(job):
            return
        cluster, future = job.sent
        with contextlib.suppress(JobError):  # a lost connection ends the job as well
            worker = job.worker or next(iter(cluster.processing(job.key)), "")
            cluster.cancel([future])
            if worker:
                # Dask's own restart first asks politely, for seconds; the nanny starts a new process by itself.
                cluster.end_processes([worker], restart=True)
                # A job sent before the scheduler knows that the process is dead would share its fate.
                deadline = time.monotonic() + 5
                while cluster.has_worker(worker) and time.monotonic() < deadline:
                    time.sleep(0.02)
        if job.is_cancelling:
            self._end_and_go_on(job, "cancelled", message="Stopped.")
        else:
            self._end_and_go_on(job, "failed", error=time_is_up(job.time_limit_seconds))

    def _mark_killed(self, job: _Job) -> bool:
        """Return whether a job still runs and nobody else is about to end it."""
        with self._lock:
            is_first = job.state == "running" and job.future is not None and not job.is_killed
            job.is_killed = job.is_killed or is_first
            self._lost += is_first
            return is_first

    def _end_and_go_on(self, job: _Job, state: str, **said: Any) -> None:  # as `_end` takes them
        with self._lock:
            self._end(job, state, **said)
        self._start_next()
