"""What a step costs on this machine now: a short job for the comparison page, measured like the stored rows and in
their columns.

Seconds are this thread's processor time on one core; what else the machine does lengthens the measuring, not the
numbers.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Generator

import torch

from engine.config import JsonObject
from engine.errors import ConfigError
from engine.experiments.costs.state_size import formulas, size_of
from engine.experiments.costs.timing import CHUNK, INPUT_SIZE, build, held_bytes, kept_bytes, median_block
from engine.experiments.runs.run import where_from
from engine.models.sequence_predictor import SequencePredictor

JOB = "engine.experiments.costs.live_costs:measure_costs"
WHEN = ("training", "streaming")
MOST_SECONDS = 9.0
POSITIONS = 2_000  # tokens read one at a time, if the seconds suffice
STRETCH = 100  # of them to a row
LENGTHS = (25, 50, 100, 200, 400)
BATCH_SIZE = 8


def measure_costs(
    when: str, hidden_size: int = 64, most_seconds: float = MOST_SECONDS
) -> Generator[JsonObject, None, JsonObject]:
    """Measure every architecture in turn and yield its rows; return all of them with where they come from.

    Whoever is not finished when the time is up is measured no further, for all architectures alike.

    Raises:
        ConfigError: `when` is neither "training" nor "streaming".
    """
    if when not in WHEN:
        raise ConfigError(f"Costs are measured in {' or '.join(WHEN)}, not '{when}'.")
    torch.set_num_threads(1)
    yield {"kind": "waking", "progress": 0.0, "message": "Getting ready"}
    measure = _train_one if when == "training" else _Streams(hidden_size).block
    positions = LENGTHS if when == "training" else range(STRETCH, POSITIONS + 1, STRETCH)
    _train_one("rnn", 2, hidden_size)  # imports parts of torch
    deadline = time.monotonic() + most_seconds
    rows: list[JsonObject] = []
    for index, position in enumerate(positions):
        if time.monotonic() > deadline:
            break
        found = [measure(name, position, hidden_size) for name in formulas()]
        rows += found
        words = f"{when.capitalize()}: measured up to {position:,} tokens"
        yield {"kind": "rows", "rows": found, "progress": (index + 1) / len(positions), "message": words}
    return {
        "rows": rows,
        "is_complete": len(rows) == len(formulas()) * len(positions),
        "hidden_size": hidden_size,
        "when": when,
        **where_from(),
    }


class _Streams:
    """Every architecture reads one token after another; the state stays where the last block ended."""

    def __init__(self, hidden_size: int) -> None:
        self._networks = {name: build(name, size_of(name, hidden_size), POSITIONS) for name in formulas()}
        self._states = {name: network.start() for name, network in self._networks.items()}
        for name in formulas():  # the first tokens of a process take longer
            state = self._states[name]
            self.block(name, 0, hidden_size)
            self._states[name] = state

    def block(self, architecture: str, until: int, hidden_size: int) -> JsonObject:
        """Return the median seconds per token over the block that ends at token `until`, and the bytes then held."""
        network, state = self._networks[architecture], self._states[architecture]
        token, seconds = torch.zeros(1, INPUT_SIZE), []
        with torch.inference_mode():
            for _ in range(STRETCH // CHUNK):
                started = time.thread_time()
                for _ in range(CHUNK):
                    _, state = network.step(token, state)
                seconds.append((time.thread_time() - started) / CHUNK)
        self._states[architecture] = state
        return _row(architecture, "streaming", network, hidden_size) | {
            "position": until,
            "seconds": statistics.median(seconds),
            "memory_bytes": held_bytes(state),
        }


def _train_one(architecture: str, length: int, hidden_size: int) -> JsonObject:
    """Return the median seconds of one update on sequences of a length, and the bytes its forward keeps for its
    backward pass."""
    network = build(architecture, size_of(architecture, hidden_size), length)
    inputs = torch.randn(BATCH_SIZE, length, INPUT_SIZE, generator=torch.Generator().manual_seed(0))
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-6, fused=True)

    def update() -> None:
        optimizer.zero_grad()
        network(inputs)[0].square().mean().backward()
        optimizer.step()

    row = {"length": length, "seconds": median_block(update, calls=1), "memory_bytes": kept_bytes(network, inputs)}
    return _row(architecture, "training", network, hidden_size) | row


def _row(architecture: str, mode: str, network: SequencePredictor, hidden_size: int) -> JsonObject:
    return {
        "architecture": architecture,
        "mode": mode,
        "hidden_size": hidden_size,
        "parameters": network.parameter_count(),
        "batch_size": BATCH_SIZE if mode == "training" else 1,
    }
