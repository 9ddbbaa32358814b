"""The trainer: fetch, forward, backward, clip, step - and say so.

A run is a generator of events, so whoever consumes it decides what to show and when to stop. A run that is resumed from
a checkpoint makes the same updates as one that was never stopped: optimiser, random state, carried state and position
in the data are all restored.
"""

from __future__ import annotations

import copy
import dataclasses
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from engine.config import JsonObject, option, to_dict, validate
from engine.models.base import AnyState
from engine.training import checkpoints
from engine.training.denormals import flushed_denormals
from engine.training.events import Checkpointed, Evaluated, Event, Finished, Snapshotted, StepDone
from engine.training.matrix_limit import share_of_limit
from engine.training.precision import AUTO, BFLOAT16, FLOAT32, calculating, faster_precision
from engine.training.schedules import LEARNING_RATE_SCHEDULES, check_course, rate_at

CLIPPED_BEFORE = 1e-6  # what torch adds to a norm before it divides by it


@dataclass(frozen=True)
class TrainingSettings:
    """How a model is trained, whatever the model is."""

    max_steps: int = option(1000, label="Updates", help="Optimiser updates in all.", minimum=1, maximum=10_000_000)
    learning_rate: float = option(
        3e-3, label="Learning rate", help="Highest rate of the schedule.", minimum=0.0, maximum=10.0
    )
    schedule: str = option(
        "one_cycle", label="Schedule", help="How the rate changes.", choices=("one_cycle", "constant")
    )
    warmup_fraction: float = option(
        0.1, label="Warm-up", help="Share of the run in which the rate rises.", minimum=0.0, maximum=0.9
    )
    weight_decay: float = option(0.01, label="Weight decay", help="AdamW's decoupled decay.", minimum=0.0, maximum=10.0)
    max_grad_norm: float = option(
        1.0, label="Clip gradients at", help="Largest norm of the whole gradient; 0 turns clipping off.", minimum=0.0
    )
    evaluate_every: int = option(
        200, label="Evaluate every", help="Updates between two measurements on validation data.", minimum=1
    )
    patience: int = option(
        0, label="Patience", help="Evaluations without improvement before stopping; 0 never stops early.", minimum=0
    )
    precision: str = option(
        FLOAT32,
        label="Precision",
        help="Number format of the matrix products; auto takes the one whose updates are faster on this machine, which "
        "is measured before the first.",
        choices=(AUTO, FLOAT32, BFLOAT16),
    )
    average_decay: float = option(
        0.0,
        label="Average weights",
        help="Decay of a running average of the weights, which is then measured and kept instead of the last ones; 0 "
        "averages nothing.",
        minimum=0.0,
        maximum=0.99999,
    )
    seed: int = option(0, label="Seed", help="Same seed, same run.", minimum=0, maximum=2**31 - 1)
    threads: int = option(0, label="Threads", help="CPU threads; 0 leaves them as they are.", minimum=0, maximum=256)
    checkpoint_every: int = option(
        200, label="Checkpoint every", help="Updates between two checkpoints; 0 writes none.", minimum=0
    )
    snapshots: int = option(
        0,
        label="Snapshots",
        help="Stages of the run that are kept, closest together at its beginning; 0 keeps none.",
        minimum=0,
        maximum=200,
    )
    log_every: int = option(10, label="Report every", help="Updates between two progress events.", minimum=1)
    restarts: tuple[int, ...] = option(
        (), label="Restarts", help="Updates at which the schedule begins anew, as where a finished run was continued."
    )
    learning_rate_changes: tuple[tuple[int, float], ...] = option(
        (),
        label="Changes of the learning rate",
        help="Pairs of an update and the learning rate that holds from it on.",
    )


BLOWN_UP = 10  # times the first loss (or one, where that is smaller): a measured loss beyond it has diverged


