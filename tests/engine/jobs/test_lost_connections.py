"""Jobs whose cluster fails them: each ends and says why, none waits for ever, and the next connection is a new one."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from engine.cluster import Cluster, connect
from engine.errors import JobError
from engine.jobs import JobRunner

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
ENVIRONMENT = os.environ | {"PYTHONPATH": f"{HERE}:{ROOT}"}
LISTENING = re.compile(r"Scheduler at:\s+(tcp://\S+)")


@pytest.fixture(autouse=True)
def _importable(monkeypatch):
    monkeypatch.syspath_prepend(str(HERE))
    monkeypatch.delenv("DASK_SCHEDULER_ADDRESS", raising=False)


@pytest.fixture
def start():
    """Start a part of a cluster elsewhere; whatever is left of it ends with the test."""
    begun: list[subprocess.Popen] = []

    def start(part: str, *arguments: str) -> subprocess.Popen:
        command = [sys.executable, "-m", f"distributed.cli.dask_{part}", *arguments, "--no-dashboard"]
        begun.append(subprocess.Popen(command, env=ENVIRONMENT, stderr=subprocess.PIPE, text=True))
        return begun[-1]

    yield start
    for process in begun:
        process.kill()
        process.wait()
        process.stderr.close()


@pytest.fixture
def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def start_scheduler(start, port: int) -> tuple[subprocess.Popen, str]:
    scheduler = start("scheduler", "--host", "127.0.0.1", "--port", str(port))
    for line in scheduler.stderr:
        if found := LISTENING.search(line):
            return scheduler, found[1]
    raise AssertionError("the scheduler ended")


def start_worker(start, address: str) -> subprocess.Popen:
    """Start a worker that nobody starts again, and wait until the scheduler knows it."""
    worker = start("worker", address, "--no-nanny", "--nthreads", "1")
    for line in worker.stderr:
        if "Registered to" in line:
            return worker
    raise AssertionError("the worker ended")


def wait_for_event(runner: JobRunner, job_id: str) -> None:
    deadline = time.monotonic() + 20
    while not runner.status(job_id).events:
        assert time.monotonic() < deadline, runner.status(job_id)
        time.sleep(0.02)


def test_a_lost_scheduler_ends_its_jobs_and_the_next_connection_is_a_new_one(start, port, monkeypatch):
    monkeypatch.setattr("engine.cluster.connection.CONNECT_SECONDS", 1.0)
    scheduler, address = start_scheduler(start, port)
    start_worker(start, address)
    runner = JobRunner(address)
    try:
        first = runner.submit("job_functions:obey")
        behind = runner.submit("job_functions:add", {"a": 1, "b": 1})
        wait_for_event(runner, first)
        scheduler.kill()
        for job_id in (first, behind):
            status = runner.wait(job_id, 20)
            assert status.state == "failed"
            assert re.match(r"The (connection to the )?cluster .*(was lost|cannot be reached)\.$", status.error)
        with pytest.raises(JobError, match="cannot be reached"):
            runner.submit("job_functions:add", {"a": 1, "b": 1})
        start_scheduler(start, port)
        start_worker(start, address)
        again = runner.wait(runner.submit("job_functions:count", {"to": 3, "pause": 0.1}))
        assert (again.state, again.result) == ("finished", 3)
        assert again.events, "the new scheduler was not asked for what workers tell"
    finally:
        runner.close()


def test_a_worker_that_is_lost_for_good_ends_its_job_and_what_is_behind_waits_for_another(start, port):
    _, address = start_scheduler(start, port)
    worker = start_worker(start, address)
    runner = JobRunner(address)
    try:
        lost = runner.submit("job_functions:obey")
        behind = runner.submit("job_functions:add", {"a": 1, "b": 1})
        wait_for_event(runner, lost)
        worker.kill()
        status = runner.wait(lost, 20)
        assert status.state == "failed"
        assert status.error.startswith("The process that ran this job died")
        start_worker(start, address)
        assert runner.wait(behind, 20).result == 2
    finally:
        runner.close()


def test_a_scheduler_without_workers_is_said(start, port):
    _, address = start_scheduler(start, port)
    with pytest.raises(JobError, match=f"has no workers; start some with: dask worker {address}"):
        JobRunner(address).submit("job_functions:add", {"a": 1, "b": 1})


@pytest.fixture(scope="module")
def local():
    """One local cluster for the runners of the tests below."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(HERE))
        patch.delenv("DASK_SCHEDULER_ADDRESS", raising=False)
        cluster = connect()
    yield cluster
    cluster.close()


