"""Ten visitors on mixed pages, on a real server: nothing fails, and everybody is answered soon."""

from __future__ import annotations

import asyncio

import pytest

from tests.benchmarks.pace import allowance
from tests.benchmarks.visitor import describe_machine, read_by_all
from tests.load.crowd import Habits, gather, warm
from tests.load.lengths import at_length
from tests.load.server import Server

VISITORS, SECONDS = 10, 12.0
P50_MS, HEALTH_P99_MS = 250.0, 300.0
P95_MS = 2_500.0  # the aim is 500: the slowest twentieth are tools whose work still runs on the page's thread

pytestmark = [at_length, pytest.mark.benchmark, pytest.mark.whole_machine]


def test_ten_visitors_are_answered_soon(hosted: Server, capsys: pytest.CaptureFixture[str]) -> None:
    asyncio.run(warm(hosted))
    figures, book = asyncio.run(gather(hosted, VISITORS, Habits(SECONDS, (0.5, 2.5))))
    with read_by_all(capsys):
        print(f"\n{figures}; {describe_machine()}")
    assert book.failures == {}
    assert figures.actions > VISITORS
    assert figures.p50_ms <= P50_MS * allowance()
    assert figures.p95_ms <= P95_MS * allowance()
    assert figures.health_p99_ms <= HEALTH_P99_MS * allowance()
