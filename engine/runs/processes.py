"""Whether the process that began something still lives, and who may write."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from engine.errors import InputError, JobError

CHANGING = "changing"  # file that is held for the moment of a change
WAIT_SECONDS = 3.0  # others only look whether it is held


def this_process() -> str:
    """Return a mark of this process, which no later one has."""
    return f"{os.getpid()}-{_start(os.getpid())}"


def is_alive(mark: str) -> bool:
    """Return whether the process of a mark is there, on this machine."""
    number, _, start = mark.partition("-")
    return number.isdigit() and bool(start) and _start(int(number)) == start


def _start(number: int) -> str:
    """Return when a process began, in the system's ticks; "" where there is none."""
    try:
        text = Path(f"/proc/{number}/stat").read_text()
    except OSError:
        return ""
    return text.rpartition(")")[2].split()[19]


@contextlib.contextmanager
def held(file: Path) -> Iterator[None]:
    """Hold a file, so that others know that somebody is at work; the system lets go of it when this process dies.

    Raises:
        JobError: another process holds it.
    """
    import fcntl

    deadline = time.monotonic() + WAIT_SECONDS
    with file.open("a") as stream:
        while True:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() > deadline:
                    raise JobError("This run goes on already, in another process.") from error
                time.sleep(0.05)
        yield


@contextlib.contextmanager
def changing(folder: Path) -> Iterator[None]:
    """Be the only one that reads what several processes write in a run folder and writes it anew: of two who do so at
    once, one would undo what the other wrote.

    Raises:
        InputError: the run is not there any more.
    """
    import fcntl

    gone = "This run is not there any more."
    try:
        stream = (folder / CHANGING).open("a")
    except FileNotFoundError as error:
        raise InputError(gone) from error
    with stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        if not (folder / CHANGING).exists():  # deleted while this one waited
            raise InputError(gone)
        yield


def is_held(file: Path) -> bool:
    """Return whether a process holds a file."""
    import fcntl

    try:
        with file.open("r") as stream:
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
