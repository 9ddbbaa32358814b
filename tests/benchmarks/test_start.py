"""A server that has just been started: Home is complete soon after it is healthy, and torch comes later.

Complete means every picture, link and list; the line above them is written by a network at reading pace, which begins
when torch has been loaded. In a container the first visitor is often the one who started it.
"""

from __future__ import annotations

import pytest

from tests.benchmarks.pace import allowance
from tests.benchmarks.visitor import Visitor, describe_machine, serve

HOME_SECONDS = 1.5
STARTS = 3
PICTURES = 6  # of the pages with a figure; others have words

pytestmark = [pytest.mark.benchmark, pytest.mark.whole_machine]


def test_home_is_complete_soon_after_the_server_is_healthy(capsys: pytest.CaptureFixture[str]) -> None:
    complete, written = [], []
    for _ in range(STARTS):
        with serve() as server, Visitor(server) as visitor:
            run = visitor.open("")
        assert run.problems == []
        drawn = [seconds for kind, seconds in run.arrived.values() if kind in ("plotly_chart", "markdown")]
        assert sum(kind == "plotly_chart" for kind, _ in run.arrived.values()) >= PICTURES
        complete.append(max(drawn))
        written.append(run.elapsed_seconds)
    with capsys.disabled():
        print(
            f"\nHome on a server just started: complete {min(complete):.2f} s after it is healthy (of {STARTS} starts; "
            f"worst {max(complete):.2f}), its line written after {min(written):.2f} s; {describe_machine()}"
        )
    assert min(complete) <= HOME_SECONDS * allowance()
