"""Who won a race, by a rule that can be stated in one sentence. Plain Python, no torch.

"Range" is from the smallest to the largest value over the seeds.
"""

from __future__ import annotations

import dataclasses
import math
import statistics
from collections.abc import Sequence

from engine.config import JsonObject

RULE = (
    "The first to solve the task wins, by the median number of updates over the seeds; if no architecture solves it "
    "with most seeds, the lowest median loss wins, provided it is below nine tenths of what guessing without memory "
    "gives. Where the ranges over the seeds of the first and of another overlap, there is no clear winner; whoever "
    "solves the task with no seed is behind whoever does with most."
)
BETTER_THAN_A_GUESS = 0.9


@dataclasses.dataclass(frozen=True)
class Standing:
    """One architecture's runs, summed up.

    Attributes:
        steps: median, smallest and largest number of updates until solved; infinite where a run did not solve.
        loss: median, smallest and largest of each run's lowest loss on held-out sequences.
    """

    architecture: str
    runs: int
    solved_runs: int
    steps: tuple[float, float, float]
    loss: tuple[float, float, float]

    @property
    def has_solved(self) -> bool:
        """Whether most of its seeds solved the task."""
        return math.isfinite(self.steps[0])


@dataclasses.dataclass(frozen=True)
class Verdict:
    """How a race ended.

    Attributes:
        winner: "" where there is no clear one.
        leader: who is first by the rule, clear or not; "" where nobody does better than a guess.
        rivals: those whose range overlaps the leader's.
        by: "steps", "loss" or "" where nobody leads.
        standings: best first.
    """

    winner: str
    leader: str
    rivals: tuple[str, ...]
    by: str
    standings: tuple[Standing, ...]

    def of_bet(self, bet: str) -> str:
        """Return "right", "wrong", "undecided" (no clear winner) or "" (no bet)."""
        if not bet:
            return ""
        if not self.winner:
            return "undecided"
        return "right" if bet == self.winner else "wrong"


def judge(runs: Sequence[JsonObject]) -> Verdict:
    """Return who won among finished runs.

    Args:
        runs: one per architecture and seed, with `architecture`, `is_solved`, `step` (the update at which it ended),
            `loss` (its lowest on held-out sequences) and `baseline` (the loss of guessing without memory).
    """
    by_name: dict[str, list[JsonObject]] = {}
    for run in runs:
        by_name.setdefault(run["architecture"], []).append(run)
    standings = sorted(
        (_stand(name, own) for name, own in by_name.items()), key=lambda own: (own.steps[0], own.loss[0])
    )
    if not standings:
        return Verdict("", "", (), "", ())
    first, others = standings[0], standings[1:]
    if first.has_solved:
        by = "steps"
    elif first.loss[0] < BETTER_THAN_A_GUESS * float(runs[0]["baseline"]):
        by = "loss"
    else:
        return Verdict("", "", (), "", tuple(standings))
    highest = getattr(first, by)[2]
    rivals = tuple(
        other.architecture
        for other in others
        if getattr(other, by)[1] <= highest and (by == "loss" or other.solved_runs)
    )
    return Verdict("" if rivals else first.architecture, first.architecture, rivals, by, tuple(standings))


def _stand(name: str, runs: list[JsonObject]) -> Standing:
    steps = [float(run["step"]) if run["is_solved"] else math.inf for run in runs]
    losses = [float(run["loss"]) if math.isfinite(run["loss"]) else math.inf for run in runs]
    return Standing(
        name,
        len(runs),
        sum(bool(run["is_solved"]) for run in runs),
        _median_and_range(steps),
        _median_and_range(losses),
    )


def _median_and_range(values: list[float]) -> tuple[float, float, float]:
    """Return median, smallest and largest; of an even number of values the larger of the middle two, so that it is one
    of them."""
    return statistics.median_high(values), min(values), max(values)