class Objective(Protocol):
    """What is learnt: batches by position, a loss, a measurement. All of it must be a function of seed and position."""

    def batch(self, position: int) -> Any:  # whatever its own loss reads
        """Return the batch of update `position` (0, 1, 2, ...)."""

    # Any: each objective knows the model it trains, its own batches and the model's state.
    def loss(self, model: Any, batch: Any, carry: AnyState) -> tuple[Tensor, AnyState]:
        """Return the mean loss of a batch and the state carried (detached) to the next update, None where there is
        none."""

    def evaluate(self, model: Any) -> dict[str, float]:  # as above
        """Return measurements on validation data; "loss" decides which weights are best."""


class Trainer:
    """Runs one objective on one model.

    Attributes:
        made_of: what a checkpoint keeps of the recipe and the data, beside the settings, for whoever goes on from it.
    """

    def __init__(
        self,
        model: nn.Module,
        objective: Objective,
        settings: TrainingSettings,
        output_dir: Path | str | None = None,
        made_of: JsonObject | None = None,
    ) -> None:
        validate(settings)
        check_course(settings.max_steps, settings.restarts, settings.learning_rate_changes)
        self.model, self.objective, self.settings = model, objective, settings
        self.output_dir = Path(output_dir) if output_dir is not None else None
        self.progress, self.made_of = checkpoints.Progress(), made_of or {}
        decayed = [p for p in model.parameters() if p.ndim > 1]
        plain = [p for p in model.parameters() if p.ndim <= 1]
        self.optimizer = torch.optim.AdamW(
            [{"params": decayed, "weight_decay": settings.weight_decay}, {"params": plain, "weight_decay": 0.0}],
            lr=settings.learning_rate,
            fused=True,
        )
        self._started = time.perf_counter()
        self.precision = settings.precision  # the one chosen, once the run has begun
        self._has_blown_up = False
        self._last_batch: Any = None  # whatever the objective makes of it

    def run(self, resume: bool = False) -> Iterator[Event]:
        """Train and yield events; the model holds the best weights at the end.

        Raises:
            ModelError: `resume` is set and the checkpoint is damaged or belongs to another model.
        """
        settings, model = self.settings, self.model
        if settings.threads:
            torch.set_num_threads(settings.threads)
        optimizer, progress = self.optimizer, self.progress
        schedule = LEARNING_RATE_SCHEDULES.get(settings.schedule)
        if resume and self.output_dir and checkpoints.exists(self.output_dir):
            progress = self.progress = checkpoints.restore(self.output_dir, model, optimizer)
        else:
            torch.manual_seed(settings.seed)
            if settings.average_decay:
                progress.average_weights = copy.deepcopy(model.state_dict())
        if settings.precision == AUTO:  # a run that goes on keeps the one it began with
            progress.precision = progress.precision or faster_precision(model, self.objective)
            self.precision = progress.precision
        started = self._started = time.perf_counter() - progress.elapsed_seconds
        stages = snapshot_steps(settings.snapshots, settings.max_steps)
        reason, lost = "max_steps", ""
        if progress.step == 0 and stages:
            yield from self._snapshot(progress, started)
        while progress.step < settings.max_steps:
            rate = rate_at(progress.step, self.settings, schedule)
            for group in optimizer.param_groups:
                group["lr"] = rate
            model.train()
            with flushed_denormals():
                self._last_batch = self.objective.batch(progress.step)
                with calculating(self.precision):
                    loss, progress.carry = self.objective.loss(model, self._last_batch, progress.carry)
                optimizer.zero_grad()
                loss.backward()
                limit = settings.max_grad_norm or math.inf
                grad_norm = _clip(model, limit)
                if not (math.isfinite(grad_norm) and math.isfinite(float(loss.detach()))):
                    reason, lost = "diverged", "its loss is not a finite number"
                    break
                optimizer.step()
            if progress.first_loss is None:
                progress.first_loss = float(loss.detach())
            progress.step += 1
            if progress.average_weights is not None:
                _average(
                    progress.average_weights, model, min(settings.average_decay, progress.step / (progress.step + 10))
                )
            recent = progress.recent_losses
            recent.append(float(loss.detach()))
            progress.recent_clipped += grad_norm > limit
            progress.loss_since_snapshot += recent[-1]
            progress.updates_since_snapshot += 1
            is_last = progress.step == settings.max_steps
            if progress.step % settings.log_every == 0 or is_last:
                mean, clipped = sum(recent) / len(recent), progress.recent_clipped / len(recent)
                recent.clear()
                progress.recent_clipped = 0
                elapsed = time.perf_counter() - started
                yield StepDone(
                    progress.step, settings.max_steps, mean, rate, grad_norm, min(grad_norm, limit), clipped, elapsed
                )
            if progress.step in stages:
                yield from self._snapshot(progress, started)
            if self.is_measured(progress.step):
                event = self._evaluate(progress, started)
                lost = self._what_is_lost(event.metrics["loss"])
                yield event
                if lost:
                    reason = "diverged"
                    break
                if settings.patience and progress.evaluations_since_best >= settings.patience:
                    reason = "early_stopping"
                    break
            is_due = settings.checkpoint_every and progress.step % settings.checkpoint_every == 0
            if is_due and (path := self.checkpoint()):
                yield Checkpointed(progress.step, path)
        if progress.best_weights is not None:
            model.load_state_dict(progress.best_weights)
        model.eval()
        elapsed = time.perf_counter() - started
        yield Finished(progress.step, reason, progress.best_step, dict(progress.best_metrics), elapsed, lost)

    def checkpoint(self) -> Path | None:
        """Write the state of the run as it stands and return where; None where there is no folder to write to, or the
        run has diverged: one that went on from it would do so again.

        For whoever consumes the events, between two of them: after `StepDone` only of an update that no measurement
        follows, else the run that goes on would leave it out (see `is_measured`).
        """
        if self.output_dir is None or self._has_blown_up or not _is_finite(self.model):
            return None
        self.progress.elapsed_seconds = time.perf_counter() - self._started
        self.progress.made_of = self.made_of | {"training": to_dict(self.settings), "step": self.progress.step}
        return checkpoints.write(self.output_dir, self.model, self.optimizer, self.progress)

    def is_measured(self, step: int) -> bool:
        """Return whether an update is followed by a measurement."""
        return step % self.settings.evaluate_every == 0 or step == self.settings.max_steps

    def change_learning_rate(self, rate: float) -> TrainingSettings:
        """Let another learning rate hold from the next update on; return the settings that make the same run again.

        Raises:
            ConfigError: the rate is out of bounds.
        """
        settings = dataclasses.replace(
            self.settings,
            learning_rate_changes=(*self.settings.learning_rate_changes, (self.progress.step, rate)),
        )
        check_course(settings.max_steps, settings.restarts, settings.learning_rate_changes)
        self.settings = settings
        return settings

    @contextmanager
    def best_weights(self) -> Iterator[None]:
        """Let the model hold the best weights so far inside the block, ready for use; nothing of the run changes."""
        with self._holding(self.progress.best_weights), torch.random.fork_rng(devices=[]):
            yield

    @contextmanager
    def measured_weights(self) -> Iterator[None]:
        """Let the model hold the weights that measurements are made of inside the block: the averaged ones, where there
        are any."""
        with self._holding(self.progress.average_weights), torch.random.fork_rng(devices=[]):
            yield

    def share_of_limit(self) -> float | None:
        """Return the share of the machine's fastest matrix products that those of the last update reach, None where
        none was made; see `engine.training.matrix_limit`. It takes as long as four updates and changes nothing."""
        if self._last_batch is None:
            return None
        return round(share_of_limit(self.model, self.objective, self._last_batch, self.precision), 3)

    def _snapshot(self, progress: checkpoints.Progress, started: float) -> Iterator[Event]:
        """Yield one snapshot; nothing in the run changes by it, so that a run with snapshots equals one without."""
        updates, total = progress.updates_since_snapshot, progress.loss_since_snapshot
        progress.updates_since_snapshot, progress.loss_since_snapshot = 0, 0.0
        training_loss = total / updates if updates else None
        with self._measured_weights(progress) as metrics:
            yield Snapshotted(progress.step, metrics, training_loss, time.perf_counter() - started)

    def _evaluate(self, progress: checkpoints.Progress, started: float) -> Evaluated:
        with self._measured_weights(progress) as metrics:
            is_best = metrics["loss"] < progress.best_metrics.get("loss", math.inf)
            if is_best:
                progress.best_metrics, progress.best_step = metrics, progress.step
                progress.best_weights = copy.deepcopy(self.model.state_dict())
                progress.evaluations_since_best = 0
            else:
                progress.evaluations_since_best += 1
        return Evaluated(progress.step, metrics, is_best, time.perf_counter() - started)

    def _what_is_lost(self, loss: float) -> str:
        """Return what a run has come to whose measured loss is finite and far above its first one; "" for others."""
        first = self.progress.first_loss
        self._has_blown_up = first is not None and math.isfinite(loss) and loss > BLOWN_UP * max(1.0, first)
        return f"its loss has grown from {first:.3g} to {loss:.3g}" if self._has_blown_up else ""

    @contextmanager
    def _measured_weights(self, progress: checkpoints.Progress) -> Iterator[dict[str, float]]:
        """Measure the model, with the averaged weights in it where there are any, and keep those in it inside the
        block."""
        with self._holding(progress.average_weights):
            with torch.no_grad():
                metrics = self.objective.evaluate(self.model)
            yield metrics

    @contextmanager
    def _holding(self, weights: dict[str, Tensor] | None) -> Iterator[None]:
        """Let the model hold other weights inside the block, its own where there are none, and not drop anything."""
        self.model.eval()
        latest = None
        if weights is not None:
            latest = copy.deepcopy(self.model.state_dict())
            self.model.load_state_dict(weights)
        try:
            yield
        finally:
            if latest is not None:
                self.model.load_state_dict(latest)


