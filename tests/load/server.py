"""A real server on a free port, what it costs, and its end; every process is ended by its own number."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90
CPUCLOCK_SCHED = 2  # of Linux: the clock of a process by its number


@dataclass
class Server:
    """A server that runs."""

    address: str
    process: subprocess.Popen[bytes]

    def cpu_seconds(self) -> float:
        """Return the processor time that all threads of the server have used, to the microsecond: `/proc` tells it in
        steps of 10 ms."""
        clock_of_process = (~self.process.pid << 3) | CPUCLOCK_SCHED  # as `clock_getcpuclockid` in C
        return time.clock_gettime(clock_of_process)

    def mebibytes(self) -> float:
        """Return the memory of the server's own process."""
        return psutil.Process(self.process.pid).memory_info().rss / 2**20

    def family(self) -> list[psutil.Process]:
        """Return the server's process and those it started."""
        with suppress(psutil.NoSuchProcess):
            first = psutil.Process(self.process.pid)
            return [first, *first.children(recursive=True)]
        return []

    def get(self, path: str, headers: Mapping[str, str] | None = None, seconds: float = 10) -> tuple[int, str]:
        """Return status and text of an answer; status 0 where none came."""
        request = urllib.request.Request(f"http://{self.address}{path}", headers=dict(headers or {}))
        try:
            with urllib.request.urlopen(request, timeout=seconds) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def wait_until(self, path: str, seconds: float = START_SECONDS) -> float:
        """Wait until a path answers with 200; return how long that took.

        Raises:
            RuntimeError: it does not, or the server ended.
        """
        begun = time.monotonic()
        while time.monotonic() - begun < seconds:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with code {self.process.returncode}")
            if self.get(path)[0] == 200:
                return time.monotonic() - begun
            time.sleep(0.05)
        raise RuntimeError(f"{path} did not answer within {seconds:.0f} s")

    def end(self, how: signal.Signals = signal.SIGTERM, seconds: float = 15) -> float:
        """End the server and what it started; return how long it took by itself, infinity where it had to be killed."""
        family, begun = self.family(), time.monotonic()
        took = float("inf")
        if self.process.poll() is None:
            self.process.send_signal(how)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)
                took = time.monotonic() - begun
        for process in family:
            with suppress(psutil.Error):
                process.kill()
        self.process.wait(10)
        return took


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def host(
    runs: Path | str, environment: Mapping[str, str] | None = None, before: Sequence[str] = (), log: Path | None = None
) -> Iterator[Server]:
    """Serve `asgi.py` until the block ends, as `make host` does; `runs` is where visitors' things lie, `before` words
    in front of the command."""
    port = free_port()
    command = [*before, sys.executable, "asgi.py", "--port", str(port)]
    given = os.environ | {"UNROLLED_RUNS": str(runs), "OMP_NUM_THREADS": "1"} | dict(environment or {})
    with open(log or os.devnull, "wb") as stream:
        process = subprocess.Popen(command, cwd=ROOT, env=given, stdout=stream, stderr=subprocess.STDOUT)
        server = Server(f"127.0.0.1:{port}", process)
        try:
            server.wait_until("/healthz")
            yield server
        finally:
            server.end()


@dataclass
class Fleet(Server):
    """Several servers behind one proxy, counted as one; `process` is the proxy's."""

    servers: list[Server] = field(default_factory=list)

    def cpu_seconds(self) -> float:
        """Return the processor time of all of them and of the proxy."""
        return super().cpu_seconds() + sum(server.cpu_seconds() for server in self.servers)

    def mebibytes(self) -> float:
        """Return the memory of all of them and of the proxy."""
        return super().mebibytes() + sum(server.mebibytes() for server in self.servers)


@contextmanager
def fleet(runs: Path | str, count: int) -> Iterator[Fleet]:
    """Serve `asgi.py` in several processes behind the proxy of docs/hosting, all ready, until the block ends.

    Raises:
        RuntimeError: HAProxy is not on the path.
    """
    proxy = shutil.which("haproxy")
    if proxy is None:
        raise RuntimeError("several processes need HAProxy before them, as the command haproxy")
    text = (ROOT / "docs" / "hosting" / "haproxy.cfg").read_text(encoding="utf-8")
    with ExitStack() as stack:
        servers = [stack.enter_context(host(runs)) for _ in range(count)]
        for number, server in enumerate(servers, start=1):
            server.wait_until("/readyz")
            text = text.replace(f"127.0.0.1:860{number} ", f"{server.address} ")
        port, settings = free_port(), Path(runs) / "haproxy.cfg"
        settings.write_text(text, encoding="utf-8")
        process = subprocess.Popen([proxy, "-db", "-f", str(settings)], env=os.environ | {"PORT": str(port)})
        whole = Fleet(f"127.0.0.1:{port}", process, servers)
        try:
            whole.wait_until("/readyz")
            yield whole
        finally:
            whole.end()


@contextmanager
def serve(preload: str = "", app: str = "app.py", root: Path = ROOT) -> Iterator[Server]:
    """Serve the app (or another script) of a checkout by `streamlit run` on a free port until the block ends;
    `preload` names modules the server imports beforehand."""
    port = free_port()
    options = ["run", app, "--server.port", str(port), "--server.address", "127.0.0.1"]
    command = [sys.executable, "-m", "streamlit", *options]
    if preload:
        start = (
            f"import sys, {preload}\nfrom streamlit.web.cli import main\nsys.argv = ['streamlit', *{options!r}]\nmain()"
        )
        command = [sys.executable, "-c", start]
    process = subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    server = Server(f"127.0.0.1:{port}", process)
    try:
        server.wait_until("/_stcore/health")
        yield server
    finally:
        server.end(signal.SIGINT, 10)
