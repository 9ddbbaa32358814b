"""A turned switch and an injected word re-decode a 20-word sentence within 150 ms of processor time on one thread, as
in the server."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from engine.inspection.translation.forcing import inspect_forcing
from engine.inspection.translation.wrong_word import put_wrong_word
from engine.models.folder import list_models, load_model
from tests.benchmarks.pace import allowance
from tests.benchmarks.visitor import describe_machine, read_by_all

BOUND_MS = 150.0
ROUNDS, MOST_ROUNDS = 5, 15  # more rounds only while a disturbed machine keeps the best one above the bound
SOURCE = "A man with a white beard is sitting on a bench near the river, reading a newspaper while his dog sleeps."
REFERENCE = (
    "Un homme à la barbe blanche est assis sur un banc près de la rivière et lit un journal pendant que son chien dort."
)
PAIR = ("en-fr-best", "en-fr-attention", "en-fr-no-attention")
INSTALLED = [info.name for info in list_models() if info.name in PAIR and not info.error]

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.usefixtures("one_thread"),
    pytest.mark.skipif(not INSTALLED, reason="no English-French network is in data/pretrained"),
]


def milliseconds(work: Callable[[], object]) -> float:
    """Return the processor time of the best round."""
    times: list[float] = []
    while len(times) < ROUNDS or (min(times) > BOUND_MS and len(times) < MOST_ROUNDS):
        begun = time.process_time()
        work()
        times.append(1000 * (time.process_time() - begun))
    return min(times)


@pytest.mark.parametrize("name", INSTALLED)
def test_a_switch_and_a_word_decode_again_in_time(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    loaded = load_model(name)
    assert len(SOURCE.split()) >= 20
    switch = milliseconds(lambda: inspect_forcing(loaded, SOURCE, REFERENCE, "1-5, 9"))
    word = milliseconds(lambda: put_wrong_word(loaded, SOURCE, REFERENCE, 3, "anticonstitutionnellement"))
    with read_by_all(capsys):
        print(
            f"\n{name}, {len(SOURCE.split())} words: a switch {switch:.0f} ms (forced, mixed and free "
            "together), "
            f"a wrong word {word:.0f} ms (with and without) of processor time; {describe_machine()}"
        )
    assert max(switch, word) <= BOUND_MS * allowance()
