"""Are the results that are shipped true? Cells drawn by chance are run again here, and laid beside the range in the
table."""

from __future__ import annotations

import dataclasses
import json
import random
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from engine.config import JsonObject, from_dict
from engine.errors import ConfigError, DataError, JobError
from engine.experiments.base import RunSpec
from engine.experiments.recipes import COMPARISONS
from engine.experiments.runs.results import GROUP, RESULTS, RUN, load_results
from engine.experiments.sweeps.sweep import outcomes, run_work, select_specs
from engine.experiments.sweeps.workers import open_workers

MAX_CELLS = 100
ROUNDING = 0.02  # another processor rounds otherwise, and a long training makes more of it


@dataclasses.dataclass(frozen=True)
class Range:
    """What a cell's shipped runs span: smallest and largest held-out loss and, where they solved, number of updates."""

    loss: tuple[float, float]
    solved_step: tuple[float, float] | None
    solved: int
    runs: int

    def holds(self, row: JsonObject, evaluate_every: int) -> bool:
        """Return whether a run lies inside, up to rounding and one measurement earlier or later."""
        if row["is_solved"]:
            low, high = self.solved_step or (float("inf"), float("-inf"))
            return low - evaluate_every <= row["solved_step"] <= high + evaluate_every
        if self.solved == self.runs:
            return False
        low, high = self.loss
        return low * (1 - ROUNDING) <= row["loss"] <= high * (1 + ROUNDING)


@dataclasses.dataclass(frozen=True)
class Checked:
    """One run made again.

    Attributes:
        is_new: a seed that is not among the shipped ones. It lies inside the range of n others with a chance of (n - 1)
            / (n + 1).
        is_inside: whether it lies inside the shipped range.
    """

    spec: RunSpec
    is_new: bool
    is_inside: bool
    row: JsonObject
    shipped: Range
    message: str


def check_cells(
    recipe_name: str,
    count: int,
    output: Path | str | None = None,
    only: str = "",
    workers: int | None = None,
    draw: int | None = None,
) -> Iterator[Checked]:
    """Run `count` finished cells again, each with one of its own seeds and with a new one, and yield how they compare.

    Args:
        only: cells to draw from; see `engine.experiments.sweeps.sweep.compare`.
        workers: see `engine.experiments.sweeps.workers.open_workers`.
        draw: decides which cells and seeds are drawn; None leaves it to chance.

    Raises:
        ConfigError: an unknown recipe, or more cells than there are.
        DataError: there is no table, or it cannot be used.
        JobError: a run failed.
    """
    comparison = COMPARISONS.get(recipe_name)
    frame = load_results(recipe_name, output or RESULTS)
    wanted = {tuple(str(getattr(spec, name)) for name in RUN) for spec in select_specs(comparison, only)}
    summaries = frame[frame["kind"] == "summary"]
    if "settings" not in summaries or summaries["settings"].isna().any():
        raise DataError(
            f"The table of {recipe_name} does not say with what settings its runs were made; they cannot be made again."
        )
    mine = [key in wanted for key in zip(*(summaries[name].astype(str) for name in RUN), strict=True)]
    cells = list(summaries[mine].groupby(GROUP, sort=True))
    if not 1 <= count <= min(MAX_CELLS, len(cells)):
        raise ConfigError(f"--check must lie between 1 and {min(MAX_CELLS, len(cells))} (finished cells), not {count}.")
    chance = random.Random(draw)
    again: list[tuple[RunSpec, bool, Range]] = []
    for _, rows in chance.sample(cells, count):
        row = rows.iloc[chance.randrange(len(rows))]
        spec = from_dict(RunSpec, json.loads(row["settings"]))
        again += [
            (spec, False, _range_of(rows)),
            (dataclasses.replace(spec, seed=_new_seed(rows, chance)), True, _range_of(rows)),
        ]
    with open_workers(workers) as crew:
        for number, kind, value in outcomes(crew, [(run_work, (spec,)) for spec, *_ in again]):
            if kind == "failed":
                raise JobError(f"{again[number][0].title}: {value}")
            yield _compared(*again[number], value[0])


def _compared(spec: RunSpec, is_new: bool, shipped: Range, row: JsonObject) -> Checked:
    is_inside = shipped.holds(row, spec.evaluate_every)
    outcome = f"solved after {row['solved_step']:.0f} updates" if row["is_solved"] else f"loss {row['loss']:.4g}"
    low, high = shipped.loss
    span = f"shipped: {shipped.solved} of {shipped.runs} solved it"
    if shipped.solved_step:
        span += f" after {shipped.solved_step[0]:.0f} to {shipped.solved_step[1]:.0f} updates"
    span += f", loss {low:.4g} to {high:.4g}"
    seed = "new seed" if is_new else "its own seed"
    return Checked(
        spec,
        is_new,
        is_inside,
        row,
        shipped,
        f"{spec.title} ({seed}): {outcome}; {span}: {'inside' if is_inside else 'OUTSIDE'}",
    )


def _range_of(rows: pd.DataFrame) -> Range:
    solved = rows[rows["is_solved"].astype(bool)]["solved_step"].astype(float)
    steps = (float(solved.min()), float(solved.max())) if len(solved) else None
    return Range((float(rows["loss"].min()), float(rows["loss"].max())), steps, len(solved), len(rows))


def _new_seed(rows: pd.DataFrame, chance: random.Random) -> int:
    return chance.choice([seed for seed in range(100, 200) if seed not in set(rows["seed"])])
