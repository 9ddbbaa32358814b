"""The trainer beside a textbook loop in single precision: the same networks and the same batches, on one thread.

What the trainer adds, its events, checks and choices, must cost nothing that counts, and the number format it chooses
must not be the slower one. What is measured stands in `tests.benchmarks.items.training`.
"""

from __future__ import annotations

import pytest

from tests.benchmarks.items import training
from tests.benchmarks.turns import measure
from tests.benchmarks.visitor import describe_machine

pytestmark = pytest.mark.benchmark

LEAST = 0.8  # the aim is 1.0; two runs of the same loop differ by 0.05 on a quiet machine


@pytest.mark.parametrize("network", [training.SMALL, "en-fr-attention", "sst2-bilstm", "gmb-bilstm-crf"])
def test_an_update_is_as_fast_as_that_of_a_textbook_loop(network: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = measure(training.name_of(network), seconds=1.0, fewest_rounds=2)
    with capsys.disabled():
        print(f"\n{found.said()}; {describe_machine()}")
    if found.entries:  # else it says which network is not here
        assert found.ratio(training.TEXTBOOK) >= LEAST
