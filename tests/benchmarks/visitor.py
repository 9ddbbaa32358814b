"""A visitor without a browser who waits for every answer, and the machine that is measured.

A browser costs far more than the server it watches, so speed is measured with this visitor.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

import pytest
from websockets.sync.client import connect

from tests.load.server import ROOT, Server, serve
from tests.load.session import FINISHED, Run, Session

BARE = "tests/benchmarks/bare_page.py"

__all__ = ["BARE", "ROOT", "Run", "Server", "Visitor", "describe_machine", "is_machine_busy", "read_by_all", "serve"]


def describe_machine() -> str:
    """Return processor, cores and load in one line, to stand beside every figure."""
    model = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return f"{model}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}"


@contextmanager
def read_by_all(capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Let what is printed inside be read at once: past pytest's capture, and from a worker of pytest-xdist too, whose
    standard output is thrown away."""
    with capsys.disabled(), redirect_stdout(sys.stderr):
        yield


def is_machine_busy() -> bool:
    """Return whether more wants to run than there are cores, so that a clock on the wall measures the neighbours."""
    return os.getloadavg()[0] > (os.cpu_count() or 1)


class Visitor:
    """One session: opens a page by its URL and runs it again, as a click would."""

    def __init__(self, server: Server) -> None:
        self._connection = connect(
            f"ws://{server.address}/_stcore/stream", subprotocols=["streamlit"], max_size=None, compression=None
        )
        self._session = Session()

    def __enter__(self) -> Visitor:
        self._socket = self._connection.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._connection.__exit__(*error)

    def open(self, page: str, query: str = "") -> Run:
        """Open a page by its address for the first time in this session."""
        return self._run(self._session.open(page, query))

    def rerun(self, query: str = "") -> Run:
        """Run the page that is open once more."""
        self._session.query = query
        return self._run(self._session.rerun())

    def press(self, button_id: str, query: str = "") -> Run:
        """Press a button of the page that is open."""
        self._session.query = query
        return self._run(self._session.rerun({button_id: True}))

    def _run(self, message: bytes) -> Run:
        run = Run()
        self._socket.send(message)
        while self._session.take(self._socket.recv(timeout=120), run) != FINISHED:
            pass
        return run
