"""The job runner on a real Dask cluster: progress, results, a stop that stops, and failures that say why."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import dask
import pytest
from dask.utils import parse_timedelta
from distributed import LocalCluster

from engine.errors import JobError
from engine.jobs import JobRunner
from engine.limits import limits

HERE = "job_functions"
MAX_QUEUED = limits().jobs


@pytest.fixture(scope="module", autouse=True)
def _importable():
    sys.path.insert(0, str(Path(__file__).parent))  # spawned workers inherit the path
    yield
    sys.path.remove(str(Path(__file__).parent))


@pytest.fixture(scope="module", params=["local", "scheduler address"])
def runner(request, _importable):
    if request.param == "local":
        runner, cluster = JobRunner(), None
    else:
        cluster = LocalCluster(
            n_workers=1, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0", silence_logs=50
        )
        runner = JobRunner(cluster.scheduler_address)
    yield runner
    runner.close()
    if cluster:
        cluster.close()


def wait_for_event(runner, job_id, timeout=20.0):
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        status = runner.status(job_id)
        if status.events:
            return status
        assert not status.is_over, status
        time.sleep(0.02)
    raise AssertionError("no event came")


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/status").read_text().split("State:")[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):  # it may go between opening the file and reading it
        return False
    return state != "Z"


def test_a_job_reports_progress_and_returns_its_result(runner):
    job_id = runner.submit(f"{HERE}:count", {"to": 8, "pause": 0.1})
    seen = set()
    while not (status := runner.status(job_id)).is_over:
        seen.add((status.state, round(status.progress, 3)))
        time.sleep(0.02)
    assert len(job_id) >= 22
    assert (status.state, status.result, status.progress, status.message) == ("finished", 28, 1.0, "at 7")
    assert [event["number"] for event in status.events] == list(range(8))
    assert runner.status(job_id, since=6).events == status.events[6:]
    assert any(state == "running" and 0 < progress < 1 for state, progress in seen)
    assert 0.7 < status.elapsed_seconds < 20


def test_a_plain_function_is_a_job_too(runner):
    assert runner.wait(runner.submit(f"{HERE}:add", {"a": 2, "b": 3})).result == 5


def test_a_job_that_listens_is_stopped_and_keeps_its_process(runner, monkeypatch):
    monkeypatch.setattr("engine.jobs.runner.GRACE_SECONDS", 60)
    job_id = runner.submit(f"{HERE}:obey")
    pid = wait_for_event(runner, job_id).events[0]["pid"]
    runner.cancel(job_id)
    status = runner.wait(job_id, 20)
    assert (status.state, status.message) == ("cancelled", "Stopped.")
    assert is_alive(pid)
    assert runner.wait(runner.submit(f"{HERE}:add", {"a": 1, "b": 1})).result == 2


def test_a_job_that_does_not_listen_loses_its_process_within_three_seconds(runner):
    job_id, lost = runner.submit(f"{HERE}:ignore"), runner.lost_processes
    pid = wait_for_event(runner, job_id).events[0]["pid"]
    started = time.monotonic()
    runner.cancel(job_id)
    while is_alive(pid):
        assert time.monotonic() - started < 3
        time.sleep(0.02)
    assert runner.wait(job_id, 30).state == "cancelled"
    assert runner.lost_processes == lost + 1
    assert runner.wait(runner.submit(f"{HERE}:add", {"a": 1, "b": 1})).result == 2


def test_a_killed_worker_fails_its_job_alone_and_says_so(runner):
    job_id = runner.submit(f"{HERE}:obey")
    behind = runner.submit(f"{HERE}:add", {"a": 1, "b": 1})
    lost = runner.lost_processes
    os.kill(wait_for_event(runner, job_id).events[0]["pid"], signal.SIGKILL)
    status = runner.wait(job_id, 30)
    assert status.state == "failed"
    assert runner.lost_processes == lost + 1
    assert status.error.startswith("The process that ran this job died")
    assert runner.wait(behind, 60).result == 2


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        ("job_functions:break_down", "The job failed with ValueError: the bridge is out"),
        ("job_functions:refuse", "Lengths run from 2 to 60."),
        ("job_functions:nothing", "There is no job called 'job_functions:nothing'."),
        ("no_such_module:job", "There is no job called 'no_such_module:job'."),
    ],
)
def test_a_failed_job_says_why_in_one_sentence(runner, function, sentence):
    status = runner.wait(runner.submit(function))
    assert (status.state, status.error, status.result) == ("failed", sentence, None)


def test_a_job_that_takes_too_long_is_stopped(runner):
    status = runner.wait(runner.submit(f"{HERE}:obey", time_limit_seconds=0.5), 30)
    assert (status.state, status.error) == ("failed", "The job was stopped at its time limit of 0.5 seconds.")
    deaf = runner.wait(runner.submit(f"{HERE}:ignore", time_limit_seconds=0.5), 30)
    assert (deaf.state, deaf.error) == ("failed", "The job was stopped at its time limit of 0.5 seconds.")


def test_the_time_limit_counts_from_the_first_progress(runner):
    status = runner.wait(runner.submit(f"{HERE}:start_slowly", {"seconds": 2.5}, time_limit_seconds=0.5), 30)
    assert (status.state, status.result) == ("finished", "done")


def test_the_queue_is_bounded_positions_are_told_and_waiting_jobs_can_be_cancelled(runner):
    first = runner.submit(f"{HERE}:obey")
    waiting = [runner.submit(f"{HERE}:add", {"a": n, "b": 0}) for n in range(MAX_QUEUED)]
    assert [runner.status(job_id).position for job_id in [first, *waiting]] == list(range(MAX_QUEUED + 1))
    with pytest.raises(JobError, match="8 jobs are waiting"):
        runner.submit(f"{HERE}:add", {"a": 0, "b": 0})
    runner.cancel(waiting[0])
    assert runner.status(waiting[0]).state == "cancelled"
    assert runner.status(waiting[1]).position == 1
    runner.cancel(first)
    assert [runner.wait(job_id).result for job_id in waiting[1:]] == list(range(1, MAX_QUEUED))


def test_an_unknown_job_is_refused_in_words(runner):
    for call in (runner.status, runner.cancel):
        with pytest.raises(JobError, match="not known any more"):
            call("guess")


def test_nothing_starts_before_the_first_job_and_closing_ends_all(monkeypatch):
    monkeypatch.setattr("engine.jobs.runner.connect", lambda **_: pytest.fail("started"))
    idle = JobRunner()
    with pytest.raises(JobError):
        idle.status("x")
    idle.close()


def test_a_cluster_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setattr("engine.cluster.connection.CONNECT_SECONDS", 0.5)
    with pytest.raises(JobError, match=r"The cluster at tcp://127.0.0.1:9 \(DASK_SCHEDULER_ADDRESS\) cannot"):
        JobRunner("tcp://127.0.0.1:9").submit(f"{HERE}:add", {"a": 1, "b": 1})


def test_close_interrupts_what_runs_and_ends_the_process():
    runner = JobRunner()
    job_id = runner.submit(f"{HERE}:obey")
    pid = wait_for_event(runner, job_id).events[0]["pid"]
    runner.close()
    assert runner.status(job_id).state == "interrupted"
    deadline = time.monotonic() + 5
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(pid)


def test_a_worker_that_comes_back_slowly_is_waited_for():
    """Dask's default gives the only worker up if it is absent 15 seconds after any earlier loss; then nothing would
    ever run."""
    runner = JobRunner()
    try:
        runner.wait(runner.submit(f"{HERE}:add", {"a": 1, "b": 1}))
        assert parse_timedelta(dask.config.get("distributed.deploy.lost-worker-timeout")) > 24 * 3600
    finally:
        runner.close()
