"""Learning-rate and teacher-forcing schedules: pure functions of progress between 0 and 1."""

from __future__ import annotations

import math
from collections.abc import Callable

from engine.registry import Registry

LEARNING_RATE_SCHEDULES: Registry[Callable[[float, float], float]] = Registry("learning-rate schedule")
TEACHER_FORCING_SCHEDULES: Registry[Callable[[float, float], float]] = Registry("teacher-forcing schedule")


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
