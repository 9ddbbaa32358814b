"""What the queue writes of a run, and what it leaves to the job that trains it; nothing is lost of what one of two
writes who change a run at once."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from engine import runs
from engine.errors import InputError, JobError
from engine.jobs import JobStatus, training
from engine.runs import folder as run_folder
from engine.runs.controls import CONTROL, take
from engine.runs.folder import STATUS, write_status
from engine.runs.job import race, train


class Waiting:
    """A runner whose jobs wait, and that notes how the runs stand when one comes in."""

    def __init__(self) -> None:
        self.given: dict[str, dict[str, Any]] = {}
        self.seen: dict[str, list[dict[str, Any]]] = {}
        self.cancelled: list[str] = []
        self.given_up: list[str] = []
        self.is_full = False
        self.ended = ""

    def submit(
        self,
        job: str,
        given: dict[str, Any],
        *,
        time_limit_seconds: float,
        owner: str = "",
        address: str = "",
        job_id: str,
    ) -> str:
        if self.is_full:
            raise JobError("All places are taken.")
        self.given[job_id] = given
        self.seen[job_id] = [status_of(Path(each)) for each in given.get("folders") or [given["folder"]]]
        return job_id

    def status(self, job_id: str) -> JobStatus:
        return JobStatus(job_id, self.ended or "queued", 0.0, "", [], None, "It could not.", 1, 0.0)

    def cancel(self, job_id: str) -> None:
        self.cancelled.append(job_id)

    def give_up(self, job_id: str) -> None:
        self.given_up.append(job_id)


@pytest.fixture
def runner() -> Waiting:
    return Waiting()


def status_of(folder: Path) -> dict[str, Any]:
    return json.loads((folder / STATUS).read_text())


def states(folders: list[Path]) -> list[str]:
    return [runs.read(folder).state for folder in folders]


def at_once(*deeds: Callable[[], object]) -> None:
    """Do several things at the same time, and raise what one of them raised."""
    raised: list[BaseException] = []

    def do(deed: Callable[[], object]) -> None:
        try:
            deed()
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=do, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]


@contextmanager
def meanwhile(monkeypatch: pytest.MonkeyPatch, name: str, deed: Callable[[], object]) -> Iterator[None]:
    """Do something else just after the function `name` looked at a folder for the first time, and wait for it."""
    look, others = getattr(run_folder, name), []

    def slow(*given: Any) -> Any:
        found = look(*given)
        if not others:
            others.append(threading.Thread(target=deed))
            others[0].start()
            others[0].join(0.1)  # it does not wait for us where nothing keeps it from writing
        return found

    monkeypatch.setattr(run_folder, name, slow)
    yield
    monkeypatch.undo()
    others[0].join()


def test_a_status_is_the_workers_from_the_moment_the_job_is_handed_over(runner, make):
    folder = make("one")
    training.start(runner, [folder])
    [(job_id, [status])] = runner.seen.items()
    assert (status["state"], status["job_id"]) == ("queued", job_id)
    assert status_of(folder) == status


def test_a_run_that_finds_no_place_stands_as_before(runner, make):
    runner.is_full = True
    folder = make("one")
    with pytest.raises(JobError):
        training.start(runner, [folder])
    assert (runs.read(folder).state, runs.read(folder).sentence) == ("created", "All places are taken.")


def test_a_race_goes_on_without_the_run_that_is_taken_out_of_the_queue(runner, make):
    out, left = folders = [make("out"), make("left")]
    training.start(runner, folders)
    training.stop(runner, [out])
    assert runner.cancelled == []
    list(race(**next(iter(runner.given.values()))))
    assert states(folders) == ["stopped", "finished"]
    assert runs.read(out).sentence == "Taken out of the queue before it began."


@pytest.mark.parametrize(("turns", "most"), [(1, 0), (3, 2)])
def test_a_race_that_loses_a_run_just_as_it_begins_leaves_that_run_at_once(runner, make, monkeypatch, turns, most):
    monkeypatch.setattr("engine.runs.job.SECONDS_BETWEEN_STATUS", 0.0)  # a turn is one event
    out, left = folders = [make("out"), make("left")]
    training.start(runner, folders)
    begun = race(**next(iter(runner.given.values())))
    for _ in range(turns):  # both say that they read, and then the first makes its first update
        next(begun)
    training.stop(runner, [out])
    list(begun)
    assert states(folders) == ["stopped", "finished"]
    assert runs.read(out).step <= most
    assert runner.given_up == runner.cancelled == []


def test_a_race_of_which_nothing_is_left_gives_up_its_place(runner, make):
    folders = [make("one"), make("two")]
    training.start(runner, folders)
    training.stop(runner, folders[:1])
    training.pause(runner, folders[1:])
    assert runner.cancelled == [*runner.given]


def test_a_run_taken_out_and_queued_again_is_the_later_jobs(runner, make):
    folder = make("one")
    training.start(runner, [folder])
    training.stop(runner, [folder])
    training.start(runner, [folder])
    first, second = runner.given.values()
    list(train(**first))
    assert states([folder]) == ["queued"]
    list(train(**second))
    assert states([folder]) == ["finished"]


def test_a_run_that_begins_while_it_is_taken_out_is_stopped_by_its_job_and_keeps_what_that_says(runner, make):
    folder = make("one")
    training.start(runner, [folder])
    job = train(**next(iter(runner.given.values())))
    next(job)
    seen = runs.read(folder)
    next(job)  # its first update is made
    assert not run_folder.end_for(folder, seen.job_id, "stopped", "Out.", instead_of=("queued",))
    training.stop(runner, [folder])
    list(job)
    assert runs.read(folder).sentence == "Stopped; resume goes on from here."
    assert (runner.cancelled, runner.given_up) == ([], [*runner.given])


def test_what_the_queue_says_of_a_jobs_end_is_not_said_of_the_next_job(runner, make, monkeypatch):
    folder = make("one")
    training.start(runner, [folder])
    runner.ended = "cancelled"
    plain = runner.status

    def status(job_id: str) -> JobStatus:  # the run is taken out and queued again just then
        run_folder.end_for(folder, job_id, "stopped", "")
        training.start(runner, [folder])
        monkeypatch.setattr(runner, "status", plain)
        return plain(job_id)

    monkeypatch.setattr(runner, "status", status)
    assert training.read(runner, folder).state == "queued"


def test_two_who_resume_a_run_at_once_give_it_one_job(runner, make):
    folder = make("one")
    with pytest.raises(InputError, match="goes on already"):
        at_once(*[lambda: training.start(runner, [folder])] * 4)
    assert len(runner.given) == 1
    assert status_of(folder)["job_id"] in runner.given


def test_two_clicks_at_once_stay_within_what_one_visitor_may(runner, make, monkeypatch):
    monkeypatch.setattr(training, "limits", lambda: type("One", (), {"jobs_per_visitor": 1, "minutes": 1})())
    count = training._check_count

    def slowly(folders: list[Path]) -> None:
        count(folders)
        time.sleep(0.05)

    monkeypatch.setattr(training, "_check_count", slowly)
    one, two = make("one"), make("two")
    with pytest.raises(InputError, match="1 run of one visitor may wait"):
        at_once(lambda: training.start(runner, [one]), lambda: training.start(runner, [two]))
    assert sorted(states([one, two])) == ["created", "queued"]


def test_two_who_change_a_status_lose_nothing(make, monkeypatch):
    folder = make("one")
    with meanwhile(monkeypatch, "_read", lambda: write_status(folder, step=7)):
        write_status(folder, pid=3)
    assert (status_of(folder)["step"], status_of(folder)["pid"]) == (7, 3)


def test_a_run_is_not_queued_while_it_is_given_more_updates_or_deleted(runner, make, monkeypatch):
    folder = make("one")
    with meanwhile(monkeypatch, "read", lambda: training.start(runner, [folder])):
        runs.go_further(folder, more_steps=5)
    assert states([folder]) == ["queued"]
    training.stop(runner, [folder])
    refused: list[InputError] = []

    def start() -> None:
        try:
            training.start(runner, [folder])
        except InputError as error:
            refused.append(error)

    with meanwhile(monkeypatch, "read", start):
        runs.delete(folder)
    assert [str(error) for error in refused] == ["This run is not there any more."]


def test_several_who_ask_at_once_are_all_heard(make):
    folder = make("one")
    rates = [0.001 * (number + 1) for number in range(8)]
    at_once(
        *(lambda rate=rate: runs.ask(folder, learning_rate=rate) for rate in rates), lambda: runs.ask(folder, stop=True)
    )
    asked = take(folder)
    assert asked["stop"] is True
    assert asked["learning_rate"] in rates
    assert not (folder / CONTROL).exists()


def test_what_is_taken_is_taken_once_while_others_ask(make):
    folder, heard = make("one"), []
    asking = threading.Event()

    def ask() -> None:
        for number in range(60):
            runs.ask(folder, learning_rate=0.001 * (number + 1))
        asking.set()

    def listen() -> None:
        while not asking.is_set() or (folder / CONTROL).exists():
            if asked := take(folder):
                heard.append(asked["learning_rate"])

    at_once(ask, listen)
    assert heard == sorted(set(heard))
    assert heard[-1] == pytest.approx(0.06)


def test_a_rate_that_is_chosen_for_what_follows_is_not_overruled_by_one_of_before(make):
    folder = make("one")
    runs.ask(folder, learning_rate=0.5)  # the run ends before it looks
    runs.go_further(folder, more_steps=5, learning_rate=0.01)
    assert take(folder) == {}
