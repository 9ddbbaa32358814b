"""A new text of 40 words is judged or tagged, and all of the page drawn, within 200 ms of processor time on a warm
server.

Processor time, because a clock on the wall measures the neighbours. Each text is one that nobody has sent yet, so
nothing is cached. Measured with the tools that only look closer; "Why", with which the Sentiment page opens, and
"Order" read the text hundreds of times in other forms, behind a sign that says so, and are printed without a bound.
"""

from __future__ import annotations

import urllib.parse

import pytest

from engine.models.folder import list_models
from tests.benchmarks.pace import allowance
from tests.benchmarks.visitor import Server, Visitor, describe_machine, read_by_all

BOUND_MS = 200.0
ROUNDS, MOST_ROUNDS = 3, 8  # more only while a disturbed machine keeps the best one above the bound
TEXT = (
    "The story of the old lighthouse keeper number {} begins slowly , but Maria Lopez plays his daughter with so much "
    "warmth that "
    "nobody in the cinema in Lisbon wanted to leave before the last picture faded on Tuesday ."
)
VIEWS = {
    "sentiment": ("tool=texts", "tool=padding", "tool=why", "tool=order"),
    "entities": ("", "tool=words", "tool=directions", "tool=lattice", "tool=padding"),
}
TASKS = {"sentiment": "classification", "entities": "tagging"}
UNBOUND = {"tool=why", "tool=order"}

pytestmark = pytest.mark.benchmark


@pytest.mark.parametrize("page", VIEWS)
def test_a_new_text_is_read_in_time(page: str, warm_server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(TEXT.format(1).split()) == 40
    if not any(info.task == TASKS[page] and not info.error for info in list_models()):
        pytest.skip(f"nothing that the {page} page shows is installed in data/pretrained")
    best = {view or "first view": _cost_of_a_text(warm_server, page, view) for view in VIEWS[page]}
    with read_by_all(capsys):
        print(
            f"\n{page} page, 40 new words: "
            + "; ".join(f"{view} {spent:.0f} ms" for view, spent in best.items())
            + f"; {describe_machine()}"
        )
    bound = BOUND_MS * allowance()
    assert {view: spent for view, spent in best.items() if view not in UNBOUND and spent > bound} == {}


def _cost_of_a_text(server: Server, page: str, view: str) -> float:
    """Return the milliseconds of processor time for a text nobody has sent yet, the least of a few."""
    rounds: list[float] = []
    addresses = (
        f"{view}&text={urllib.parse.quote(TEXT.format(number + 1000 * len(view)))}".lstrip("&")
        for number in range(MOST_ROUNDS + 1)
    )
    with Visitor(server) as visitor:
        assert visitor.open(page, next(addresses)).problems == []
        for address in addresses:
            before = server.cpu_seconds()
            run = visitor.rerun(address)
            assert run.problems == []
            assert run.elements > 10
            rounds.append(1000 * (server.cpu_seconds() - before))
            if len(rounds) >= ROUNDS and (min(rounds) <= BOUND_MS or view in UNBOUND):
                break
    return min(rounds)
