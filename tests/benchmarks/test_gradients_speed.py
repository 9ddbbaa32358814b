"""A moved slider redraws the Gradients page within 200 ms of processor time on a warm server.

Every move is to a place where nobody has been, so nothing of it is cached. Processor time, because a clock on the wall
measures the neighbours. Connectivity's check, which reads the text a hundred times over with characters replaced, is
drawn after everything else
and can be turned off: the whole run with it has its own bound. What is started by a button has its own progress.
"""

from __future__ import annotations

import pytest

from engine.models.folder import list_models
from pages.components.gradients.view import CAT
from tests.benchmarks.pace import allowance
from tests.benchmarks.visitor import Server, Visitor, describe_machine, read_by_all

BOUND_MS = 220.0  # the aim is 200, which a quiet machine keeps with five cells in the chain (167 to 200 ms) but barely
WITH_CHECK_MS = 600.0
ROUNDS, MOST_ROUNDS = 3, 9  # more only while a disturbed machine keeps the best one above the bound
MOVES = 3
SLIDERS = {
    "gain": "chain_gain={:.2f}",
    "forget bias": "chain_forget_bias={:.1f}",
    "position": "tool=Connectivity&connectivity_place={:.0f}&connectivity_check=false",
    "place, with its check": "tool=Connectivity&connectivity_place={:.0f}",
}

pytestmark = pytest.mark.benchmark


def test_a_moved_slider_redraws_in_time(warm_server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    if not any(info.task == "language_model" and info.has_gradient for info in list_models()):
        pytest.skip("no language model is installed in data/pretrained")
    best: dict[str, float] = {}
    for slider, address in SLIDERS.items():
        addresses = iter([address.format(value) for value in _values(slider)])
        rounds: list[float] = []
        bound = WITH_CHECK_MS if "check" in slider else BOUND_MS
        with Visitor(warm_server) as visitor:
            assert visitor.open("gradients", next(addresses)).problems == []
            while len(rounds) < ROUNDS or (min(rounds) > bound and len(rounds) < MOST_ROUNDS):
                before = warm_server.cpu_seconds()
                for _ in range(MOVES):
                    run = visitor.rerun(next(addresses))
                    assert run.problems == []
                    assert run.elements > 10
                rounds.append(1000 * (warm_server.cpu_seconds() - before) / MOVES)
        best[slider] = min(rounds)
    with read_by_all(capsys):
        print(
            "\nGradients page, "
            + "; ".join(f"{slider} moved: {spent:.0f} ms" for slider, spent in best.items())
            + f"; {describe_machine()}"
        )
    allowed = allowance()
    assert best.pop("place, with its check") <= WITH_CHECK_MS * allowed
    assert max(best.values()) <= BOUND_MS * allowed


def _values(slider: str) -> list[float]:
    """Return more values of a slider than are needed, none twice."""
    if slider.startswith("position"):
        return list(range(len(CAT), 10, -1))
    return [0.5 + number / (20 if slider == "gain" else 10) for number in range(40)]
