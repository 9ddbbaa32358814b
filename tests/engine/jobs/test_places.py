"""Whose places in the queue are whose, and what is known of jobs elsewhere and of a server before."""

from __future__ import annotations

import os
import time
from collections import Counter
from pathlib import Path

import pytest

from engine.errors import JobError
from engine.jobs import JobRunner
from engine.jobs.records import INTERRUPTED, JobRecords
from engine.limits import limits

MOST, NEAR, ALL = limits().jobs_per_visitor, limits().jobs_per_address, limits().jobs


class UnconnectedRunner(JobRunner):
    """A runner whose jobs wait: there is nowhere to run them."""

    def _connect(self) -> None:
        """Start nothing."""

    def _start_next(self) -> None:
        """Run nothing."""

    def ask(self, owner: str, address: str = "") -> str:
        """Queue a job of somebody."""
        return self.submit("module:job", {}, owner=owner, address=address)


def test_one_visitor_cannot_hold_all_places() -> None:
    runner = UnconnectedRunner()
    for _ in range(MOST):
        runner.ask("anna")
    with pytest.raises(JobError, match=f"You have {MOST} jobs"):
        runner.ask("anna")
    assert runner.ask("bert")
    assert MOST < ALL


def test_visitors_of_one_address_cannot_hold_all_places() -> None:
    runner = UnconnectedRunner()
    for number in range(NEAR):
        runner.ask(f"visitor {number}", "203.0.113.7")
    with pytest.raises(JobError, match=f"{NEAR} jobs of your network's address"):
        runner.ask("one more", "203.0.113.7")
    assert runner.ask("one more", "198.51.100.2")
    assert NEAR < ALL


def test_who_comes_later_is_not_behind_all_of_one_visitor() -> None:
    runner = UnconnectedRunner()
    of_anna = [runner.ask("anna") for _ in range(3)]
    of_bert = runner.ask("bert")
    assert [runner.status(job).position for job in (*of_anna, of_bert)] == [1, 3, 4, 2]


def test_a_place_is_free_again_when_a_job_is_over() -> None:
    runner = UnconnectedRunner()
    jobs = [runner.ask("anna") for _ in range(MOST)]
    runner.cancel(jobs[0])
    assert runner.ask("anna")
    assert Counter(runner.count()) == {"queued": MOST, "cancelled": 1}


def test_jobs_of_a_server_that_stops_are_marked_and_the_next_one_finds_them(tmp_path: Path) -> None:
    before = UnconnectedRunner(records=tmp_path)
    job = before.ask("anna")
    before.close()
    status = UnconnectedRunner(records=tmp_path).status(job)
    assert (status.state, status.error, status.has_failed) == ("interrupted", INTERRUPTED, True)


def test_jobs_of_a_killed_server_are_found_interrupted(tmp_path: Path) -> None:
    records = JobRecords(tmp_path)
    job = "a" * 22
    records.begin(job)
    records.tell(job, process="1-0", state="running", events=[{"kind": "start"}], progress=0.25)
    status = UnconnectedRunner(records=tmp_path).status(job)
    assert (status.state, status.progress, status.events) == ("interrupted", 0.25, [{"kind": "start"}])


def test_a_job_of_another_process_is_found_and_can_be_stopped(tmp_path: Path) -> None:
    here, there = UnconnectedRunner(records=tmp_path), UnconnectedRunner(records=tmp_path)
    job = there.ask("anna")
    assert here.status(job).state == "queued"
    there._hear({"job_id": job, "events": [{"progress": 0.5, "message": "half"}]})
    assert (here.status(job).progress, here.status(job).message) == (0.5, "half")
    assert here.status(job, since=1).events == []
    here.cancel(job)
    there._hear({"job_id": job, "events": [{"progress": 0.6}]})  # its process looks when it is told something
    until = time.monotonic() + 1
    while here.status(job).state != "cancelled":
        assert time.monotonic() < until
        time.sleep(0.002)


def test_what_a_job_of_another_process_found_is_read_there(tmp_path: Path) -> None:
    here, there = UnconnectedRunner(records=tmp_path), UnconnectedRunner(records=tmp_path)
    job = there.ask("anna")
    there._end(there._get(job), "finished", result={"rows": [1]})
    assert (here.status(job).state, here.status(job).result) == ("finished", {"rows": [1]})


@pytest.mark.parametrize("job", ["x", "../../../../etc/hostname", "a" * 21 + "/", "a" * 22])
def test_a_name_that_is_no_job_is_refused(tmp_path: Path, job: str) -> None:
    runner = UnconnectedRunner(records=tmp_path)
    for call in (runner.status, runner.cancel):
        with pytest.raises(JobError, match="not known any more"):
            call(job)


def test_a_folder_that_cannot_be_written_loses_records_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    runner = UnconnectedRunner(records=tmp_path / "file" / "jobs")
    assert runner.status(runner.ask("anna")).state == "queued"


def test_old_records_go(tmp_path: Path) -> None:
    records = JobRecords(tmp_path)
    records.begin("a" * 22)
    os.utime(tmp_path / f"{'a' * 22}.jsonl", (0, 0))
    records.begin("b" * 22)
    assert [file.stem for file in tmp_path.iterdir()] == ["b" * 22]
