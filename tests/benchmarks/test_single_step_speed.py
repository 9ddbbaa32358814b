"""One token at a time: the engine's step beside the loops that people write, and beside what memory allows.

What is measured, and the peers, stand in `tests.benchmarks.items.steps` and `.growth`. Ratios are what counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from engine.models.folder import list_models
from tests.benchmarks.items import decoding, growth, steps
from tests.benchmarks.turns import measure
from tests.benchmarks.visitor import describe_machine

NAMES = {info.name for info in list_models() if not info.error}
TEXTS, TIMES_THE_TEXTS = 16, 2.5
MOST_OF_A_STEP = 3.0  # drawing and all, times the step alone

pytestmark = pytest.mark.benchmark


@dataclass(frozen=True)
class Bounds:
    """How many times as fast the engine's step must be at least; measured values stand behind them."""

    layers: float
    half_precision: float
    limit_share: float


BOUNDS = {
    "shakespeare-lstm": Bounds(layers=5.0, half_precision=1.2, limit_share=0.1),
    "shakespeare-gru": Bounds(layers=1.5, half_precision=1.2, limit_share=0.1),
    "shakespeare-best": Bounds(layers=5.0, half_precision=1.2, limit_share=0.1),
}


@pytest.mark.parametrize("name", BOUNDS)
def test_a_step_beside_its_peers(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    if name not in NAMES:
        pytest.skip(f"{name} is not in data/pretrained")
    found, bounds = measure(steps.name_of(name), seconds=1.0), BOUNDS[name]
    with capsys.disabled():
        print(f"\n{found.said()}; {describe_machine()}")
    assert found.ratio(steps.LAYER_LOOP) >= bounds.layers
    assert not found.ratio(steps.HALF_PRECISION) < bounds.half_precision  # NaN where the processor has none
    assert found.ratio(steps.FROM_CACHE) >= bounds.limit_share


@pytest.mark.skipif("shakespeare-lstm" not in NAMES, reason="shakespeare-lstm is not in data/pretrained")
def test_texts_side_by_side_share_a_step(capsys: pytest.CaptureFixture[str]) -> None:
    found = measure(growth.BATCH, seconds=1.0)
    gain = TEXTS * found.gain(1, TEXTS)
    with capsys.disabled():
        print(f"\n{TEXTS} texts side by side: {gain:.1f} times one's; {found.said()}; {describe_machine()}")
    assert gain >= TIMES_THE_TEXTS


@pytest.mark.skipif(decoding.PIECES not in NAMES, reason=f"{decoding.PIECES} is not in data/pretrained")
def test_drawing_costs_less_than_a_step_of_2000_pieces(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With cuts it took as long as the step, when the whole vocabulary was sorted twice."""
    monkeypatch.setenv("UNROLLED_RUNTIME", "onnx-int8")
    found = measure(decoding.DRAWING, seconds=1.0)
    with capsys.disabled():
        print(f"\n{found.said()}; {describe_machine()}")
    assert found.middle() <= MOST_OF_A_STEP * found.middle(decoding.GREEDY)
    assert found.middle(decoding.UNCUT) <= MOST_OF_A_STEP * found.middle(decoding.GREEDY)
