"""A race anyone can watch: two to four architectures learn one task side by side, in turns, three seeds each, within a
minute.

The runs are those of `engine.experiments.runs.run.run_condition`, the same that the shipped results come from. Before
the start a few updates of every network are timed, and the race gets as many updates as fit into its seconds at the
pace the machine has now.
"""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Generator

import pandas as pd

from engine.config import JsonObject, to_dict
from engine.errors import ConfigError
from engine.experiments.base import RunSpec, matched_hidden_size
from engine.experiments.live_race.rates import learning_rate_for, memory_bias_for
from engine.experiments.live_race.settings import LiveSettings, check
from engine.experiments.runs.run import RunRows, build_network, run_condition, training_settings, where_from
from engine.experiments.runs.task_learning import TaskLearning
from engine.models.architectures import ARCHITECTURES
from engine.models.sequence_predictor import EMBEDDING_DIM
from engine.tasks import TASKS, Task
from engine.training import Evaluated, Trainer
from engine.training.events import Event

EVALUATIONS = 20  # measurements of every run on held-out sequences
HELD_OUT = 200
BATCH_SIZE = 32
FEWEST_UPDATES = 20
TIMED_UPDATES = 4
PACE_MARGIN = 0.85  # of the seconds that are left are planned for: a machine may slow down
COLUMNS = ["architecture", "seed", "step", "loss", "accuracy", "elapsed_seconds"]


@dataclasses.dataclass(frozen=True)
class RacePace:
    """Measured seconds of one update and of one measurement, for one network of an architecture.

    Attributes:
        processor_share: how much of a processor core it got meanwhile; below 1 where the machine is busy with other
            things.
    """

    update_seconds: float
    evaluation_seconds: float
    processor_share: float = 1.0


def racers(task: Task | type[Task]) -> list[str]:
    """Return the architectures that can run on a task."""
    return [name for name in ARCHITECTURES.names() if task.compatible(name)]


def race(**settings: object) -> Generator[JsonObject, None, JsonObject]:
    """Train the networks in turns and yield what happens as plain values; return the rows of all runs.

    Events, by "kind": "pace" (the measured pace of one architecture), "start" (the number of updates that fit, the
    networks, the loss without memory), "evaluation" (one network measured on held-out sequences), "done" (one network
    solved the task or made its updates). All carry "progress" in 0..1 and a "message".

    Raises:
        ConfigError: a setting is unknown or out of bounds, a runner cannot run on the task or cannot be made as small
            as asked, or fewer than FEWEST_UPDATES fit into the time.
    """
    chosen, task = _read(settings)
    specs = specs_of(chosen, task, chosen.max_steps)
    yield {"kind": "waking", "progress": 0.0, "message": "Getting ready"}
    measure_pace(
        dataclasses.replace(specs[0], batch_size=1, held_out=1, validation=1), task, math.inf
    )  # imports parts of torch
    begun = time.monotonic()
    paces: dict[str, RacePace] = {}
    for name in chosen.architectures:
        paces[name] = measure_pace(next(spec for spec in specs if spec.architecture == name), task, chosen.seconds / 2)
        told = {"kind": "pace", "architecture": name, **dataclasses.asdict(paces[name])}
        yield told | {"progress": 0.0, "message": f"Timing a few updates of the {name}"}
    updates = plan_updates(chosen, paces, chosen.seconds - (time.monotonic() - begun))
    specs = specs_of(chosen, task, updates)
    yield {
        "kind": "start",
        "updates": updates,
        "asked_updates": chosen.max_steps,
        "expected_seconds": _seconds_for(chosen, paces, updates),
        "networks": [_network_facts(spec, task) for spec in specs if spec.seed == chosen.seed],
        "baseline": task.baseline,
        "baseline_accuracy": task.baseline_accuracy,
        "progress": 0.0,
        "message": f"{updates} updates of each network fit into {chosen.seconds} s",
    }
    runs = yield from _run_in_turns(specs, task, deadline=begun + chosen.seconds)
    return _result(chosen, updates, runs, time.monotonic() - begun)


def repeat(updates: int, **settings: object) -> pd.DataFrame:
    """Return the measurements of a race with a given number of updates, without a clock; see `race_frame`.

    Raises:
        ConfigError: as `race`.
    """
    chosen, task = _read(settings)
    return race_frame(list(_run_in_turns(specs_of(chosen, task, updates), task)))


def race_frame(events: list[JsonObject]) -> pd.DataFrame:
    """Return the measurements among a race's events as a table, one row per architecture, seed and step measured."""
    return pd.DataFrame([event for event in events if event["kind"] == "evaluation"], columns=COLUMNS)


