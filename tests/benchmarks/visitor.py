"""A real server and a visitor without a browser: Streamlit's own messages over its websocket.

A browser costs far more than the server it watches, so speed is measured with this visitor. The messages are those of
the pinned Streamlit version (its protobuf classes come with it) and may change with another.
"""

from __future__ import annotations

import os
import platform
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60


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


@dataclass
class Server:
    """A running `streamlit run app.py`."""

    address: str
    process: subprocess.Popen[bytes]

    def cpu_seconds(self) -> float:
        """Return the processor time all threads of the server have used, in steps of about 10 ms."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serve(preload: str = "", app: str = "app.py", root: Path = ROOT) -> Iterator[Server]:
    """Serve the app (or another script) of a checkout on a free port until the block ends; `preload` names modules the
    server imports beforehand."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["run", app, "--server.port", str(port), "--server.address", "127.0.0.1"]
    command = [sys.executable, "-m", "streamlit", *options]
    if preload:
        start = (
            f"import sys, {preload}\nfrom streamlit.web.cli import main\nsys.argv = ['streamlit', *{options!r}]\nmain()"
        )
        command = [sys.executable, "-c", start]
    process = subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_until_healthy(f"http://127.0.0.1:{port}/_stcore/health", process)
        yield Server(f"127.0.0.1:{port}", process)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait_until_healthy(url: str, process: subprocess.Popen[bytes]) -> None:
    begun = time.monotonic()
    while time.monotonic() - begun < START_SECONDS:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with code {process.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"the server did not answer within {START_SECONDS} s")


@dataclass
class Run:
    """What one run of the script sent.

    Attributes:
        texts: body of every `st.text` element at its last state, by its place on the page.
        elapsed_seconds: from asking to the script's end, as the visitor saw it.
        arrived: for every place on the page the kind of its first element, and after how many seconds that came.
        buttons: the id of every button by its label, for `Visitor.press`.
    """

    elapsed_seconds: float = 0.0
    messages: int = 0
    size_bytes: int = 0
    elements: int = 0
    texts: dict[tuple[int, ...], str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    arrived: dict[tuple[int, ...], tuple[str, float]] = field(default_factory=dict)
    buttons: dict[str, str] = field(default_factory=dict)


class Visitor:
    """One session: opens a page by its URL and runs it again, as a click would."""

    def __init__(self, server: Server) -> None:
        self._connection = connect(
            f"ws://{server.address}/_stcore/stream", subprotocols=["streamlit"], max_size=None, compression=None
        )
        self._page_hash = ""

    def __enter__(self) -> Visitor:
        self._socket = self._connection.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._connection.__exit__(*error)

    def open(self, page: str, query: str = "") -> Run:
        """Open a page by its address for the first time in this session."""
        self._page_hash = ""
        return self._run(query, page)

    def rerun(self, query: str = "") -> Run:
        """Run the page that is open once more."""
        return self._run(query, "")

    def press(self, button_id: str, query: str = "") -> Run:
        """Press a button of the page that is open."""
        return self._run(query, "", button_id)

    def _run(self, query: str, page: str, pressed: str = "") -> Run:
        message = BackMsg()
        if pressed:
            message.rerun_script.widget_states.widgets.add(id=pressed, trigger_value=True)
        message.rerun_script.query_string = query
        message.rerun_script.page_script_hash = self._page_hash
        message.rerun_script.page_name = page
        run, begun = Run(), time.perf_counter()
        self._socket.send(message.SerializeToString())
        while True:
            data = self._socket.recv(timeout=120)
            answer = ForwardMsg.FromString(data)
            run.messages += 1
            run.size_bytes += len(data)
            kind = answer.WhichOneof("type")
            if kind == "new_session":
                self._page_hash = answer.new_session.page_script_hash
            elif kind == "navigation":
                self._page_hash = answer.navigation.page_script_hash
            elif kind == "delta":
                _note(answer, run, time.perf_counter() - begun)
            elif kind == "script_finished" and answer.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                run.elapsed_seconds = time.perf_counter() - begun
                return run


def _note(message: ForwardMsg, run: Run, seconds: float) -> None:
    if message.delta.WhichOneof("type") != "new_element":
        return
    run.elements += 1
    element = message.delta.new_element
    kind, place = element.WhichOneof("type"), tuple(message.metadata.delta_path)
    run.arrived.setdefault(place, (kind, seconds))
    if kind == "text":
        run.texts[place] = element.text.body
    elif kind == "button":
        run.buttons[element.button.label] = element.button.id
    elif kind == "exception":
        run.problems.append(element.exception.message)
