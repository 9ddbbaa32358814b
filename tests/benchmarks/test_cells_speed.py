"""A step and another unit redraw the Cells page within 200 ms of processor time on a warm server; what a new sentence
costs.

Processor time, because a clock on the wall measures the neighbours. A new sentence of 40 tokens is counted with its
proof, which runs torch.nn over it once more after everything else is drawn: the whole run has its own bound.
"""

from __future__ import annotations

import urllib.parse

import pytest

from engine.inspection.cells.steps import can_be_opened
from engine.models.folder import list_models
from tests.benchmarks.pace import allowance
from tests.benchmarks.visitor import Server, Visitor, describe_machine, read_by_all

BOUND_MS = 200.0
WITH_PROOF_MS = 400.0
ROUNDS, RERUNS = 2, 4
MOST_SENTENCES = 8  # more than a few only while a disturbed machine keeps the best one above the bound
SENTENCE = "The old dog sat on the mat and slept {}."

pytestmark = pytest.mark.benchmark


def test_a_step_and_a_sentence_redraw_in_time(warm_server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    if not any(can_be_opened(info) for info in list_models()):
        pytest.skip("no recurrent network is installed in data/pretrained")
    best: dict[str, float] = {}
    with Visitor(warm_server) as visitor:
        for tool in ("step", "gates", "memory_retention"):
            address = f"tool={tool}&text={urllib.parse.quote(SENTENCE.format('on'))}"
            assert visitor.open("cells", address).problems == []
            for _ in range(ROUNDS):
                for what, addresses in (
                    ("step", [f"{address}&position={2 + position}" for position in range(RERUNS)]),
                    ("unit", [f"{address}&unit={position}" for position in range(RERUNS)]),
                ):
                    before = warm_server.cpu_seconds()
                    for one in addresses:
                        run = visitor.rerun(one)
                        assert run.problems == []
                        assert run.elements > 10
                    spent = 1000 * (warm_server.cpu_seconds() - before) / RERUNS
                    best[f"{what} in {tool}"] = min(spent, best.get(f"{what} in {tool}", spent))
        for number in range(MOST_SENTENCES):
            before = warm_server.cpu_seconds()
            assert visitor.rerun(f"tool=step&text={urllib.parse.quote(SENTENCE.format(number))}").problems == []
            spent = 1000 * (warm_server.cpu_seconds() - before)
            best["new sentence"] = min(spent, best.get("new sentence", spent))
            if number >= ROUNDS and best["new sentence"] <= WITH_PROOF_MS:
                break
    with read_by_all(capsys):
        print("\n" + "; ".join(f"{what}: {spent:.0f} ms" for what, spent in best.items()) + f"; {describe_machine()}")
    allowed = allowance()
    assert best.pop("new sentence") <= WITH_PROOF_MS * allowed
    assert max(best.values()) <= BOUND_MS * allowed