@pytest.fixture
def runner(local, monkeypatch):
    monkeypatch.setattr("engine.jobs.runner.connect", lambda *_, **__: local)
    return JobRunner()


def test_a_job_that_cannot_be_handed_over_fails_and_those_behind_run(runner, monkeypatch):
    first = runner.submit("job_functions:count", {"to": 5, "pause": 0.1})
    refused = runner.submit("job_functions:add", {"a": threading.Lock(), "b": 1})
    behind = runner.submit("job_functions:add", {"a": 1, "b": 1})
    assert runner.wait(first).state == "finished"
    assert runner.wait(behind).result == 2
    status = runner.wait(refused)
    assert (status.state, status.elapsed_seconds) == ("failed", 0.0)
    assert status.error.startswith("The cluster failed with TypeError: ")


def test_a_result_that_does_not_arrive_ends_its_job(runner, monkeypatch):
    def lose(*_):
        raise JobError("The connection to the cluster was lost.")

    monkeypatch.setattr(Cluster, "result_of", lose)
    status = runner.wait(runner.submit("job_functions:add", {"a": 1, "b": 1}), 20)
    assert (status.state, status.error) == ("failed", "The connection to the cluster was lost.")


class Deaf:
    """A cluster that takes work and does not answer in one of the ways it is asked."""

    address, is_open = "", True

    def __init__(self, way: str):
        self.way, self.keys = way, []

    def slots(self):
        return 1

    def submit(self, *_, key):
        self.keys.append(key)
        return SimpleNamespace(add_done_callback=lambda settle: None)

    def subscribe(self, topic, hear):
        pass

    def __getattr__(self, name):
        if name == self.way:
            raise JobError("The connection to the cluster was lost.")
        return lambda *_, **__: []


@pytest.mark.parametrize("way", ["raise_flag", "processing", "cancel", "end_processes", "has_worker"])
def test_a_job_that_cannot_be_stopped_is_over_all_the_same(way, monkeypatch):
    cluster = Deaf(way)
    monkeypatch.setattr("engine.jobs.runner.connect", lambda *_, **__: cluster)
    monkeypatch.setattr("engine.jobs.runner.GRACE_SECONDS", 0.1)
    monkeypatch.setattr("engine.jobs.runner.START_SECONDS", 0.0)
    runner = JobRunner()
    first, behind = (runner.submit("job_functions:ignore") for _ in range(2))
    if way != "processing":
        runner._hear({"job_id": first, "worker": "tcp://127.0.0.1:9"})
    runner.cancel(first)
    assert runner.wait(first, 5).state == "cancelled"
    deadline = time.monotonic() + 5
    while runner.status(behind).state == "queued":
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert cluster.keys == [f"job-{first}", f"job-{behind}"]
    late = runner.submit("job_functions:ignore", time_limit_seconds=0.0)
    runner.cancel(behind)
    assert runner.wait(late, 5).error == "The job was stopped at its time limit of 0 seconds."


def test_status_is_answered_at_once_while_a_cluster_starts(monkeypatch):
    starts, may_go_on = threading.Event(), threading.Event()

    def wait_and_fail(*_, **__):
        starts.set()
        may_go_on.wait(20)
        raise JobError("The cluster on this machine cannot be reached.")

    monkeypatch.setattr("engine.jobs.runner.connect", wait_and_fail)
    runner, said = JobRunner(), []

    def submit():
        try:
            runner.submit("job_functions:add", {"a": 1, "b": 1})
        except JobError as error:
            said.append(str(error))

    submitting = threading.Thread(target=submit)
    submitting.start()
    assert starts.wait(20)
    began = time.monotonic()
    with pytest.raises(JobError, match="not known"):
        runner.status("a job of before")
    assert time.monotonic() - began < 1
    assert submitting.is_alive()
    may_go_on.set()
    submitting.join(20)
    assert said == ["The cluster on this machine cannot be reached."]
