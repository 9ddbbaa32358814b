"""What a run will take, found out by a few updates of it on the worker, before it begins."""

from __future__ import annotations

import dataclasses
import itertools
import time
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path

import torch

from engine.config import JsonObject
from engine.corpora import load_corpus
from engine.limits import check
from engine.recipes.as_data import recipe_from_dict
from engine.runs.sizes import check_recipe
from engine.training import StepDone, Trainer, TrainingSettings

WARM_UPDATES = 2  # the first ones are slow: memory is taken
MOST_UPDATES, MOST_SECONDS = 12, 1.5
BYTES_PER_MEBIBYTE = 2**20
SAMPLE = "saltmarsh"  # a corpus that is always here


@dataclasses.dataclass(frozen=True)
class Cost:
    """What a run takes.

    Attributes:
        parameters: trainable numbers of the network. memory_mebibytes: what training takes beside the process itself.
        seconds_per_update, seconds_per_measurement, seconds: the latter of the whole run.
        measured_updates: how many were made to find that out.
    """

    parameters: int
    memory_mebibytes: float
    seconds_per_update: float
    seconds_per_measurement: float
    seconds: float
    measured_updates: int


def measure(recipe: JsonObject) -> Generator[JsonObject, None, JsonObject]:
    """Make a few updates of a recipe and return its `Cost` as plain values.

    Raises:
        ConfigError: the recipe is none, or over a limit.
        DataError: its data cannot be read.
    """
    yield {"progress": 0.0, "message": "Reading the data"}
    made = recipe_from_dict(recipe)
    check_recipe(made)
    before = _begin_peak()
    prepared = made.prepare(made.training)
    parameters = prepared.model.parameter_count()
    check("parameters", parameters)
    updates = WARM_UPDATES + min(MOST_UPDATES, made.training.max_steps)
    few = dataclasses.replace(
        made.training, max_steps=updates, log_every=1, evaluate_every=updates + 1, checkpoint_every=0, snapshots=0
    )
    yield {"progress": 0.3, "message": "Making a few updates"}
    if prepared.objective is None:
        return dataclasses.asdict(Cost(parameters, 0.0, 0.0, 0.0, 0.0, 0))
    times = [time.perf_counter()]
    for event in itertools.takewhile(
        lambda event: isinstance(event, StepDone), Trainer(prepared.model, prepared.objective, few).run()
    ):
        times.append(time.perf_counter())
        yield {"progress": 0.3 + 0.5 * event.step / updates, "message": "Making a few updates"}
        if times[-1] - times[0] > MOST_SECONDS and len(times) > WARM_UPDATES + 1:
            break
    yield {"progress": 0.8, "message": "Measuring once"}  # the last place at which it can be left
    made_updates = len(times) - 1 - WARM_UPDATES
    per_update = (times[-1] - times[WARM_UPDATES]) / max(1, made_updates)
    begun = time.perf_counter()
    prepared.model.eval()
    prepared.objective.evaluate(prepared.model)
    per_measurement = time.perf_counter() - begun
    steps, every = made.training.max_steps, made.training.evaluate_every
    seconds = steps * per_update + (steps // every + 1) * per_measurement
    memory = max(_peak() - before, 16 * parameters) / BYTES_PER_MEBIBYTE  # weights, gradients and two means of each
    return dataclasses.asdict(Cost(parameters, memory, per_update, per_measurement, seconds, made_updates))


def warm() -> Generator[JsonObject, None, None]:
    """Make two updates of the smallest network, so that all that training takes is imported, torch's compiler with the
    first optimiser among it, and the next job begins at once."""
    import engine.runs.job  # noqa: F401

    model = torch.nn.Linear(1, 1)
    for _ in Trainer(model, _Nothing(), TrainingSettings(max_steps=2, log_every=1, checkpoint_every=0)).run():
        yield {"progress": 0.5, "message": "Getting ready"}
    load_corpus(SAMPLE)
    yield {"progress": 1.0, "message": "Ready"}


class _Nothing:
    """An objective of nothing."""

    def batch(self, position: int) -> torch.Tensor:
        return torch.ones(1, 1)

    def loss(self, model: torch.nn.Module, batch: torch.Tensor, carry: None) -> tuple[torch.Tensor, None]:
        return model(batch).sum(), None

    def evaluate(self, model: torch.nn.Module) -> dict[str, float]:
        return {"loss": 0.0}


def _begin_peak() -> int:
    """Begin to measure the largest memory of this process anew; return what it takes now, in bytes."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
    return _status("VmRSS")


def _peak() -> int:
    return _status("VmHWM")


def _status(name: str) -> int:
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:  # not Linux
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:")), 0)
