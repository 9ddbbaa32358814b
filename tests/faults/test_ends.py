"""A server that ends while a job runs, and the next one; `make faults` runs these, as each starts its own servers."""

from __future__ import annotations

import asyncio
import re
import signal
import time
from pathlib import Path

import psutil
import pytest

from engine.jobs.records import INTERRUPTED
from tests.load.lengths import at_length
from tests.load.server import Server, host
from tests.load.visitor import Visitor

pytestmark = at_length
SECONDS_TO_END = 10.0


async def begin_race(server: Server) -> str:
    """Start a live race and return its id once it runs."""
    async with Visitor(server.address) as visitor:
        await visitor.go("comparison", "section=bets")
        await visitor.set("race_seconds", 60.0)
        await visitor.set("race_max_steps", 5000.0)
        await visitor.click("race-start")
        race = re.search(r"race=([\w-]{22})", visitor.query)
        assert race, visitor.query
        until = time.monotonic() + 60
        while not any(held.kind == "progress" and held.proto.value > 0 for held in visitor.elements.values()):
            assert time.monotonic() < until
            await asyncio.sleep(0.5)
            await visitor.poll()
        return race[1]


async def words_of(server: Server, race: str) -> str:
    """Return what a new visitor reads of a race."""
    async with Visitor(server.address) as visitor:
        run = await visitor.go("comparison", f"section=bets&race={race}")
        assert run.problems == []
        return "\n".join(run.alerts).replace("\\", "")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_job_is_found_interrupted_by_the_next_server(tmp_path: Path, how: signal.Signals) -> None:
    with host(tmp_path) as server:
        server.wait_until("/readyz")
        race = asyncio.run(begin_race(server))
        family = server.family()
        begun = time.monotonic()
        server.process.send_signal(how)
        server.process.wait(SECONDS_TO_END)
        print(f"\nthe server ended {time.monotonic() - begun:.1f} s after {how.name}")
        until = time.monotonic() + SECONDS_TO_END
        while left := [process for process in family if process.is_running() and process.status() != "zombie"]:
            assert time.monotonic() < until, left
            time.sleep(0.1)
    with host(tmp_path) as server:
        server.wait_until("/readyz")
        assert INTERRUPTED in asyncio.run(words_of(server, race))


def test_a_killed_worker_fails_its_job_alone_and_the_next_one_runs(tmp_path: Path) -> None:
    with host(tmp_path) as server:
        server.wait_until("/readyz")
        race = asyncio.run(begin_race(server))
        worker = max(server.family()[1:], key=lambda process: process.memory_info().rss)
        worker.kill()
        begun = time.monotonic()
        while "died" not in asyncio.run(words_of(server, race)):
            assert time.monotonic() - begun < SECONDS_TO_END
            time.sleep(0.2)
        print(f"\na job whose process was killed is said to have failed after {time.monotonic() - begun:.1f} s")
        begun = time.monotonic()
        asyncio.run(begin_race(server))
        print(f"the next one runs {time.monotonic() - begun:.1f} s later; {psutil.cpu_count()} cores")


def test_a_job_of_one_process_is_found_and_stopped_from_another(tmp_path: Path) -> None:
    with host(tmp_path) as first, host(tmp_path) as second:
        for server in (first, second):
            server.wait_until("/readyz")
        race = asyncio.run(begin_race(first))

        async def stop() -> None:
            async with Visitor(second.address) as visitor:
                await visitor.go("comparison", f"section=bets&race={race}")
                await visitor.click("race-stop")

        asyncio.run(stop())
        until = time.monotonic() + SECONDS_TO_END
        while "Stopped after" not in asyncio.run(words_of(second, race)):
            assert time.monotonic() < until
            time.sleep(0.2)
