"""One token at a time, batch 1: the engine's step beside the loops that people write, and beside what memory allows.

All run in turn in the same process on one thread, so that a busy machine slows them alike; ratios are what counts. The
limit is the time in which this machine reads as many bytes as the weights are in 8 bits, over and over.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pytest
import torch

from engine.decoding.sampling import generate
from engine.models.folder import LoadedModel, list_models, load_model
from engine.models.steps import TorchSteps
from engine.runtimes.choice import export_steps
from engine.runtimes.numbers import NumpySteps
from engine.runtimes.program import StepProgram, Steps, read_program
from tests.benchmarks.half_precision_steps import HalfPrecisionSteps
from tests.benchmarks.visitor import describe_machine

NAMES = {info.name for info in list_models() if not info.error}
TURNS, PER_TURN = 250, 4  # short turns: the shortest of many is one that nothing disturbed
TEXTS = 16

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


class LayerSteps(TorchSteps):
    """The loop that people write first: the whole `nn.LSTM` forward pass for each single token."""

    @torch.inference_mode()
    def step(self, token_ids: np.ndarray, state: object) -> tuple[np.ndarray, object]:
        logits, state = self.model(torch.from_numpy(token_ids)[:, None], state)
        return logits[:, 0].numpy(), state


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Everything on one thread, as in the server."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def program_of(loaded: LoadedModel) -> StepProgram:
    program = read_program(loaded.info.path, loaded.info.config)
    assert program is not None
    return program


def least_seconds(calls: dict[str, Callable[[], None]], turns: int = TURNS) -> dict[str, float]:
    """Return the least seconds of each call, taken in turns."""
    least = dict.fromkeys(calls, float("inf"))
    for _ in range(turns):
        for name, call in calls.items():
            begun = time.perf_counter()
            call()
            least[name] = min(least[name], time.perf_counter() - begun)
    return least


def some_steps(steps: Steps, vocab_size: int, batch_size: int = 1) -> Callable[[], None]:
    """Return what takes `PER_TURN` steps and goes on from there the next time."""
    tokens = np.random.default_rng(0).integers(vocab_size, size=(PER_TURN, batch_size))
    state = steps.start(batch_size)

    def call() -> None:
        nonlocal state
        for token_ids in tokens:
            _, state = steps.step(token_ids, state)

    return call


def read_bytes(count: int) -> Callable[[], None]:
    """Return what reads so many bytes `PER_TURN` times."""
    array = np.ones(count // 4, dtype=np.float32)

    def call() -> None:
        for _ in range(PER_TURN):
            np.dot(array, array)

    return call


@pytest.mark.parametrize("name", BOUNDS)
def test_a_step_beside_its_peers(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    if name not in NAMES:
        pytest.skip(f"{name} is not in data/pretrained")
    loaded, bounds = load_model(name), BOUNDS[name]
    program, torch_steps = program_of(loaded), TorchSteps(loaded.model)
    peers: dict[str, Steps] = {
        "nn layer, one token": LayerSteps(loaded.model),
        "cell loop": torch_steps,
        "NumPy": NumpySteps(program),
        "ONNX Runtime, float32": export_steps(program, "float32"),
        "ONNX Runtime, int8": export_steps(program, "int8"),
    }
    if "fbgemm" in torch.backends.quantized.supported_engines:
        peers["half precision, torch.jit"] = TorchSteps(HalfPrecisionSteps(loaded.model))
    calls = {label: some_steps(steps, program.vocab_size) for label, steps in peers.items()}
    seconds = least_seconds(calls | {"limit": read_bytes(program.size)})
    ours = seconds["ONNX Runtime, int8"]
    with capsys.disabled():
        print(f"\n{name}, a step at batch 1; {describe_machine()}")
        for label, spent in sorted(seconds.items(), key=lambda item: -item[1]):
            print(f"  {label:26} {1e6 * spent / PER_TURN:8.1f} µs   {spent / ours:6.2f} times int8's")
    assert seconds["nn layer, one token"] / ours >= bounds.layers
    assert seconds.get("half precision, torch.jit", float("inf")) / ours >= bounds.half_precision
    assert seconds["limit"] / ours >= bounds.limit_share


@pytest.mark.skipif("shakespeare-lstm" not in NAMES, reason="shakespeare-lstm is not in data/pretrained")
def test_texts_side_by_side_share_a_step(capsys: pytest.CaptureFixture[str]) -> None:
    program = program_of(load_model("shakespeare-lstm"))
    steps = export_steps(program, "int8")
    calls = {str(size): some_steps(steps, program.vocab_size, size) for size in (1, TEXTS)}
    seconds = least_seconds(calls)
    gain = TEXTS * seconds["1"] / seconds[str(TEXTS)]
    with capsys.disabled():
        print(
            f"\na step of {TEXTS} texts side by side: {1e6 * seconds[str(TEXTS)] / PER_TURN:.0f} µs, of one "
            f"{1e6 * seconds['1'] / PER_TURN:.0f} µs, {gain:.1f} times the texts; {describe_machine()}"
        )
    assert gain >= 2.5


@pytest.mark.skipif("shakespeare-pieces" not in NAMES, reason="shakespeare-pieces is not in data/pretrained")
def test_drawing_costs_less_than_a_step_of_2000_pieces(capsys: pytest.CaptureFixture[str]) -> None:
    """With cuts it took as long as the step, when the whole vocabulary was sorted twice."""
    loaded = load_model("shakespeare-pieces")
    os.environ["UNROLLED_RUNTIME"] = "onnx-int8"
    try:
        writers = {
            label: generate(loaded.model, [1], max_new_tokens=10**6, temperature=temperature, **cuts)
            for label, temperature, cuts in (
                ("greedy", 0.0, {}),
                ("uncut", 1.0, {}),
                ("top-k 50 and top-p 0.9", 1.0, {"top_k": 50, "top_p": 0.9}),
            )
        }
        seconds = least_seconds({label: lambda writer=writer: next(writer) for label, writer in writers.items()}, 400)
    finally:
        del os.environ["UNROLLED_RUNTIME"]
    with capsys.disabled():
        words = ", ".join(f"{label} {1e6 * spent:.0f} µs" for label, spent in seconds.items())
        print(f"\na piece of 2,000: {words}; {describe_machine()}")
    assert seconds["top-k 50 and top-p 0.9"] <= 3 * seconds["greedy"]
    assert seconds["uncut"] <= 3 * seconds["greedy"]
