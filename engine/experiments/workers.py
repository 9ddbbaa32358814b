"""Where the work of a sweep is done: in processes of a Dask cluster, or in this one.

Work is a generator function, named by its module so that another process finds it: what it yields are progress reports
(plain values), what it returns are its rows. A piece of work is a function of its arguments alone, so it does not
matter who does it.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import os
import queue
import secrets
import signal
import time
from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from engine.config import JsonObject
from engine.errors import ConfigError, EngineError, JobError

if TYPE_CHECKING:
    from distributed import Future, LocalCluster, Nanny

Work = Callable[..., Generator[Any, None, Any]]  # each piece yields and returns its own

MAX_WORKERS = 64
CONNECT_SECONDS = 3.0
CLOSE_SECONDS = 5.0
SECONDS_BETWEEN_REPORTS = 1.0
CONNECTION_LOST = "The connection to the cluster was lost."
SETTINGS = {  # of a local cluster
    # a run whose worker dies is reported, not tried again: it may be what killed the worker
    "distributed.scheduler.allowed-failures": 0,
    "distributed.worker.profile.enabled": False,  # watching the work every 10 ms took 5 % of the time
    # Dask has memory given back after every use, and a quarter of the time went into getting it again: keep it.
    # Variables that are set win.
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": 2**30,
    "distributed.nanny.pre-spawn-environ.MALLOC_MMAP_THRESHOLD_": 2**25,
}


class Told(NamedTuple):
    """What became of piece `number`: a progress report, its rows, or the sentence that says why there are none."""

    number: int
    kind: Literal["progress", "finished", "failed"]
    value: Any  # as its kind says


class Workers(Protocol):
    """Takes pieces of work, as many at a time as it has slots, and tells what becomes of them."""

    slots: int
    where: str

    def start(self, number: int, work: Work, *arguments: object) -> None:
        """Begin a piece of work."""

    def next(self) -> Told:
        """Wait for, and return, the next thing that happened."""


@contextlib.contextmanager
def open_workers(count: int | None = None, get_ready: Callable[[], None] | None = None) -> Iterator[Workers]:
    """Yield the workers: of the cluster at DASK_SCHEDULER_ADDRESS, else `count` local processes (one per core), else
    this process (0).

    `get_ready` is called once in every process of a cluster, all at a time, before any work: for what the first piece
    of work would otherwise wait for. Whatever still runs when the block is left is ended with its process; a cluster
    elsewhere is left as it is.

    Raises:
        ConfigError: `count` is out of bounds.
        JobError: the cluster cannot be reached, or has no workers.
    """
    if count is not None and not 0 <= count <= MAX_WORKERS:
        raise ConfigError(f"--workers must lie between 0 (this process) and {MAX_WORKERS}, not {count}.")
    address = os.environ.get("DASK_SCHEDULER_ADDRESS", "")
    if count == 0:
        yield OwnProcess()
        return
    workers = ClusterWorkers(address, count or os.cpu_count() or 1)
    try:
        if get_ready is not None:
            workers.call_everywhere(get_ready)
        yield workers
    finally:
        workers.close()


class OwnProcess:
    """Does the work here, one piece at a time, between one call of `next` and the following."""

    slots, where = 1, "in this process"

    def __init__(self) -> None:
        self._number, self._steps = 0, iter(())

    def start(self, number: int, work: Work, *arguments: object) -> None:
        """Begin a piece of work."""
        self._number, self._steps = number, work(*arguments)

    def next(self) -> Told:
        """Return the next report of the work that was started."""
        try:
            return Told(self._number, "progress", next(self._steps))
        except StopIteration as end:
            return Told(self._number, "finished", end.value)
        except EngineError as error:
            return Told(self._number, "failed", str(error))


class ClusterWorkers:
    """Hands work to the processes of a Dask cluster and hears from them."""

    def __init__(self, address: str, count: int) -> None:
        from distributed import Client

        self._address, self._topic = address, f"sweep-{secrets.token_hex(8)}"
        self._told: queue.Queue[Told] = queue.Queue()  # by ticket
        self._tickets = itertools.count()  # a key that was used before would be answered with its old result
        self._numbers: dict[int, int] = {}
        self._futures: dict[int, Future[Any]] = {}  # of what each piece returns
        self._client: Any = None  # a Client, from the next lines on
        self._cluster: LocalCluster | None = None
        try:
            if not address:
                self._cluster = _local_cluster(count)
            self._client = Client(address or self._cluster, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            self.close()
            where = f"at {address} (DASK_SCHEDULER_ADDRESS)" if address else "on this machine"
            raise JobError(f"The cluster {where} cannot be reached; nothing was run.") from error
        self.slots = sum(self._client.nthreads().values())
        if not self.slots:
            self.close()
            raise JobError(f"The cluster at {address} has no workers; start some with: dask worker {address}")
        self.where = (
            f"by {self.slots} worker{'s' if self.slots > 1 else ''}{f' of the cluster at {address}' if address else ''}"
        )
        self._client.subscribe_topic(self._topic, self._hear)
        if self._cluster is not None:
            self._client.run(_leave_interrupts_to_parent)

    def start(self, number: int, work: Work, *arguments: object) -> None:
        """Begin a piece of work."""
        ticket = next(self._tickets)
        self._numbers[ticket] = number
        future = self._client.submit(
            _do, self._topic, ticket, work, arguments, key=f"{self._topic}-{ticket}", pure=False, retries=0
        )
        self._futures[ticket] = future
        future.add_done_callback(lambda future: self._settle(ticket, future))

    def next(self) -> Told:
        """Return what happened next; a report that comes after the end of its piece is passed over."""
        while True:
            told = self._told.get()
            ticket, number = told.number, self._numbers.get(told.number)
            if number is None:
                continue
            if told.kind != "progress":
                del self._numbers[ticket], self._futures[ticket]
            return told._replace(number=number)

    def call_everywhere(self, function: Callable[[], None]) -> None:
        """Call a function in every process and wait until all have done it."""
        self._client.run(function)

    def close(self) -> None:
        """End what still runs, and the cluster where it is ours."""
        with contextlib.suppress(OSError, TimeoutError, RuntimeError):
            if self._client is not None and self._futures:
                self._client.cancel(list(self._futures.values()), force=True)
                if self._cluster is not None:
                    self._client.run(_end_worker_process, nanny=True, on_error="ignore")
        for part in (self._client, self._cluster):
            with contextlib.suppress(OSError, TimeoutError, RuntimeError):
                if part is not None:
                    part.close(timeout=CLOSE_SECONDS)

    def _hear(self, event: tuple[float, JsonObject]) -> None:
        self._told.put(Told(event[1]["ticket"], "progress", event[1]["value"]))

    def _settle(self, ticket: int, future: Future[Any]) -> None:  # as above
        """Take in how a piece ended; called in a thread of the client's."""
        if future.status == "finished":
            try:
                self._told.put(Told(ticket, *future.result()))
            except (OSError, RuntimeError) as error:
                self._told.put(Told(ticket, "failed", f"{CONNECTION_LOST} ({type(error).__name__})"))
        elif future.status == "error":
            ended_by = future.exception()
            is_dead = type(ended_by).__name__ == "KilledWorker"
            words = (
                "its process died; it may have run out of memory"
                if is_dead
                else f"{type(ended_by).__name__}: {str(ended_by)[:200]}"
            )
            self._told.put(Told(ticket, "failed", words))
        else:
            self._told.put(Told(ticket, "failed", CONNECTION_LOST))


