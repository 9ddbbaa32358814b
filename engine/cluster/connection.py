"""A connection to a Dask cluster: one elsewhere, which is left as it is, or one on this machine, which ends with it.

Dask itself stays silent: whatever goes wrong is told by the `JobError` raised here, in one sentence. It is imported
with the first connection, so that a page which only shows results does without.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from engine.config import JsonObject
from engine.errors import JobError

if TYPE_CHECKING:
    from distributed import Client, Future, LocalCluster, Nanny

ADDRESS_VARIABLE = "DASK_SCHEDULER_ADDRESS"
SCHEMES = ("tcp", "tls", "ws", "wss")
CONNECT_SECONDS = 3.0
RESULT_SECONDS = 60.0  # for a result to arrive once it is there
CLOSE_SECONDS = 5.0
T = TypeVar("T")

SILENT = logging.CRITICAL + 1  # a connection that ends while it is written to is critical to Dask

CONNECTION_LOST = "The connection to the cluster was lost."

SETTINGS = {
    # Work whose process dies is reported, not tried again: it may be what killed the process.
    "distributed.scheduler.allowed-failures": 0,
    "distributed.worker.profile.enabled": False,  # watching the work every 10 ms took 5 % of the time
}
# Dask has memory given back after every use, and a quarter of the time went into getting it again. Workers without a
# limit keep it (variables that are set win); with one they would stand still near it, though they use little.
SETTINGS_TO_KEEP_MEMORY = {
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": 2**30,
    "distributed.nanny.pre-spawn-environ.MALLOC_MMAP_THRESHOLD_": 2**25,
}


class Cluster:
    """An open connection; safe to share between threads.

    Attributes:
        address: of the scheduler elsewhere, "" for a cluster on this machine.
    """

    def __init__(self, client: Client, local: LocalCluster | None, address: str) -> None:
        self._client, self._local, self.address = client, local, address

    @property
    def is_open(self) -> bool:
        """Whether the scheduler is still at the other end."""
        return self._client.status == "running"

    def slots(self) -> int:
        """Return how many pieces of work can run at once; asks the scheduler of a cluster elsewhere.

        Raises:
            JobError: the connection is lost.
        """
        if self._local is not None:
            return len(self._local.worker_spec)  # not who is there: one that died comes back
        with self._asking():
            return sum(self._client.nthreads().values())

    def submit(self, function: Callable[..., T], *arguments: object, key: str) -> Future[T]:
        """Hand over work that is done once; returns at once.

        Raises:
            JobError: the connection is lost, or the arguments cannot be sent.
        """
        with self._asking():
            return self._client.submit(function, *arguments, key=key, pure=False, retries=0)

    def result_of(self, future: Future[T]) -> T:
        """Return what finished work returned.

        Raises:
            JobError: it did not arrive, or cannot be read.
        """
        with self._asking():
            return future.result(timeout=RESULT_SECONDS)

    def processing(self, key: str) -> list[str]:
        """Return the addresses of the workers that hold a piece of work.

        Raises:
            JobError: the connection is lost.
        """
        with self._asking():
            return [worker for worker, keys in self._client.processing().items() if key in keys]

    def cancel(self, futures: Sequence[Future[object]]) -> None:
        """Give up work; what already runs ends only with its process.

        Raises:
            JobError: the connection is lost.
        """
        with self._asking():
            self._client.cancel(list(futures), force=True)

    def has_worker(self, worker: str) -> bool:
        """Return whether the scheduler takes a worker to be alive.

        Raises:
            JobError: the connection is lost.
        """
        with self._asking():
            return worker in self._client.nthreads()

    def raise_flag(self, name: str) -> None:
        """Set the `distributed.Event` of that name, which workers look at.

        Raises:
            JobError: the connection is lost.
        """
        from distributed import Event

        with self._asking():
            Event(name, client=self._client).set()

    def subscribe(self, topic: str, hear: Callable[[JsonObject], None]) -> None:
        """Have `hear` called, in the connection's own thread, with all that is logged under a topic.

        Raises:
            JobError: the connection is lost.
        """
        with self._asking():
            self._client.subscribe_topic(topic, lambda event: hear(event[1]))

    def run_everywhere(self, function: Callable[[], None]) -> None:
        """Call a function in every process and wait until all have done it.

        Raises:
            JobError: the connection is lost.
        """
        with self._asking():
            self._client.run(function)

    def end_processes(self, workers: list[str] | None = None, *, restart: bool) -> None:
        """End worker processes (all, unless named) at once, in the middle of whatever they do.

        Raises:
            JobError: the connection is lost.
        """
        with self._asking():
            self._client.run(_end_process, restart, workers=workers, nanny=True, on_error="ignore")

    def close(self) -> None:
        """End the connection, and with it a cluster on this machine, whatever its processes do."""
        if self._local is not None:
            with contextlib.suppress(JobError):
                self.end_processes(restart=False)
        for part in (self._client, self._local):
            if part is not None:
                with contextlib.suppress(JobError), self._asking():  # what is left ends with this process
                    part.close(timeout=CLOSE_SECONDS)

    @contextlib.contextmanager
    def _asking(self) -> Iterator[None]:
        """Turn what Dask raises, which has no base but Exception, into one error."""
        try:
            yield
        except Exception as error:
            if not self.is_open or isinstance(error, OSError):
                raise JobError(CONNECTION_LOST) from error
            raise JobError(f"The cluster failed with {type(error).__name__}: {str(error)[:200]}") from error


def connect(address: str | None = None, *, count: int = 1, memory_limit: str | int = 0) -> Cluster:
    """Return a connection to the cluster at `address`, by default the one that DASK_SCHEDULER_ADDRESS names, else to
    `count` worker processes started here.

    Args:
        memory_limit: of each process started here; 0 for none.

    Raises:
        JobError: the address is none, the cluster cannot be reached, or it has no workers.
    """
    address = address or os.environ.get(ADDRESS_VARIABLE, "")
    if address:
        _check(address)
        _check_is_scheduler(address)
    import dask
    from distributed import Client

    # Left alone, a cluster gives a worker up for good if it is not there 15 seconds after any loss, even a later one;
    # the nanny brings it back, however long that takes on a busy machine.
    dask.config.set({"distributed.deploy.lost-worker-timeout": "1000 days"})
    for handler in logging.getLogger("distributed").handlers:
        handler.setLevel(SILENT)
    where = f"at {address} ({ADDRESS_VARIABLE})" if address else "on this machine"
    local = None
    try:
        local = None if address else _local_cluster(count, memory_limit)
        client = Client(address or local, timeout=CONNECT_SECONDS, set_as_default=False)
    except Exception as error:
        if local is not None:
            local.close(timeout=CLOSE_SECONDS)
        if isinstance(error, (OSError, ValueError, TypeError, ImportError, RuntimeError)):
            raise JobError(f"The cluster {where} cannot be reached.") from error
        raise
    cluster = Cluster(client, local, address)
    try:
        if not cluster.slots():
            raise JobError(f"The cluster {where} has no workers; start some with: dask worker {address}")
        if local is not None:
            cluster.run_everywhere(_leave_interrupts_to_parent)
    except JobError:
        cluster.close()
        raise
    return cluster


def death_of_worker(event: JsonObject) -> set[str]:
    """Return the keys of the work that was lost with a worker, where that is what an event of the topic "all" tells."""
    return set(event["processing-tasks"]) if event.get("action") == "remove-worker" else set()


def _check(address: str) -> None:
    """Raise where a text is no address: Dask would leave half a client behind."""
    try:
        parts = urlsplit(address if "://" in address else f"tcp://{address}")
        is_address = parts.scheme in SCHEMES and parts.hostname and parts.hostname.encode("idna") and parts.port
    except ValueError:
        is_address = False
    if not is_address:
        raise JobError(f"{ADDRESS_VARIABLE} is '{address[:80]}', which is no address; write it as tcp://HOST:PORT.")


def _check_is_scheduler(address: str) -> None:
    """Raise where no scheduler answers: a client of anything else waits for minutes, and ends in a traceback."""
    answers: list[str] = []

    def ask() -> None:
        with contextlib.suppress(Exception):  # Dask's have no base; whatever it is, no scheduler answered
            answers.append(asyncio.run(_kind_of_server(address)))

    thread = threading.Thread(target=ask, name="scheduler-check", daemon=True)
    thread.start()
    thread.join(CONNECT_SECONDS + 1)
    if answers != ["Scheduler"]:
        raise JobError(f"The cluster at {address} ({ADDRESS_VARIABLE}) cannot be reached.")


async def _kind_of_server(address: str) -> str:
    from distributed import Security
    from distributed.comm.core import connect as open_comm

    arguments = Security().get_connection_args("client")
    comm = await open_comm(address, timeout=CONNECT_SECONDS, **arguments)
    try:
        await comm.write({"op": "identity", "reply": True})
        return str((await asyncio.wait_for(comm.read(), CONNECT_SECONDS))["type"])
    finally:
        comm.abort()


def _local_cluster(count: int, memory_limit: str | int) -> LocalCluster:
    import dask
    from distributed import LocalCluster

    with dask.config.set(SETTINGS | ({} if memory_limit else SETTINGS_TO_KEEP_MEMORY)):
        return LocalCluster(
            n_workers=count,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",  # None would still open a port, the same one for everybody
            scheduler_kwargs={"dashboard": False},
            worker_dashboard_address=None,
            memory_limit=memory_limit,
            silence_logs=SILENT,
        )


def _end_process(restart: bool, dask_worker: Nanny) -> None:
    """End the worker process of a nanny; runs in the nanny. A network in the middle of an update hears nothing else."""
    if not restart:
        dask_worker.close_gracefully("the cluster ends")
    os.kill(dask_worker.pid, signal.SIGKILL)


def _leave_interrupts_to_parent() -> None:
    """Ctrl+C reaches every process of a terminal; the one that started the cluster ends the others."""
    with contextlib.suppress(ValueError):  # not the main thread: then nobody sends it one
        signal.signal(signal.SIGINT, signal.SIG_IGN)
