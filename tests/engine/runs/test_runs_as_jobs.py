"""Runs as jobs, on a cluster of this machine and on a scheduler elsewhere: killed workers, stops, the queue, and a
server that ends."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine import runs
from engine.errors import InputError
from engine.jobs import JobRunner, training
from engine.limits import limits
from engine.models.folder import load_model
from engine.runs.job import RESERVE_BYTES
from tests.engine.runs.tiny_runs import finish, losses

ROOT = Path(__file__).parents[3]
LONG = {"max_steps": 4000, "evaluate_every": 2000, "checkpoint_every": 50}
LISTENING = re.compile(r"Scheduler at:\s+(tcp://\S+)")


@pytest.fixture(scope="module", params=["local", "scheduler elsewhere"])
def runner(request: pytest.FixtureRequest) -> Iterator[JobRunner]:
    """A runner on a cluster of its own."""
    begun: list[subprocess.Popen] = []

    def start(part: str, *arguments: str) -> subprocess.Popen:
        command = [sys.executable, "-m", f"distributed.cli.dask_{part}", *arguments, "--no-dashboard"]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        begun.append(subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.PIPE, text=True))
        return begun[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DASK_SCHEDULER_ADDRESS", raising=False)
        address = None
        if request.param != "local":
            scheduler = start("scheduler", "--host", "127.0.0.1", "--port", "0")
            address = next(found[1] for line in scheduler.stderr if (found := LISTENING.search(line)))
            worker = start("worker", address, "--nworkers", "1", "--nthreads", "1")
            next(line for line in worker.stderr if "Registered to" in line)
        made = JobRunner(address)
        yield made
        made.close()
    for process in begun:
        process.terminate()
        process.wait(20)
        process.stderr.close()


def until(holds: Callable[[], object], seconds: float) -> float:
    """Wait until something holds, and return how long that took."""
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() - begun < seconds
        time.sleep(0.02)
    return time.monotonic() - begun


def worker_of(folder: Path) -> int:
    """Return the process that trains a run, once it does."""
    until(lambda: runs.read(folder).step > 0 and runs.read(folder).has_checkpoint, 90)
    return int(json.loads((folder / "status.json").read_text())["pid"])


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_killed_worker_is_said_within_ten_seconds_and_the_run_goes_on_as_if_nothing_had_been(runner, make):
    short = {"max_steps": 300, "evaluate_every": 100, "checkpoint_every": 20, "log_every": 5}
    finish(make("whole", **short))
    folder = make("killed", **short)
    training.start(runner, [folder])
    os.kill(worker_of(folder), signal.SIGKILL)
    until(lambda: training.read(runner, folder).state == "interrupted", 10)
    assert "ended without a word" in runs.read(folder).sentence
    until(lambda: runner.status(runs.read(folder).job_id).is_over, 10)
    training.start(runner, [folder])
    until(lambda: not training.read(runner, folder).is_active, 90)
    assert runs.read(folder).state == "finished"
    assert losses(folder) == losses(folder.with_name("whole"))


def test_a_stop_frees_the_processor_within_three_seconds(runner, make):
    folder = make("one", **LONG)
    training.start(runner, [folder])
    worker_of(folder)
    training.stop(runner, [folder])
    until(lambda: training.read(runner, folder).state == "stopped", 3)
    until(lambda: runner.status(runs.read(folder).job_id).is_over, 3)
    assert runs.read(folder).step > 0


def test_a_run_that_does_not_listen_loses_its_process_and_goes_on_from_its_checkpoint(runner, make):
    folder = make("one", **LONG)
    training.start(runner, [folder])
    pid = worker_of(folder)
    os.kill(pid, signal.SIGSTOP)
    training.stop(runner, [folder])
    assert until(lambda: not is_alive(pid), 3) < 3
    until(lambda: training.read(runner, folder).state == "stopped", 5)
    assert runs.read(folder).can_resume


def test_a_full_disk_ends_a_run_with_a_sentence_and_neither_what_it_kept_nor_anyone_else(runner, make):
    def allow(size: int) -> None:
        job = runner.submit("tests.engine.jobs.job_functions:limit_files", {"size": size})
        assert runner.wait(job).state == "finished"

    folder, other = make("full", max_steps=320, evaluate_every=100, checkpoint_every=50), make("other")
    allow(RESERVE_BYTES + 1000)  # its metrics grow beyond that
    for each in (folder, other):
        training.start(runner, [each])
    until(lambda: not training.read(runner, other).is_active, 90)
    assert runs.read(other).state == "finished"
    run = runs.read(folder)
    said = "The disk is full: nothing more could be written. What was kept before is whole."
    assert (run.state, run.sentence) == ("failed", f"{said} Resume goes on from the last checkpoint.")
    assert runner.status(run.job_id).error == run.sentence
    assert 50 <= run.step < 320
    assert load_model(run.model_folder)
    allow(resource.RLIM_INFINITY)
    training.start(runner, [folder])
    until(lambda: not training.read(runner, folder).is_active, 90)
    assert runs.read(folder).state == "finished"
    assert runs.metrics(folder).steps["step"].tolist() == list(range(1, 321))


def test_runs_wait_for_one_another_and_can_be_taken_out_of_the_queue(runner, make):
    first, second, third = (make(name, **LONG) for name in ("first", "second", "third"))
    for folder in (first, second, third):
        training.start(runner, [folder])
    assert [training.read(runner, folder).position for folder in (second, third)] == [1, 2]
    with pytest.raises(InputError, match="goes on already"):
        training.start(runner, [second])
    training.stop(runner, [second])
    assert training.read(runner, second).sentence == "Taken out of the queue before it began."
    assert training.read(runner, third).position == 1
    worker_of(first)
    until(lambda: training.read(runner, third).seconds_left > 0, 5)
    training.pause(runner, [first])
    until(lambda: training.read(runner, first).state == "paused", 5)
    training.stop(runner, [third])


def test_one_visitor_has_so_many_jobs_and_no_more(runner, make):
    folders = [make(f"run {number}", **LONG) for number in range(limits().jobs_per_visitor + 1)]
    training.start(runner, folders[:-1])
    with pytest.raises(InputError, match="4 runs of one visitor may wait or go on at once, and 4 runs of yours do"):
        training.start(runner, folders[-1:])
    training.stop(runner, folders)
    until(lambda: not any(training.read(runner, folder).is_active for folder in folders), 20)


SERVER = """
import sys, time
from pathlib import Path
from engine import runs
from engine.jobs import JobRunner, training
if __name__ == "__main__":
    runner, folders = JobRunner(), [Path(name) for name in sys.argv[1:]]
    for folder in folders:
        training.start(runner, [folder])
    time.sleep(600)
"""


def test_a_killed_server_leaves_its_runs_interrupted_and_the_next_one_goes_on_with_them(make, tmp_path):
    short = {"max_steps": 2000, "evaluate_every": 1000, "checkpoint_every": 20, "log_every": 5}
    folder, behind = make("one", **short), make("behind", **short)
    (tmp_path / "server.py").write_text(SERVER)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    environment.pop("DASK_SCHEDULER_ADDRESS", None)
    command = [sys.executable, str(tmp_path / "server.py"), str(folder), str(behind)]
    server = subprocess.Popen(command, env=environment, start_new_session=True)
    try:
        worker_of(folder)
        assert runs.read(behind).state == "queued"
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
    until(lambda: runs.read(folder).state == "interrupted", 10)
    assert runs.read(behind).state == "interrupted"
    assert runs.read(behind).sentence == "The server ended before it could begin; start it again."
    assert all(runs.read(each).can_resume for each in (folder, behind))
    begun = runs.read(folder).step
    events = iter(finish_events(folder))
    assert next(event for event in events if event.get("step"))["step"] > 0
    assert begun > 0


def finish_events(folder: Path):
    """Train on, for a moment."""
    from engine.runs.job import train

    for event in train(str(folder)):
        yield event
        if event.get("step"):
            return
