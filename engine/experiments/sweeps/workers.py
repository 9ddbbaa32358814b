"""Where the work of a sweep is done: in processes of a Dask cluster, or in this one.

Work is a generator function, named by its module so that another process finds it: what it yields are progress reports
(plain values), what it returns are its rows. A piece of work is a function of its arguments alone, so it does not
matter who does it.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import queue
import secrets
import time
from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from engine.cluster import CONNECTION_LOST, Cluster, connect
from engine.config import JsonObject
from engine.errors import ConfigError, EngineError, JobError

if TYPE_CHECKING:
    from distributed import Future

Work = Callable[..., Generator[Any, None, Any]]  # each piece yields and returns its own

MAX_WORKERS = 64
SECONDS_BETWEEN_REPORTS = 1.0


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
    if count == 0:
        yield OwnProcess()
        return
    with contextlib.closing(connect(count=count or os.cpu_count() or 1)) as cluster:
        workers = ClusterWorkers(cluster)
        if get_ready is not None:
            cluster.run_everywhere(get_ready)
        try:
            yield workers
        finally:
            workers.give_up()


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

    def __init__(self, cluster: Cluster) -> None:
        self._cluster, self._topic = cluster, f"sweep-{secrets.token_hex(8)}"
        self._told: queue.Queue[Told] = queue.Queue()  # by ticket
        self._tickets = itertools.count()  # a key that was used before would be answered with its old result
        self._numbers: dict[int, int] = {}
        self._futures: dict[int, Future[Any]] = {}  # of what each piece returns
        self.slots = cluster.slots()
        elsewhere = f" of the cluster at {cluster.address}" if cluster.address else ""
        self.where = f"by {self.slots} worker{'s' if self.slots > 1 else ''}{elsewhere}"
        cluster.subscribe(self._topic, self._hear)

    def start(self, number: int, work: Work, *arguments: object) -> None:
        """Begin a piece of work."""
        ticket = next(self._tickets)
        self._numbers[ticket] = number
        try:
            future = self._cluster.submit(_do, self._topic, ticket, work, arguments, key=f"{self._topic}-{ticket}")
        except JobError as error:
            self._told.put(Told(ticket, "failed", str(error)))
            return
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
                del self._numbers[ticket]
                self._futures.pop(ticket, None)
            return told._replace(number=number)

    def give_up(self) -> None:
        """Cancel what is not done."""
        with contextlib.suppress(JobError):
            self._cluster.cancel(list(self._futures.values()))

    def _hear(self, said: JsonObject) -> None:
        self._told.put(Told(said["ticket"], "progress", said["value"]))

    def _settle(self, ticket: int, future: Future[Any]) -> None:  # as above
        """Take in how a piece ended; called in a thread of the client's."""
        if future.status == "finished":
            try:
                self._told.put(Told(ticket, *self._cluster.result_of(future)))
            except JobError as error:
                self._told.put(Told(ticket, "failed", str(error)))
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
