"""What is compared: one run is a task, an architecture, a length, a way of being equal and a seed; a comparison is a
grid of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from engine.config import option
from engine.models.sequence_predictor import hidden_size_for
from engine.registry import Registry
from engine.tasks import TASKS, Task

ARCHITECTURES = ("rnn", "lstm", "gru")
EQUAL = ("parameters", "hidden_size")
LEARNING_RATES = (1e-3, 3e-3, 1e-2, 3e-2, 1e-1)  # the grid every architecture's rate is chosen from
TRIAL_SEED = 1000  # no result is made from it
NOT_CHOSEN = 0.0  # the learning rate of a run whose trials are still to come

Tuned = tuple[str, str, int]  # task, architecture and the length at which a learning rate is chosen


@dataclasses.dataclass(frozen=True)
class RunSpec:
    """Everything that decides the outcome of one run; the same spec gives the same numbers on the same machine."""

    task: str = option("delayed_recall", label="Task")
    architecture: str = option("lstm", label="Architecture")
    length: int = option(20, label="Length", minimum=1, maximum=5000)
    seed: int = option(0, label="Seed", minimum=0, maximum=2**31 - 1)
    hidden_size: int = option(64, label="Hidden units", minimum=1, maximum=8192)
    max_steps: int = option(1000, label="Updates", minimum=1, maximum=1_000_000)
    batch_size: int = option(32, label="Sequences per update", minimum=1, maximum=1024)
    learning_rate: float = option(3e-3, label="Learning rate", minimum=0.0, maximum=1.0)
    max_grad_norm: float = option(1.0, label="Clip gradients at", minimum=0.0)
    memory_bias: float = option(
        1.0, label="Memory bias", help="Starting bias of an LSTM's forget and a GRU's update gate."
    )
    evaluate_every: int = option(50, label="Evaluate every", minimum=1)
    held_out: int = option(500, label="Held-out sequences", minimum=1, maximum=100_000)
    validation: int = option(200, label="Validation sequences", minimum=1, maximum=100_000)
    equal: str = option("parameters", label="Equal", help="What the networks compared have in common.", choices=EQUAL)

    @property
    def title(self) -> str:
        """One line for progress messages."""
        same = "" if self.equal == "parameters" else ", equal hidden size"
        return f"{self.task}, length {self.length}, {self.architecture}{same}, seed {self.seed}"


@dataclasses.dataclass(frozen=True)
class TaskPlan:
    """How one task is run in a comparison.

    Attributes:
        max_steps: the budget of updates, for all lengths or for each.
        learning_rates: a rate per architecture that was chosen before; None chooses it by trials (see
            `Comparison.trials`).
        same_size_lengths: the lengths that are run at equal hidden size as well, by the comparison's
            `same_size_architectures`.
        parameters, seeds, batch_size, memory_bias, architectures: None takes the comparison's.
        trial_length, trial_steps: where the learning rate of all lengths is chosen, and by how many updates; None
            chooses it at each length anew, by half its budget.
    """

    task: str
    lengths: tuple[int, ...]
    max_steps: int | Mapping[int, int]
    learning_rates: Mapping[str, float] | None = None
    evaluate_every: int = 50
    same_size_lengths: tuple[int, ...] = ()
    parameters: int | None = None
    seeds: tuple[int, ...] | None = None
    batch_size: int | None = None
    memory_bias: float | None = None
    architectures: tuple[str, ...] | None = None
    trial_length: int | None = None
    trial_steps: int | None = None

    def steps_at(self, length: int) -> int:
        """Return the budget of updates at one length."""
        return self.max_steps if isinstance(self.max_steps, int) else self.max_steps[length]


@dataclasses.dataclass(frozen=True)
class Comparison:
    """A grid of runs, at an equal number of parameters and, where the plans say so, at an equal hidden size too.

    Attributes:
        parameters: each network gets the hidden size that comes closest to this many.
        hidden_size: the units of every network where the hidden size is what is equal.
        grid: the learning rates that trials choose from.
    """

    name: str
    title: str
    parameters: int
    seeds: tuple[int, ...]
    plans: tuple[TaskPlan, ...]
    batch_size: int = 32
    held_out: int = 500
    validation: int = 200
    hidden_size: int = 64
    same_size_architectures: tuple[str, ...] = ARCHITECTURES
    timing_lengths: tuple[int, ...] = ()
    timing_hidden_size: int = 64
    memory_bias: float = 4.0
    grid: tuple[float, ...] = LEARNING_RATES
    architectures: tuple[str, ...] = ARCHITECTURES

    def specs(self, rates: Mapping[Tuned, float] | None = None) -> list[RunSpec]:
        """Return every run, the seeds outermost so that a sweep cut short still covers every cell of the grid.

        Args:
            rates: what the trials chose; NOT_CHOSEN where there is none yet.
        """
        found = [
            (
                position,
                self._spec(
                    plan, architecture, length, equal, seed, self._rate(plan, architecture, length, rates or {})
                ),
            )
            for plan in self.plans
            for position, seed in enumerate(plan.seeds or self.seeds)
            for length in plan.lengths
            for equal in EQUAL
            for architecture in self._architectures_of(plan, length, equal)
        ]
        return [spec for _, spec in sorted(found, key=lambda item: item[0])]

    def trials(self) -> list[RunSpec]:
        """Return the short runs that choose a learning rate per task, architecture and length: one seed, every rate of
        the grid.

        They run at equal parameters; the rate is kept at equal hidden size.
        """
        return [
            self._trial(plan, architecture, length, rate)
            for plan in self.plans
            if plan.learning_rates is None
            for length in ([plan.trial_length] if plan.trial_length else plan.lengths)
            for architecture in self._architectures_of(plan, length, "parameters")
            for rate in self.grid
        ]

    def tuned_at(self, spec: RunSpec) -> Tuned:
        """Return where the learning rate of a run of this comparison is chosen."""
        plan = next(
            plan
            for plan in self.plans
            if plan.task == spec.task
            and spec.length in plan.lengths
            and spec.architecture in (plan.architectures or self.architectures)
        )
        return spec.task, spec.architecture, plan.trial_length or spec.length

    def _trial(self, plan: TaskPlan, architecture: str, length: int, rate: float) -> RunSpec:
        steps = plan.trial_steps or max(1, plan.steps_at(length) // 2)
        return dataclasses.replace(
            self._spec(plan, architecture, length, "parameters", TRIAL_SEED, rate), max_steps=steps
        )

    def _spec(self, plan: TaskPlan, architecture: str, length: int, equal: str, seed: int, rate: float) -> RunSpec:
        task = TASKS.get(plan.task)(length)
        is_matched = equal == "parameters"
        return RunSpec(
            task=plan.task,
            architecture=architecture,
            length=length,
            seed=seed,
            hidden_size=matched_hidden_size(task, architecture, plan.parameters or self.parameters)
            if is_matched
            else self.hidden_size,
            max_steps=plan.steps_at(length),
            batch_size=plan.batch_size or self.batch_size,
            learning_rate=rate,
            memory_bias=self.memory_bias if plan.memory_bias is None else plan.memory_bias,
            evaluate_every=plan.evaluate_every,
            held_out=self.held_out,
            validation=self.validation,
            equal=equal,
        )

    def _architectures_of(self, plan: TaskPlan, length: int, equal: str) -> list[str]:
        if equal == "hidden_size" and length not in plan.same_size_lengths:
            return []
        names = plan.architectures or self.architectures
        if equal == "hidden_size":
            names = tuple(name for name in names if name in self.same_size_architectures)
        task = TASKS.get(plan.task)(length)
        return [name for name in names if task.compatible(name)]

    @staticmethod
    def _rate(plan: TaskPlan, architecture: str, length: int, rates: Mapping[Tuned, float]) -> float:
        if plan.learning_rates is not None:
            return plan.learning_rates[architecture]
        return rates.get((plan.task, architecture, plan.trial_length or length), NOT_CHOSEN)


COMPARISONS: Registry[Comparison] = Registry("comparison")


def matched_hidden_size(task: Task, architecture: str, parameters: int) -> int:
    """Return the hidden size that gives `architecture` about so many parameters on `task`.

    Raises:
        ConfigError: no hidden size comes near the budget.
    """
    return hidden_size_for(parameters, architecture, task.input_size, task.vocab_size, task.output_size)
