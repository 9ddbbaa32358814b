"""What is compared: one run is a task, an architecture, a length and a seed; a comparison is a grid of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from engine.config import option
from engine.models.sequence_predictor import hidden_size_for
from engine.registry import Registry
from engine.tasks import TASKS, Task

ARCHITECTURES = ("rnn", "lstm", "gru")


@dataclasses.dataclass(frozen=True)
class RunSpec:
    """Everything that decides the outcome of one run; the same spec gives the same numbers on the same machine."""

    task: str = option("delayed_recall", label="Task")
    architecture: str = option("lstm", label="Architecture")
    length: int = option(20, label="Length", minimum=1, maximum=5000)
    seed: int = option(0, label="Seed", minimum=0, maximum=2**31 - 1)
    hidden_size: int = option(64, label="Hidden units", minimum=1, maximum=1024)
    max_steps: int = option(1000, label="Updates", minimum=1, maximum=1_000_000)
    batch_size: int = option(32, label="Sequences per update", minimum=1, maximum=1024)
    learning_rate: float = option(3e-3, label="Learning rate", minimum=0.0, maximum=1.0)
    max_grad_norm: float = option(1.0, label="Clip gradients at", minimum=0.0)
    memory_bias: float = option(1.0, label="Memory bias", help="Starting bias of an LSTM's forget and a GRU's update gate.")
    evaluate_every: int = option(50, label="Evaluate every", minimum=1)
    held_out: int = option(500, label="Held-out sequences", minimum=1, maximum=100_000)

    @property
    def title(self) -> str:
        """One line for progress messages."""
        return f"{self.task}, length {self.length}, {self.architecture}, seed {self.seed}"


@dataclasses.dataclass(frozen=True)
class TaskPlan:
    """How one task is run in a comparison: its lengths, its budget of updates, and a learning rate per architecture."""

    task: str
    lengths: tuple[int, ...]
    max_steps: int
    learning_rates: Mapping[str, float]
    evaluate_every: int = 50


@dataclasses.dataclass(frozen=True)
class Comparison:
    """A grid of runs at an equal number of parameters.

    Attributes:
        parameters: each network gets the hidden size that comes closest to this many.
        notes: how the settings were chosen, for the receipt.
    """

    name: str
    title: str
    parameters: int
    seeds: tuple[int, ...]
    plans: tuple[TaskPlan, ...]
    batch_size: int = 32
    held_out: int = 500
    timing_lengths: tuple[int, ...] = ()
    timing_hidden_size: int = 64
    memory_bias: float = 4.0
    notes: str = ""
    architectures: tuple[str, ...] = ARCHITECTURES

    def specs(self) -> list[RunSpec]:
        """Return every run, the seeds outermost so that a sweep cut short still covers every cell of the grid."""
        return [
            RunSpec(
                task=plan.task,
                architecture=architecture,
                length=length,
                seed=seed,
                hidden_size=matched_hidden_size(TASKS.get(plan.task)(length), architecture, self.parameters),
                max_steps=plan.max_steps,
                batch_size=self.batch_size,
                learning_rate=plan.learning_rates[architecture],
                memory_bias=self.memory_bias,
                evaluate_every=plan.evaluate_every,
                held_out=self.held_out,
            )
            for seed in self.seeds
            for plan in self.plans
            for length in plan.lengths
            for architecture in self.architectures
        ]


COMPARISONS: Registry[Comparison] = Registry("comparison")


def matched_hidden_size(task: Task, architecture: str, parameters: int) -> int:
    """Return the hidden size that gives `architecture` about so many parameters on `task`."""
    return hidden_size_for(parameters, architecture, task.input_size, task.vocab_size, task.output_size)
