"""What a step costs: one training update, and one step of reading as it comes in (batch 1)."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional

from engine.cells import CELLS
from engine.experiments.base import Comparison
from engine.experiments.runs import where_from
from engine.models.sequence_predictor import SequencePredictor, count_parameters, hidden_size_for

INPUT_SIZE, OUTPUT_SIZE = 16, 16
BLOCKS = 5
STREAMED_STEPS = 200


def timing_rows(comparison: Comparison) -> list[dict[str, Any]]:
    """Return one row per architecture, length and way of being equal: at equal parameters, and at equal hidden size."""
    rows = []
    for architecture in comparison.architectures:
        sizes = {
            "parameters": hidden_size_for(comparison.parameters, architecture, INPUT_SIZE, 0, OUTPUT_SIZE),
            "hidden_size": comparison.timing_hidden_size,
        }
        for equal, hidden_size in sizes.items():
            for length in comparison.timing_lengths:
                rows.append(_row(architecture, equal, hidden_size, length, comparison.batch_size))
    return rows


def _row(architecture: str, equal: str, hidden_size: int, length: int, batch_size: int) -> dict[str, Any]:
    network = SequencePredictor(INPUT_SIZE, 0, OUTPUT_SIZE, hidden_size, architecture)
    return {
        "task": "",
        "architecture": architecture,
        "length": length,
        "equal": equal,
        "hidden_size": hidden_size,
        "parameters": network.parameter_count(),
        "formula_parameters": count_parameters(architecture, INPUT_SIZE, 0, OUTPUT_SIZE, hidden_size),
        "layer_parameters": CELLS.get(architecture).count_parameters(INPUT_SIZE, hidden_size),
        "batch_size": batch_size,
        "seconds_per_step": _training_seconds(network, length, batch_size),
        "seconds_per_streamed_step": _streaming_seconds(network),
        **where_from(),
    }


def _training_seconds(network: SequencePredictor, length: int, batch_size: int) -> float:
    inputs, targets = torch.randn(batch_size, length, INPUT_SIZE), torch.randn(batch_size, length, OUTPUT_SIZE)
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-6, fused=True)

    def update() -> None:
        optimizer.zero_grad()
        functional.mse_loss(network(inputs)[0], targets).backward()
        optimizer.step()

    return fastest_block(update, calls=4)


def _streaming_seconds(network: SequencePredictor) -> float:
    now = torch.randn(1, INPUT_SIZE)

    def read() -> None:
        state = network.start()
        for _ in range(STREAMED_STEPS):
            _, state = network.step(now, state)

    with torch.inference_mode():
        return fastest_block(read, calls=1) / STREAMED_STEPS


def fastest_block(call: Callable[[], None], calls: int) -> float:
    """Return processor seconds per call, on one thread, in the fastest of several blocks.

    Other work on the machine can only slow a block down, and the processor's clock does not count the time it takes.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        call()
        seconds = []
        for _ in range(BLOCKS):
            started = time.process_time()
            for _ in range(calls):
                call()
            seconds.append((time.process_time() - started) / calls)
        return min(seconds)
    finally:
        torch.set_num_threads(threads)
