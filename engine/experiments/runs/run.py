"""One run: a network of a given architecture learns one task at one length from one seed.

Three sets of sequences are kept apart. Fresh ones for every update; validation sequences, which choose the learning
rate and the measurement that a run is judged by; and held-out sequences, on which every number that is shown was
measured.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
import json
import math
import os
import time
from collections.abc import Callable, Generator, Iterable, Iterator

import torch
from torch import Tensor

from engine.config import JsonObject, to_dict, validate
from engine.experiments.base import RunSpec
from engine.experiments.runs.task_learning import TaskLearning
from engine.models.sequence_predictor import SequencePredictor
from engine.provenance import commit, hardware
from engine.tasks import TASKS, Task
from engine.training import Evaluated, Event, Finished, StepDone, Trainer, TrainingSettings


@dataclasses.dataclass(frozen=True)
class RunRows:
    """What a finished run leaves behind: one summary row and one row per measurement on held-out sequences."""

    summary: JsonObject
    curve: list[JsonObject]


def build_network(spec: RunSpec, task: Task) -> SequencePredictor:
    """Return the untrained network of a run, made for as many steps as the task has; its weights depend on the seed
    alone."""
    with torch.random.fork_rng():
        torch.manual_seed(spec.seed)
        return SequencePredictor(
            task.input_size,
            task.vocab_size,
            task.output_size,
            spec.hidden_size,
            spec.architecture,
            memory_bias=spec.memory_bias,
            longest=steps_in(task),
        )


def steps_in(task: Task) -> int:
    """Return how many steps a sequence of the task has: its length, and what comes before and after."""
    return task.batch(1, torch.Generator().manual_seed(0)).inputs.shape[1]


def run_condition(spec: RunSpec) -> Generator[Event | RunRows, None, None]:
    """Train one network and yield the trainer's events, then the rows to keep.

    An `Evaluated` event carries the measurements of both sets. When the run ends is said by
    `engine.experiments.findings.protocol.STOPPING_RULE`.

    Raises:
        ConfigError: the spec names an unknown task or architecture, or a value is out of bounds.
    """
    validate(spec)
    task = TASKS.get(spec.task)(spec.length)
    network = build_network(spec, task)
    learning = TaskLearning(task, spec)
    memory_bytes = saved_bytes(lambda: learning.loss(network, learning.batch(0), None), network.parameters())
    measured: list[tuple[Evaluated, float]] = []
    reason, training_seconds = "max_steps", 0.0
    for event, seconds in _with_processor_seconds(Trainer(network, learning, training_settings(spec)).run()):
        if isinstance(event, StepDone):
            training_seconds += seconds
        yield event
        if isinstance(event, Evaluated):
            measured.append((event, training_seconds))
            if task.stops_when_solved and is_solved(task, event.metrics):
                reason = "solved"
                break
        elif isinstance(event, Finished):
            reason = event.reason
    yield _rows(spec, task, network, measured, reason, memory_bytes)


def training_settings(spec: RunSpec) -> TrainingSettings:
    """Return how the trainer makes a run: a constant learning rate, on one thread."""
    return TrainingSettings(
        max_steps=spec.max_steps,
        learning_rate=spec.learning_rate,
        schedule="constant",
        warmup_fraction=0.0,
        weight_decay=0.0,
        max_grad_norm=spec.max_grad_norm,
        evaluate_every=spec.evaluate_every,
        log_every=spec.evaluate_every,
        seed=spec.seed,
        threads=1,
    )


def is_solved(task: Task, metrics: dict[str, float]) -> bool:
    """Return whether both the held-out and the validation sequences meet the task's definition of solved."""
    on_validation = {name: metrics[f"validation_{name}"] for name in ("loss", "accuracy")}
    return bool(task.is_solved(metrics) and task.is_solved(on_validation))


def saved_bytes(forward: Callable[[], object], given: Iterable[Tensor]) -> int:
    """Return the bytes that a forward pass keeps for the backward pass, each storage counted once, without the tensors
    it was `given`."""
    there = {tensor.untyped_storage().data_ptr() for tensor in given}
    kept: dict[int, int] = {}
    tensors = []  # alive until all are counted, so that no address is taken twice

    def count(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in there:
            kept[storage.data_ptr()] = storage.nbytes()
            tensors.append(tensor)
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(count, lambda tensor: tensor):
        forward()
    return sum(kept.values())


def _with_processor_seconds(events: Iterator[Event]) -> Iterator[tuple[Event, float]]:
    """Yield each event with this thread's processor time spent on it: other work on the machine lengthens a run, but
    not this."""
    started = time.thread_time()
    for event in events:
        yield event, time.thread_time() - started
        started = time.thread_time()


def _rows(
    spec: RunSpec,
    task: Task,
    network: SequencePredictor,
    measured: list[tuple[Evaluated, float]],
    reason: str,
    memory_bytes: int,
) -> RunRows:
    whose = {
        "task": spec.task,
        "architecture": spec.architecture,
        "length": spec.length,
        "equal": spec.equal,
        "seed": spec.seed,
        "hidden_size": spec.hidden_size,
        "parameters": network.parameter_count(),
    }
    source = where_from()
    last, seconds = measured[-1] if measured else (None, math.nan)
    judged = _judged(measured, reason)
    solved_step = next((event.step for event, _ in measured if is_solved(task, event.metrics)), math.nan)
    summary = {
        **whose,
        "step": last.step if last else 0,
        "updates": last.step if last else 0,
        "max_steps": spec.max_steps,
        **{name: judged.get(name, math.nan) for name in ("loss", "accuracy", "validation_loss")},
        "final_loss": last.metrics["loss"] if last else math.nan,
        "is_solved": not math.isnan(solved_step),
        "solved_step": solved_step,
        "reason": reason,
        "baseline": task.baseline,
        "baseline_accuracy": task.baseline_accuracy,
        "learning_rate": spec.learning_rate,
        "batch_size": spec.batch_size,
        "seconds_per_step": seconds / last.step if last else math.nan,
        "elapsed_seconds": seconds,
        "memory_bytes": memory_bytes,
        "architecture_options": json.dumps({"memory_bias": spec.memory_bias, "longest": steps_in(task)}),
        "settings": settings_text(spec),
        "data": task.source_sentence,
        **source,
    }
    curve = [
        {
            **whose,
            "step": event.step,
            **{name: event.metrics[name] for name in ("loss", "accuracy", "validation_loss")},
            "elapsed_seconds": elapsed,
            **source,
        }
        for event, elapsed in measured
    ]
    return RunRows(summary, curve)


def _judged(measured: list[tuple[Evaluated, float]], reason: str) -> dict[str, float]:
    """Return the measurements a run is judged by: where it solved the task, else where the validation loss was
    lowest."""
    if reason == "solved":
        return measured[-1][0].metrics
    finite = [event.metrics for event, _ in measured if math.isfinite(event.metrics["validation_loss"])]
    return min(finite, key=lambda metrics: metrics["validation_loss"], default={})


def settings_text(spec: RunSpec) -> str:
    """Return a spec as JSON: `from_dict(RunSpec, json.loads(text))` gives it back."""
    return json.dumps(to_dict(spec), sort_keys=True)


@functools.cache
def code() -> str:
    """Return the commit of the code that runs, asked for once: a long sweep goes on with the code it began with."""
    return commit()


def where_from() -> JsonObject:
    """Return the columns every measured row carries: commit, machine, version, date."""
    return {
        "commit": code(),
        "hardware": hardware(),
        "cores": os.cpu_count() or 1,
        "torch": torch.__version__,
        "date": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
