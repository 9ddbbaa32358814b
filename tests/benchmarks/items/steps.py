"""One token at a time, one text: what is fastest here beside the loops that people write, other runtimes and memory."""

from __future__ import annotations

from functools import partial

import numpy as np
import torch

from engine.models.folder import LoadedModel, load_model
from engine.models.steps import TorchSteps
from engine.runtimes.choice import export_steps, is_installed
from engine.runtimes.numbers import NumpySteps
from engine.runtimes.program import StepProgram, Steps, read_program
from tests.benchmarks.half_precision_steps import HalfPrecisionSteps
from tests.benchmarks.machine_limits import read_from_cache, read_from_memory
from tests.benchmarks.plain_steps import CellSteps, LayerSteps
from tests.benchmarks.turns import Contest, Take, Unavailable, item, timed

NAMES = ("shakespeare-lstm", "shakespeare-gru", "shakespeare-best", "shakespeare-pieces")
PER_CALL = 4  # steps
LAYER_LOOP, CELL_LOOP, HALF_PRECISION = "nn layer, one token at a time", "nn cell loop", "half precision, torch.jit"
FROM_CACHE = "8-bit weights, from cache"


def name_of(model: str) -> str:
    """Return what the item of a model's step is called."""
    return f"step of {model}, one text"


def program_of(loaded: LoadedModel) -> StepProgram:
    """Return the program of a shipped network's step.

    Raises:
        Unavailable: it has none.
    """
    program = read_program(loaded.info.path, loaded.info.config)
    if program is None:
        raise Unavailable(f"the step of {loaded.info.name} has no program")
    return program


def stepping(steps: Steps, vocab_size: int, batch_size: int = 1) -> Take:
    """Return a turn that takes steps, going on where the last one ended; per step, however many texts it is for."""
    tokens = np.random.default_rng(0).integers(vocab_size, size=(PER_CALL, batch_size))
    state = steps.start(batch_size)

    def work() -> None:
        nonlocal state
        for token_ids in tokens:
            _, state = steps.step(token_ids, state)

    return timed(work, PER_CALL)


def exported(program: StepProgram, precision: str) -> Steps | Unavailable:
    """Return a program's steps on ONNX Runtime, or why there are none."""
    return export_steps(program, precision) if is_installed() else Unavailable("onnxruntime is not installed")


def _half_precision(loaded: LoadedModel) -> Steps | Unavailable:
    if "fbgemm" not in torch.backends.quantized.supported_engines:
        return Unavailable("this processor has no products of half-precision weights")
    return TorchSteps(HalfPrecisionSteps(loaded.model))


def _step(name: str) -> Contest:
    loaded = load_model(name)
    program, ours = program_of(loaded), loaded.steps
    peers: dict[str, Steps | Unavailable] = {
        LAYER_LOOP: LayerSteps(loaded.model),
        CELL_LOOP: CellSteps(loaded.model),
        "torch, our reference": TorchSteps(loaded.model),
        "NumPy": NumpySteps(program),
        "ONNX Runtime, float32": exported(program, "float32"),
        "ONNX Runtime, int8": exported(program, "int8"),
        HALF_PRECISION: _half_precision(loaded),
    }

    def turn(steps: Steps | Unavailable) -> Take | Unavailable:
        return steps if isinstance(steps, Unavailable) else stepping(steps, program.vocab_size)

    return Contest.between(
        stepping(ours, program.vocab_size),
        {who: turn(steps) for who, steps in peers.items()},
        {"8-bit weights, from memory": read_from_memory(program.size), FROM_CACHE: read_from_cache(program.size)},
        note=f"runs on {ours.runtime}",
    )


for _name in NAMES:
    item("steps", name_of(_name), "step")(partial(_step, _name))