def snapshot_steps(count: int, max_steps: int) -> list[int]:
    """Return the steps after which a stage is kept: 0 (untrained), then evenly spaced in log(step) up to `max_steps`.

    A network changes most at its beginning. Steps are whole, so that the first ones lie closer than evenly; a run that
    is too short for `count` different steps keeps every one.
    """
    if count == 0:
        return []
    if count > max_steps:
        return list(range(max_steps + 1))
    steps = [0]
    for position in range(count - 1):
        even = max_steps ** (position / (count - 2)) if count > 2 else max_steps
        steps.append(max(steps[-1] + 1, round(even)))
    return steps


def _is_finite(model: nn.Module) -> bool:
    return all(bool(torch.isfinite(tensor).all()) for tensor in model.state_dict().values())


@torch.no_grad()
def _clip(model: nn.Module, limit: float) -> float:
    """Scale the gradient to the norm `limit` if it is longer and return its norm before, as
    `torch.nn.utils.clip_grad_norm_`, which multiplies all of it in any case."""
    gradients = [weight.grad for weight in model.parameters() if weight.grad is not None]
    norm = nn.utils.get_total_norm(gradients, foreach=True)
    if not norm + CLIPPED_BEFORE <= limit:  # or it is no number
        nn.utils.clip_grads_with_norm_(model.parameters(), limit, norm, foreach=True)
    return float(norm)


@torch.no_grad()
def _average(average: dict[str, Tensor], model: nn.Module, decay: float) -> None:
    """Move every averaged tensor towards the model's: average = decay * average + (1 - decay) * weight.

    Paper: Polyak and Juditsky (1992). Differs: exponential weights, so that the first steps are forgotten.
    """
    for name, tensor in model.state_dict().items():
        average[name].lerp_(tensor, 1 - decay)