def specs_of(chosen: LiveSettings, task: Task, updates: int) -> list[RunSpec]:
    """Return the runs of a race, the seeds outermost.

    Raises:
        ConfigError: an architecture has no network of about the size asked for.
    """
    budget = full_budget(task, chosen.parameters)
    try:
        sizes = {name: matched_hidden_size(task, name, budget) for name in chosen.architectures}
    except ConfigError as problem:
        asked = (
            f" Asked for were {chosen.parameters:,}, besides {budget - chosen.parameters:,} that tell symbols apart."
            if budget > chosen.parameters
            else ""
        )
        raise ConfigError(f"{problem}{asked}") from None
    return [
        RunSpec(
            task=chosen.task,
            architecture=name,
            length=chosen.length,
            seed=seed,
            hidden_size=sizes[name],
            max_steps=updates,
            batch_size=BATCH_SIZE,
            learning_rate=learning_rate_for(chosen.task, name, chosen.length),
            memory_bias=memory_bias_for(chosen.task),
            evaluate_every=max(1, math.ceil(updates / EVALUATIONS)),
            held_out=HELD_OUT,
            validation=HELD_OUT,
        )
        for seed in chosen.seeds
        for name in chosen.architectures
    ]


def full_budget(task: Task, parameters: int) -> int:
    """Return the budget of whole networks: `parameters` and the table that tells a task's symbols apart, the same for
    all."""
    return parameters + EMBEDDING_DIM * task.vocab_size


def plan_updates(chosen: LiveSettings, paces: dict[str, RacePace], seconds_left: float) -> int:
    """Return how many updates of every network fit into the seconds that are left, at most as many as asked for.

    Never fewer than FEWEST_UPDATES: where a busy machine has no time for them, the race ends when its time is up.

    Raises:
        ConfigError: a processor core of its own would have no time for them either.
    """
    alone = {
        name: RacePace(*(pace.processor_share * seconds for seconds in (pace.update_seconds, pace.evaluation_seconds)))
        for name, pace in paces.items()
    }
    fitting = _fitting(chosen, alone, seconds_left)
    if fitting < FEWEST_UPDATES:
        per_update = len(chosen.seeds) * sum(pace.update_seconds for pace in alone.values())
        raise ConfigError(
            f"At length {chosen.length} one update of all {len(chosen.seeds) * len(paces)} networks takes "
            f"{per_update:.2g} s of a processor core, so only {max(0, fitting)} fit into {chosen.seconds} s and at "
            f"least {FEWEST_UPDATES} are needed; choose a shorter length, fewer runners or smaller networks."
        )
    return min(chosen.max_steps, max(FEWEST_UPDATES, _fitting(chosen, paces, seconds_left)))


def _fitting(chosen: LiveSettings, paces: dict[str, RacePace], seconds: float) -> int:
    per_update = len(chosen.seeds) * sum(pace.update_seconds for pace in paces.values())
    for_measuring = len(chosen.seeds) * EVALUATIONS * sum(pace.evaluation_seconds for pace in paces.values())
    return int((PACE_MARGIN * seconds - for_measuring) / per_update)


