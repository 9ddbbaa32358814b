"""A race anyone can watch: three architectures learn one task side by side, in turns, in well under a minute."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pandas as pd

from engine.config import option, validate
from engine.experiments.base import ARCHITECTURES, RunSpec, matched_hidden_size
from engine.experiments.recipes import COMPARISONS
from engine.experiments.runs import RunRows, run_cell
from engine.tasks import TASKS
from engine.training import Evaluated

JOB = "engine.experiments.live:race"
TASK_NAMES = ("delayed_recall", "adding", "copying")


@dataclasses.dataclass(frozen=True)
class LiveSettings:
    """What a visitor may choose for a race; the bounds keep it under a minute on one core."""

    task: str = option("delayed_recall", label="Task", help="What the networks must remember.", choices=TASK_NAMES)
    length: int = option(20, label="Length", help="How long they must remember it.", minimum=2, maximum=60)
    max_steps: int = option(400, label="Updates", help="Budget of each network.", minimum=20, maximum=1000, step=20)
    seed: int = option(0, label="Seed", help="Same seed, same race.", minimum=0, maximum=9999)


PARAMETERS = 5_000
RECIPE = "synthetic"  # whose learning rates and starting biases the race takes over


def race(**settings: Any) -> Iterator[dict[str, Any]]:
    """Train the three networks in turns and yield what happens as plain values; return the rows of all runs.

    Events, by "kind": "start" (the networks, the memoryless loss), "evaluation" (one network measured on held-out sequences),
    "done" (one network solved the task or used up its budget). All but "start" carry "progress" in 0..1 and a "message".

    Raises:
        ConfigError: a setting is unknown or out of bounds.
    """
    chosen = LiveSettings(**settings)
    validate(chosen)
    task = TASKS.get(chosen.task)(chosen.length)
    specs = {name: _spec(chosen, name) for name in ARCHITECTURES}
    yield {
        "kind": "start",
        "architectures": [{"architecture": name, "hidden_size": spec.hidden_size} for name, spec in specs.items()],
        "baseline": task.baseline,
        "solved_text": task.solved_text,
        "progress": 0.0,
        "message": "Starting",
    }
    running = {name: run_cell(spec) for name, spec in specs.items()}
    finished: dict[str, RunRows] = {}
    steps = dict.fromkeys(ARCHITECTURES, 0)
    while running:
        for name in list(running):
            event = _next_of_note(running[name])
            if isinstance(event, RunRows):
                del running[name]
                finished[name], steps[name] = event, chosen.max_steps
            else:
                steps[name] = event.step
            told = _tell(name, event)
            yield told | {"progress": sum(steps.values()) / (chosen.max_steps * len(specs))}
    rows = [finished[name] for name in ARCHITECTURES]
    return {"summaries": [row.summary for row in rows], "curves": [point for row in rows for point in row.curve]}


def race_frame(events: list[dict[str, Any]]) -> pd.DataFrame:
    """Return the measurements among a race's events as a table: architecture, step, loss, accuracy, elapsed_seconds."""
    columns = ["architecture", "step", "loss", "accuracy", "elapsed_seconds"]
    return pd.DataFrame([event for event in events if event["kind"] == "evaluation"], columns=columns)


def _spec(chosen: LiveSettings, architecture: str) -> RunSpec:
    task = TASKS.get(chosen.task)(chosen.length)
    recipe = COMPARISONS.get(RECIPE)
    plan = next(plan for plan in recipe.plans if plan.task == chosen.task)
    return RunSpec(
        task=chosen.task,
        architecture=architecture,
        length=chosen.length,
        seed=chosen.seed,
        hidden_size=matched_hidden_size(task, architecture, PARAMETERS),
        max_steps=chosen.max_steps,
        learning_rate=plan.learning_rates[architecture],
        memory_bias=recipe.memory_bias,
        evaluate_every=20,
        held_out=200,
    )


def _next_of_note(run: Iterator[Any]) -> Evaluated | RunRows:
    return next(event for event in run if isinstance(event, Evaluated | RunRows))


def _tell(architecture: str, event: Evaluated | RunRows) -> dict[str, Any]:
    name = architecture.upper()
    if isinstance(event, RunRows):
        summary = event.summary
        how = f"solved it at step {summary['step']}" if summary["is_solved"] else f"stopped after {summary['step']} steps"
        return {
            "kind": "done",
            "architecture": architecture,
            "reason": summary["reason"],
            "step": summary["step"],
            "is_solved": summary["is_solved"],
            "parameters": summary["parameters"],
            "message": f"The {name} {how}.",
        }
    return {
        "kind": "evaluation",
        "architecture": architecture,
        "step": event.step,
        **event.metrics,
        "elapsed_seconds": event.elapsed_seconds,
        "message": f"{name}, step {event.step}: loss {event.metrics['loss']:.3f}, {event.metrics['accuracy']:.0%} right",
    }
