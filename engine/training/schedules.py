"""Learning-rate and teacher-forcing schedules: pure functions of progress between 0 and 1."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Protocol

from engine.errors import ConfigError
from engine.registry import Registry

LEARNING_RATE_SCHEDULES: Registry[Callable[[float, float], float]] = Registry("learning-rate schedule")
TEACHER_FORCING_SCHEDULES: Registry[Callable[[float, float], float]] = Registry("teacher-forcing schedule")


HIGHEST_RATE = 10.0


class RateCourse(Protocol):
    """The part of the training settings that says how the learning rate runs."""

    @property
    def max_steps(self) -> int:
        """Updates in all."""

    @property
    def learning_rate(self) -> float:
        """Highest rate of the schedule."""

    @property
    def warmup_fraction(self) -> float:
        """Share of a stretch in which the rate rises."""

    @property
    def restarts(self) -> tuple[int, ...]:
        """Updates at which the schedule begins anew."""

    @property
    def learning_rate_changes(self) -> tuple[tuple[int, float], ...]:
        """(update, the learning rate that holds from it on) pairs."""


def rate_at(step: int, course: RateCourse, schedule: Callable[[float, float], float]) -> float:
    """Return the learning rate of update `step` (0, 1, 2, ...).

    Between two restarts the schedule runs once. Paper: Loshchilov and Hutter (2017), SGDR, arXiv 1608.03983, section 3,
    for restarts.
    """
    edges = [0, *course.restarts, course.max_steps]
    begin, end = next((first, last) for first, last in itertools.pairwise(edges) if step < last)
    highest = next((rate for since, rate in reversed(course.learning_rate_changes) if since <= step), None)
    return (course.learning_rate if highest is None else highest) * schedule(
        (step - begin) / (end - begin), course.warmup_fraction
    )


def check_course(max_steps: int, restarts: Sequence[int], changes: Sequence[Sequence[float]]) -> None:
    """Check restarts and changes of the learning rate.

    Raises:
        ConfigError: they are not in order, lie outside the run, or a rate is out of bounds.
    """
    if not all(isinstance(step, int) for step in restarts) or [*restarts] != sorted({*restarts}):
        raise ConfigError("restarts must be whole numbers, each greater than the one before.")
    if restarts and not 0 < restarts[0] <= restarts[-1] < max_steps:
        raise ConfigError(f"restarts must lie between 1 and {max_steps - 1}.")
    for change in changes:
        step, rate = (*change, None, None)[:2]
        if not isinstance(step, int) or not isinstance(rate, int | float) or len(change) != 2:
            raise ConfigError("learning_rate_changes must be pairs of an update and a learning rate.")
        if not 0 <= rate <= HIGHEST_RATE or step < 0:  # also where it is no number
            raise ConfigError(f"A learning rate must lie between 0 and {HIGHEST_RATE:g}, not {rate:g}.")
    if [change[0] for change in changes] != sorted(change[0] for change in changes):
        raise ConfigError("learning_rate_changes must be in the order of the updates.")


@LEARNING_RATE_SCHEDULES.register("constant")
def constant(progress: float, warmup_fraction: float) -> float:
    """Return 1 after a linear warm-up."""
    return min(1.0, progress / warmup_fraction) if warmup_fraction else 1.0


@LEARNING_RATE_SCHEDULES.register("one_cycle")
def one_cycle(progress: float, warmup_fraction: float) -> float:
    """Return a linear rise to 1, then half a cosine down to 0.

    Paper: Smith and Topin (2018), arXiv 1708.07120. Differs: cosine instead of linear descent; momentum stays fixed.
    """
    if progress < warmup_fraction:
        return max(progress, 1e-3 * warmup_fraction) / warmup_fraction
    remaining = (progress - warmup_fraction) / max(1e-12, 1 - warmup_fraction)
    return 0.5 * (1 + math.cos(math.pi * min(1.0, remaining)))


@TEACHER_FORCING_SCHEDULES.register("constant")
def always(progress: float, ratio: float) -> float:
    """Return `ratio` from the first step to the last."""
    return ratio


@TEACHER_FORCING_SCHEDULES.register("linear")
def linear(progress: float, ratio: float) -> float:
    """Return a straight line from 1 down to `ratio`. Paper: Bengio et al. (2015), arXiv 1506.03099, section 2.4."""
    return 1 - (1 - ratio) * progress


@TEACHER_FORCING_SCHEDULES.register("inverse_sigmoid")
def inverse_sigmoid(progress: float, ratio: float) -> float:
    """Return an S-shaped fall from about 1 to about `ratio`. Paper: as `linear`."""
    return ratio + (1 - ratio) / (1 + math.exp(12 * (progress - 0.5)))