def measure_pace(spec: RunSpec, task: Task, most_seconds: float) -> RacePace:
    """Return the seconds an update and a measurement of one network take now, after an update that is not counted.

    By the clock on the wall: what fits into a minute depends on what else the machine does. The processor's clock says
        how much.

    Raises:
        ConfigError: a few updates take longer than `most_seconds` of a processor core.
    """
    network = build_network(spec, task)
    learning = TaskLearning(task, spec)
    settings = dataclasses.replace(
        training_settings(spec), max_steps=TIMED_UPDATES + 1, evaluate_every=TIMED_UPDATES + 1, log_every=1
    )
    ticks: list[tuple[str, float]] = []
    started = last = time.monotonic()
    processor_started = time.thread_time()
    for event in Trainer(network, learning, settings).run():
        now = time.monotonic()
        ticks.append((type(event).__name__, now - last))
        last = now
        if isinstance(event, Evaluated):
            break
        if len(ticks) == 1:
            started, processor_started = now, time.thread_time()  # the first update of a process imports parts of torch
        if time.thread_time() - processor_started > most_seconds:
            raise ConfigError(
                f"At length {spec.length} one update of the {spec.architecture} takes {ticks[-1][1]:.0f} s here; "
                "choose a shorter length or smaller networks."
            )
    updates = [seconds for kind, seconds in ticks if kind == "StepDone"][1:]
    share = min(1.0, (time.thread_time() - processor_started) / max(last - started, 1e-9))
    return RacePace(sorted(updates)[len(updates) // 2], ticks[-1][1], share)


def _read(settings: JsonObject) -> tuple[LiveSettings, Task]:
    unknown = sorted(set(settings) - {field.name for field in dataclasses.fields(LiveSettings)})
    if unknown:
        raise ConfigError(f"A race has no setting called {', '.join(unknown)}.")
    runners = tuple(settings.get("architectures", LiveSettings().architectures))
    chosen = LiveSettings(**settings | {"architectures": runners})
    check(chosen)
    task = TASKS.get(chosen.task)(chosen.length)
    for name in chosen.architectures:
        ARCHITECTURES.get(name)
        if not task.compatible(name):
            raise ConfigError(f"{task.title} cannot be asked of '{name}'; choose among: {', '.join(racers(task))}.")
    return chosen, task


def _seconds_for(chosen: LiveSettings, paces: dict[str, RacePace], updates: int) -> float:
    each = (updates * pace.update_seconds + EVALUATIONS * pace.evaluation_seconds for pace in paces.values())
    return len(chosen.seeds) * sum(each)


def _network_facts(spec: RunSpec, task: Task) -> JsonObject:
    return {
        "architecture": spec.architecture,
        "hidden_size": spec.hidden_size,
        "parameters": build_network(spec, task).parameter_count(),
        "learning_rate": spec.learning_rate,
    }


@dataclasses.dataclass
class _Run:
    """One network on its way."""

    spec: RunSpec
    steps: Generator[Event | RunRows, None, None]
    evaluations: list[Evaluated] = dataclasses.field(default_factory=list)
    rows: RunRows | None = None

    @property
    def who(self) -> JsonObject:
        """The columns that tell runs apart."""
        return {"architecture": self.spec.architecture, "seed": self.spec.seed}

    @property
    def made(self) -> int:
        """How many updates it has made, as far as they were measured."""
        return self.evaluations[-1].step if self.evaluations else 0


def _run_in_turns(
    specs: list[RunSpec], task: Task, deadline: float = math.inf
) -> Generator[JsonObject, None, list[_Run]]:
    """Let every run go on to its next measurement in turn, and tell it; return the runs.

    Once the time is up, the race ends where all runs have made the same number of updates.
    """
    runs = [_Run(spec, run_condition(spec)) for spec in specs]
    updates = specs[0].max_steps
    while any(run.rows is None for run in runs):
        for run in runs:
            if run.rows is not None:
                continue
            if time.monotonic() > deadline:
                _end_together(runs)
                return runs
            event = next(event for event in run.steps if isinstance(event, Evaluated | RunRows))
            if isinstance(event, RunRows):
                run.rows = event
            else:
                run.evaluations.append(event)
            made = sum(updates if one.rows else one.made for one in runs)
            yield _tell(run, event) | {"progress": made / (updates * len(runs))}
    return runs


def _end_together(runs: list[_Run]) -> None:
    """Drop the measurements of those that were a turn ahead when the time was up."""
    turns = min((len(run.evaluations) for run in runs if run.rows is None), default=0)
    for run in runs:
        run.steps.close()
        if run.rows is None:
            del run.evaluations[turns:]


def _result(chosen: LiveSettings, updates: int, runs: list[_Run], seconds: float) -> JsonObject:
    task = TASKS.get(chosen.task)(chosen.length)
    curves = [run.who | {"step": event.step, **_measured(event)} for run in runs for event in run.evaluations]
    return {
        "settings": to_dict(chosen),
        "updates": updates,
        "is_complete": all(run.rows is not None for run in runs),
        "seconds": seconds,
        "baseline": {name: getattr(task, name) for name in ("baseline", "baseline_accuracy")},
        "summaries": [_summary(run) for run in runs],
        "curves": curves,
        **where_from(),
    }


def _summary(run: _Run) -> JsonObject:
    """Return how one run stands at the end; where the time was up first, at its lowest validation loss so far."""
    task = TASKS.get(run.spec.task)(run.spec.length)
    if run.rows is not None:
        told = {name: run.rows.summary[name] for name in ("step", "is_solved", "loss", "accuracy", "reason")}
    else:
        best = min(
            (event.metrics for event in run.evaluations), key=lambda metrics: metrics["validation_loss"], default={}
        )
        told = {"step": run.made, "is_solved": False, "reason": "time"}
        told |= {name: best.get(name, math.nan) for name in ("loss", "accuracy")}
    return run.who | told | _network_facts(run.spec, task) | {"baseline": task.baseline}


def _tell(run: _Run, event: Evaluated | RunRows) -> JsonObject:
    words = f"{run.spec.architecture}, seed {run.spec.seed}"
    if isinstance(event, RunRows):
        ended = {name: event.summary[name] for name in ("step", "is_solved")}
        how = "solved it" if ended["is_solved"] else "stopped"
        return run.who | {"kind": "done", **ended, "message": f"{words}: {how} at update {ended['step']}"}
    words += f", update {event.step}: loss {event.metrics['loss']:.3f}"
    return run.who | {"kind": "evaluation", "step": event.step, **_measured(event), "message": words}


def _measured(event: Evaluated) -> dict[str, float]:
    return {name: event.metrics[name] for name in ("loss", "accuracy")} | {"elapsed_seconds": event.elapsed_seconds}
