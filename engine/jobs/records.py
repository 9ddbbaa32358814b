"""What is known of jobs outside the process that runs them: one file each, a line for every report.

Another process of the server reads how a job stands, and asks it to stop by an empty file beside it; the next server
finds those that ended with the last one.
"""

from __future__ import annotations

import contextlib
import json
import re
import socket
import time
from pathlib import Path

from engine.config import JsonObject
from engine.jobs.status import JobStatus
from engine.runs.processes import is_alive, this_process

DAYS_KEPT = 1.0
INTERRUPTED = "The server ended while this went on: start it again."
_ID = re.compile(r"[\w-]{22}", re.ASCII)


class JobRecords:
    """The files in one folder. A full disk loses them and nothing else."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def begin(self, job_id: str) -> None:
        """Note a job that was queued, and forget those of days before."""
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            for old in self._folder.iterdir():
                if time.time() - old.stat().st_mtime > DAYS_KEPT * 86_400:
                    old.unlink(missing_ok=True)
        self.tell(job_id, process=this_process(), machine=socket.gethostname(), state="queued")

    def tell(self, job_id: str, **said: object) -> None:
        """Note what is new of a job."""
        try:
            line = json.dumps(said)
        except (TypeError, ValueError):  # a result that is no plain value
            line = json.dumps({name: value for name, value in said.items() if name != "result"})
        with contextlib.suppress(OSError), (self._folder / f"{job_id}.jsonl").open("a", encoding="utf-8") as stream:
            stream.write(f"{line}\n")

    def read(self, job_id: str, since: int = 0) -> JobStatus | None:
        """Return how a job stands by what was noted, with its events from index `since` on; None where nothing was.

        One that goes on while its process is gone was interrupted.
        """
        told: JsonObject = {"progress": 0.0, "message": "", "result": None, "error": "", "elapsed_seconds": 0.0}
        events: list[JsonObject] = []
        if not _ID.fullmatch(job_id):
            return None
        try:
            lines = (self._folder / f"{job_id}.jsonl").read_text(encoding="utf-8").splitlines()
        except (OSError, ValueError):
            return None
        for line in lines:
            with contextlib.suppress(ValueError):  # one that is being written
                said = json.loads(line)
                events += said.pop("events", ())
                told |= said
        if "state" not in told:
            return None
        if told["state"] in ("queued", "running") and not _is_at_work(told):
            told |= {"state": "interrupted", "error": INTERRUPTED}
        names = ("state", "progress", "message", "result", "error", "elapsed_seconds")
        return JobStatus(job_id=job_id, events=events[since:], position=0, **{name: told[name] for name in names})

    def ask_to_stop(self, job_id: str) -> None:
        """Ask whoever runs a job to stop it."""
        with contextlib.suppress(OSError):
            (self._folder / f"{job_id}.stop").touch()

    def is_asked_to_stop(self, job_id: str) -> bool:
        """Return whether another process asked to stop a job."""
        return (self._folder / f"{job_id}.stop").exists()


def _is_at_work(told: JsonObject) -> bool:
    """Return whether the process that a job belongs to is there; of another machine nothing is known."""
    return told.get("machine") != socket.gethostname() or is_alive(str(told.get("process", "")))