def _do(topic: str, ticket: int, work: Work, arguments: tuple[object, ...]) -> tuple[str, object]:
    """Run a piece of work in a worker process, telling its progress at most once a second."""
    from distributed import get_worker

    worker, steps, last_report = get_worker(), work(*arguments), time.monotonic()
    while True:
        try:
            report = next(steps)
        except StopIteration as end:
            return "finished", end.value
        except EngineError as error:
            return "failed", str(error)
        if time.monotonic() - last_report >= SECONDS_BETWEEN_REPORTS:
            worker.log_event(topic, {"ticket": ticket, "value": report})
            last_report = time.monotonic()


def _leave_interrupts_to_parent() -> None:
    """Ctrl+C reaches every process of a terminal; the one that runs the sweep ends the others."""
    with contextlib.suppress(ValueError):  # not the main thread: then nobody sends it one
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def _end_worker_process(dask_worker: Nanny) -> None:
    """End the worker process of a nanny at once, for good: a network in the middle of an update hears nothing."""
    dask_worker.auto_restart = False  # type: ignore[attr-defined]  # a plain attribute that its class does not declare
    os.kill(dask_worker.pid, signal.SIGKILL)


def _local_cluster(count: int) -> LocalCluster:
    import dask
    from distributed import LocalCluster

    with dask.config.set(SETTINGS):
        return LocalCluster(
            n_workers=count,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",  # None would still open a port, the same one for everybody
            scheduler_kwargs={"dashboard": False},
            worker_dashboard_address=None,
            memory_limit=0,
            silence_logs=logging.CRITICAL,
        )
