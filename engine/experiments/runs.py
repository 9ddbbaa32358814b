"""One run: a network of a given architecture learns one task at one length from one seed."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import math
import os
import time
from collections.abc import Iterator
from typing import Any

import torch

from engine.config import validate
from engine.experiments.base import RunSpec
from engine.experiments.task_learning import TaskLearning
from engine.models.sequence_predictor import SequencePredictor
from engine.provenance import commit, hardware
from engine.tasks import TASKS, Task
from engine.training import Evaluated, Event, Finished, StepDone, Trainer, TrainingSettings


@dataclasses.dataclass(frozen=True)
class RunRows:
    """What a finished run leaves behind: one summary row and one row per measurement on held-out sequences."""

    summary: dict[str, Any]
    curve: list[dict[str, Any]]


def build_network(spec: RunSpec, task: Task) -> SequencePredictor:
    """Return the untrained network of a run; its weights depend on the seed alone."""
    with torch.random.fork_rng():
        torch.manual_seed(spec.seed)
        return SequencePredictor(
            task.input_size, task.vocab_size, task.output_size, spec.hidden_size, spec.architecture, spec.memory_bias
        )


def run_cell(spec: RunSpec) -> Iterator[Event | RunRows]:
    """Train one network and yield the trainer's events, then the rows to keep.

    The run ends when the task is solved on held-out sequences, when the budget is used up, or when it diverges.

    Raises:
        ConfigError: the spec names an unknown task or architecture, or a value is out of bounds.
    """
    validate(spec)
    task = TASKS.get(spec.task)(spec.length)
    network = build_network(spec, task)
    learning = TaskLearning(task, spec.batch_size, spec.seed, spec.held_out)
    settings = TrainingSettings(
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
    evaluations: list[Evaluated] = []
    solved_step, reason, training_seconds = math.nan, "max_steps", 0.0
    for event, seconds in _with_processor_seconds(Trainer(network, learning, settings).run()):
        yield event
        if isinstance(event, StepDone):
            training_seconds += seconds
        elif isinstance(event, Evaluated):
            evaluations.append(event)
            if task.is_solved(event.metrics):
                solved_step, reason = event.step, "solved"
                break
        elif isinstance(event, Finished):
            reason = event.reason
    yield _rows(spec, task, network, evaluations, solved_step, reason, training_seconds)


def _with_processor_seconds(events: Iterator[Event]) -> Iterator[tuple[Event, float]]:
    """Yield each event with the processor time spent on it: other work on the machine lengthens a run, but not this."""
    started = time.process_time()
    for event in events:
        yield event, time.process_time() - started
        started = time.process_time()


def _rows(
    spec: RunSpec,
    task: Task,
    network: SequencePredictor,
    evaluations: list[Evaluated],
    solved_step: float,
    reason: str,
    training_seconds: float,
) -> RunRows:
    whose = {
        "task": spec.task,
        "architecture": spec.architecture,
        "length": spec.length,
        "seed": spec.seed,
        "hidden_size": spec.hidden_size,
        "parameters": network.parameter_count(),
    }
    source = where_from()
    nothing = {"loss": math.nan, "accuracy": math.nan}
    best = min(evaluations, key=lambda event: event.metrics["loss"], default=None)
    last_step = evaluations[-1].step if evaluations else 0
    summary = {
        **whose,
        "step": last_step,
        "max_steps": spec.max_steps,
        **(best.metrics if best else nothing),
        "final_loss": evaluations[-1].metrics["loss"] if evaluations else math.nan,
        "is_solved": reason == "solved",
        "solved_step": solved_step,
        "reason": reason,
        "baseline": task.baseline,
        "baseline_accuracy": task.baseline_accuracy,
        "learning_rate": spec.learning_rate,
        "batch_size": spec.batch_size,
        "seconds_per_step": training_seconds / last_step if last_step else math.nan,
        "elapsed_seconds": evaluations[-1].elapsed_seconds if evaluations else math.nan,
        **source,
    }
    curve = [
        {**whose, "step": event.step, **event.metrics, "elapsed_seconds": event.elapsed_seconds, **source}
        for event in evaluations
    ]
    return RunRows(summary, curve)


@functools.cache
def code() -> str:
    """Return the commit of the code that runs, asked for once: a long sweep goes on with the code it began with."""
    return commit()


def where_from() -> dict[str, Any]:
    """Return the columns every measured row carries: commit, machine, version, date."""
    return {
        "commit": code(),
        "hardware": hardware(),
        "cores": os.cpu_count() or 1,
        "torch": torch.__version__,
        "date": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
