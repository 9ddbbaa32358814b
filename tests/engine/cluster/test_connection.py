"""Connecting to a cluster: one elsewhere or one started here, and a clear sentence and nothing left where it fails."""

from __future__ import annotations

import http.server
import threading

import pytest

from engine.cluster import connect
from engine.errors import JobError


class StandIn:
    """A local cluster that never started."""

    def __init__(self, **settings):
        self.settings, self.is_closed = settings, False
        started.append(self)

    def close(self, timeout):
        self.is_closed = True


started: list[StandIn] = []


@pytest.fixture(autouse=True)
def _no_address(monkeypatch):
    monkeypatch.delenv("DASK_SCHEDULER_ADDRESS", raising=False)
    monkeypatch.setattr("engine.cluster.connection.CONNECT_SECONDS", 0.5)
    started.clear()


@pytest.mark.parametrize(
    "address",
    [
        "nonsense",
        "http://127.0.0.1:8786",
        "tcp://127.0.0.1",
        "tcp://127.0.0.1:",
        "tcp://127.0.0.1:0",
        "tcp://127.0.0.1:99999",
        "tcp://127.0.0.1:port",
        "tcp://:8786",
        "tcp://[::1:8786",
        f"tcp://{'a' * 300}:8786",
        " ",
    ],
)
def test_what_is_no_address_is_said_before_anything_starts(address, monkeypatch):
    monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", address)
    threads = threading.active_count()
    with pytest.raises(
        JobError, match=r"^DASK_SCHEDULER_ADDRESS is '.{1,80}', which is no address; write it as tcp://"
    ):
        connect()
    assert threading.active_count() == threads


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "127.0.0.1:9", "tls://127.0.0.1:9"])
def test_a_scheduler_that_does_not_answer_is_named(address):
    with pytest.raises(JobError, match=rf"^The cluster at {address} \(DASK_SCHEDULER_ADDRESS\) cannot be reached\.$"):
        connect(address)


@pytest.mark.parametrize("scheme", ["tcp", "tls", "ws"])
def test_whoever_answers_must_be_a_scheduler_and_no_half_made_client_is_left(scheme, monkeypatch):
    made = []
    monkeypatch.setattr("distributed.Client", lambda *_, **__: made.append(1))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        with pytest.raises(JobError, match=r"cannot be reached\.$"):
            connect(f"{scheme}://127.0.0.1:{server.server_port}")
        server.shutdown()
    assert made == []


@pytest.mark.parametrize("error", [OSError("no route"), RuntimeError("it does not start"), ValueError("what is this?")])
def test_a_failed_connection_leaves_no_cluster_behind(error, monkeypatch):
    def refuse(*_, **__):
        raise error

    monkeypatch.setattr("distributed.LocalCluster", StandIn)
    monkeypatch.setattr("distributed.Client", refuse)
    with pytest.raises(JobError, match=r"^The cluster on this machine cannot be reached\.$"):
        connect()
    assert [cluster.is_closed for cluster in started] == [True]


@pytest.mark.parametrize(("memory_limit", "keeps"), [(0, True), ("1.5GiB", False)])
def test_only_workers_without_a_limit_keep_their_memory(memory_limit, keeps, monkeypatch):
    import dask

    variable = "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_"

    def look(**settings):
        seen.append((settings["memory_limit"], dask.config.get(variable) == 2**30))
        raise OSError

    seen: list = []
    monkeypatch.setattr("distributed.LocalCluster", look)
    with pytest.raises(JobError):
        connect(memory_limit=memory_limit)
    assert seen == [(memory_limit, keeps)]


def test_a_cluster_here_has_its_slots_and_ends_with_its_connection():
    cluster = connect(count=2)
    try:
        assert (cluster.slots(), cluster.address, cluster.is_open) == (2, "", True)
        assert cluster.result_of(cluster.submit(sum, (1, 2), key="three")) == 3
        with pytest.raises(JobError, match="The cluster failed with TypeError: "):
            cluster.submit(sum, threading.Lock(), key="cannot be sent")
        with pytest.raises(JobError, match="The cluster failed with ZeroDivisionError: "):
            cluster.result_of(cluster.submit(divmod, 1, 0, key="fails"))
    finally:
        cluster.close()
    assert not cluster.is_open
    for ask in (lambda: cluster.submit(sum, (1, 2), key="late"), lambda: cluster.raise_flag("late")):
        with pytest.raises(JobError, match=r"^The connection to the cluster was lost\.$"):
            ask()
    cluster.close()  # again, without complaint
