"""Jobs for the tests of the runner; importable in a worker process."""

from __future__ import annotations

import os
import resource
import time


def count(to: int, pause: float = 0.0):
    """Yield numbers and return their sum."""
    for number in range(to):
        time.sleep(pause)
        yield {"number": number, "progress": (number + 1) / to, "message": f"at {number}"}
    return sum(range(to))


def add(a: int, b: int) -> int:
    """A plain function."""
    return a + b


def limit_files(size: int) -> None:
    """Let no file of the worker grow beyond so many bytes from now on: the system then refuses as a full disk does."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def obey():
    """Run for ever, but look up between steps."""
    while True:
        time.sleep(0.05)
        yield {"pid": os.getpid(), "message": "working"}


def ignore():
    """Say who one is, then never look up again."""
    yield {"pid": os.getpid()}
    while True:
        sum(range(10_000))


def start_slowly(seconds: float):
    """Get ready for some time, as one that imports much, then work at once."""
    yield {"progress": 0.0, "message": "Getting ready"}
    time.sleep(seconds)
    yield {"progress": 0.5, "message": "at work"}
    return "done"


def break_down():
    """Fail in a way nobody foresaw."""
    yield {"message": "so far so good"}
    raise ValueError("the bridge is out")


def refuse():
    """Fail in a way the engine foresaw."""
    from engine.errors import ConfigError

    raise ConfigError("Lengths run from 2 to 60.")
    yield
