"""The trials by which learning rates were chosen: how much the choice matters to each architecture. Pandas only, no
torch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from engine.experiments.findings.aggregates import in_order
from engine.experiments.runs.results import rows_with
from engine.plotting.curves import in_legend_order
from engine.plotting.theme import architecture_in_text
from engine.wording import listing

WHERE = ["task", "architecture", "length"]
NAMES = [*WHERE, "learning_rate", "validation_loss", "seed"]


def all_trials(frame: pd.DataFrame) -> pd.DataFrame:
    """Return every trial of a table of results, one a row, and whether its rate was chosen (`is_chosen`); empty
    without.

    `validation_loss` is the lowest of the trial's measurements, infinite where the training diverged; `solved_after`
    are the updates until a trial stopped because its task was solved, NaN elsewhere. Who solves first is chosen,
    otherwise the lowest loss.
    """
    rows = rows_with(frame, kind="tuning")
    if rows.empty or not set(NAMES) <= set(rows.columns):
        return pd.DataFrame(columns=[*NAMES, "solved_after", "is_chosen"])
    is_solved = rows["reason"] == "solved" if "reason" in rows else pd.Series(False, index=rows.index)
    losses = rows["validation_loss"].astype(float).fillna(np.inf)
    rows = rows[NAMES].assign(validation_loss=losses, solved_after=rows["step"].astype(float).where(is_solved))
    best = rows.sort_values(["solved_after", "validation_loss"], kind="stable").drop_duplicates(WHERE).index
    return in_order(rows.assign(is_chosen=rows.index.isin(best)), "task", "length")


def trial_lengths(frame: pd.DataFrame, task: str) -> tuple[int, ...]:
    """Return the lengths at which learning rates were tried on a task, shortest first."""
    return tuple(sorted({int(length) for length in rows_with(all_trials(frame), task=task)["length"]}))


def rate_trials(frame: pd.DataFrame, task: str, length: int, architectures: Sequence[str] = ()) -> pd.DataFrame:
    """Return the trials on a task at one length, of all architectures or some, the rates of each in rising order."""
    mine = rows_with(all_trials(frame), architectures, task=task, length=length)
    return in_order(mine.sort_values("learning_rate", kind="stable"))


def sensitivity_sentence(trials: pd.DataFrame, baseline: float | None = None) -> str:
    """Return to which architectures the choice matters least and most, from the loss at their best rate to that at
    their worst.

    Args:
        baseline: the loss of a guess without memory; who gets below it at no rate is named apart.
    """
    losses = trials.groupby("architecture", sort=False)["validation_loss"].agg(["min", "max"])
    losses = losses.assign(spread=losses["max"] - losses["min"]).sort_values("spread", kind="stable")
    is_idle = losses["min"] >= (np.inf if baseline is None else baseline)
    whole = losses[np.isfinite(losses["max"]) & ~is_idle]
    told = []
    if len(whole) >= 2:
        least, most = (
            f"{architecture_in_text(name)} ({row['min']:.3g} at its best rate, {row['max']:.3g} at its worst)"
            for name, row in whole.iloc[[0, -1]].iterrows()
        )
        told.append(f"The choice matters least to {least} and most to {most}.")
    broken = [
        f"{architecture_in_text(name)} at {listing([f'{rate:g}' for rate in own['learning_rate']])}"
        for name, own in trials[np.isinf(trials["validation_loss"])].groupby("architecture", sort=False)
    ]
    if broken:
        told.append(f"Training diverged with {listing(broken, ', and ')}.")
    if is_idle.any():
        idle = [architecture_in_text(name) for name in in_legend_order(losses.index[is_idle])]
        told.append(f"At none of the rates did {listing(idle)} get below a guess within a trial.")
    return " ".join(told)
