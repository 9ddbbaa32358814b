"""What a step costs: a training update against the length of its sequences, and reading one token at a time against its
position.

Rows of two modes, the same columns for both. "training": `length`, `seconds` per update and `memory_bytes`, what the
forward pass keeps for the backward pass. "streaming": `position`, `seconds` per token around it and `memory_bytes`,
what is held to go on from there: a recurrent state, or a Transformer's keys and values of everything read. Batch 1 and
no gradients when streaming.

Seconds are processor time on one thread, medians of blocks: other work on the machine lengthens the measuring, hardly
the numbers.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor
from torch.nn import functional

from engine.config import JsonObject
from engine.experiments.base import Comparison
from engine.experiments.runs.run import saved_bytes, where_from
from engine.models.architectures import ARCHITECTURES
from engine.models.base import AnyState
from engine.models.sequence_predictor import SequencePredictor, count_parameters, hidden_size_for
from engine.training.denormals import flushed_denormals

INPUT_SIZE, OUTPUT_SIZE = 16, 16
BLOCKS = 5
UPDATES = 2  # in a block
TIMES_AS_LONG = 10  # tokens read one at a time, for each of the longest sequence in training
MOST_POSITIONS = 5_000  # of them at most
STRETCHES = 20  # rows they are shared among
CHUNK = 10  # of them to a block; a stretch has at least one
PASSES = 3  # over all of them
SHORT = 200  # tokens for `seconds_per_streamed_step`


def timing_rows(comparison: Comparison) -> list[JsonObject]:
    """Return the rows of every architecture at equal parameters and at equal hidden size, each row with where it comes
    from."""
    rows = []
    for architecture in comparison.architectures:
        sizes = {
            "parameters": hidden_size_for(comparison.parameters, architecture, INPUT_SIZE, 0, OUTPUT_SIZE),
            "hidden_size": comparison.timing_hidden_size,
        }
        for equal, hidden_size in sizes.items():
            network = build(architecture, hidden_size, max(comparison.timing_lengths, default=1))
            facts = {"task": "", "equal": equal} | _facts(network, architecture) | where_from()
            rows += [facts | row for row in training_rows(network, comparison.timing_lengths, comparison.batch_size)]
            if ARCHITECTURES.get(architecture).streams:
                positions = min(MOST_POSITIONS, TIMES_AS_LONG * max(comparison.timing_lengths, default=1))
                rows += [facts | row for row in streaming_rows(network, positions)]
    return rows


def build(architecture: str, hidden_size: int, longest: int) -> SequencePredictor:
    """Return the untrained network whose steps are timed; it reads and answers with 16 numbers."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return SequencePredictor(INPUT_SIZE, 0, OUTPUT_SIZE, hidden_size, architecture, longest=longest)


def training_rows(network: SequencePredictor, lengths: tuple[int, ...], batch_size: int) -> Iterator[JsonObject]:
    """Yield one row per length: the seconds of an update and the bytes kept between its two passes."""
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-6, fused=True)
    generator = torch.Generator().manual_seed(0)
    streamed = _short_stream(network) if ARCHITECTURES.get(network.cell).streams else None
    for length in lengths:
        inputs = torch.randn(batch_size, length, INPUT_SIZE, generator=generator)
        targets = torch.randn(batch_size, length, OUTPUT_SIZE, generator=generator)

        def update(inputs: Tensor = inputs, targets: Tensor = targets) -> None:
            optimizer.zero_grad()
            functional.mse_loss(network(inputs)[0], targets).backward()
            optimizer.step()

        seconds = median_block(update, UPDATES)
        yield {
            "mode": "training",
            "length": length,
            "batch_size": batch_size,
            "seconds": seconds,
            "seconds_per_step": seconds,
            "seconds_per_streamed_step": streamed,
            "memory_bytes": kept_bytes(network, inputs),
        }


@torch.inference_mode()
def streaming_rows(network: SequencePredictor, positions: int) -> Iterator[JsonObject]:
    """Yield one row per stretch of one long sequence: the median seconds per token in it, and the bytes held after
    it."""
    stretch = max(CHUNK, positions // STRETCHES // CHUNK * CHUNK)
    token = torch.randn(1, INPUT_SIZE, generator=torch.Generator().manual_seed(0))
    seconds: dict[int, list[float]] = {until: [] for until in range(stretch, positions + 1, stretch)}
    held: dict[int, int] = {}
    with one_thread():
        _read(network, token, network.start(), stretch)
        for _ in range(PASSES):
            state = network.start()
            for until in seconds:
                for _ in range(stretch // CHUNK):
                    started = time.thread_time()
                    state = _read(network, token, state, CHUNK)
                    seconds[until].append((time.thread_time() - started) / CHUNK)
                held[until] = held_bytes(state)
    for until, measured in seconds.items():
        middle = statistics.median(measured)
        yield {
            "mode": "streaming",
            "position": until,
            "batch_size": 1,
            "seconds": middle,
            "seconds_per_streamed_step": middle,
            "memory_bytes": held[until],
        }


def median_block(call: Callable[[], None], calls: int) -> float:
    """Return processor seconds per call, on one thread, in the middle one of several blocks of `calls`."""
    with one_thread():
        call()
        seconds = []
        for _ in range(BLOCKS):
            started = time.thread_time()
            for _ in range(calls):
                call()
            seconds.append((time.thread_time() - started) / calls)
    return statistics.median(seconds)


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch use one thread, the one whose clock is read, while it is timed; denormal numbers are zero, as in
    training."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with flushed_denormals():
            yield
    finally:
        torch.set_num_threads(threads)


def held_bytes(state: AnyState) -> int:
    """Return the bytes of all numbers in a state, however it is nested."""
    if isinstance(state, Tensor):
        return state.numel() * state.element_size()
    return sum(held_bytes(part) for part in state)


def kept_bytes(network: SequencePredictor, inputs: Tensor) -> int:
    """Return the bytes a forward pass keeps for the backward pass: not the weights, nor the inputs."""
    return saved_bytes(lambda: network(inputs), (inputs, *network.parameters(), *network.buffers()))


def _facts(network: SequencePredictor, architecture: str) -> JsonObject:
    return {
        "architecture": architecture,
        "hidden_size": network.hidden_size,
        "parameters": network.parameter_count(),
        "formula_parameters": count_parameters(architecture, INPUT_SIZE, 0, OUTPUT_SIZE, network.hidden_size),
        "layer_parameters": ARCHITECTURES.get(architecture).count_parameters(INPUT_SIZE, network.hidden_size),
    }


def _short_stream(network: SequencePredictor) -> float:
    """Return the seconds per token of a short sequence read one token at a time."""
    token = torch.randn(1, INPUT_SIZE, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        return median_block(lambda: _read(network, token, network.start(), SHORT), 1) / SHORT


def _read(network: SequencePredictor, token: Tensor, state: AnyState, times: int) -> AnyState:
    for _ in range(times):
        _, state = network.step(token, state)
    return state
