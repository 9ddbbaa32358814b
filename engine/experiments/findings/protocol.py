"""The rules of a comparison, read off its rows: budgets, seeds, learning rates, and how equal the networks are. Pandas
only.

What is written on the page is what was done: nothing here comes from a recipe.
"""

from __future__ import annotations

import dataclasses
import json

import pandas as pd

from engine.config import JsonObject
from engine.experiments.findings.aggregates import in_order, summaries
from engine.experiments.findings.rate_trials import all_trials

STOPPING_RULE = (
    "A run has solved its task at the first measurement at which both the validation and the held-out sequences meet "
    "the task's definition of solved, and stops there, unless the task is one where networks go on getting better. "
    "Otherwise it stops when its updates are used up, or when a gradient is no longer finite, and is judged at the "
    "measurement with the lowest loss on validation sequences."
)


@dataclasses.dataclass(frozen=True)
class Protocol:
    """What was held equal and what was chosen.

    Attributes:
        learning_rates: the grid, smallest first.
        is_tuned: whether the rows hold the trials on validation sequences by which the rates were chosen.
        at_edges: how many of the chosen rates are the smallest of the grid, and how many the largest; a wider grid
            might serve those better.
        is_tuned_at_each_length: whether the rate was chosen anew at every length that was run.
        budgets: per task: `lengths`, `max_steps`, `batch_size`, `seeds` (fewest to most per architecture and length).
        matching: per task and architecture: `hidden_size`, `parameters` and the difference to the middle of the task's
            networks in per cent, over the lengths the largest.
        trials: the grid trials that were stored; empty without.
        largest_difference_percent: the largest of all matching differences.
        memory_biases: the tasks whose gates start out at a bias, by bias; empty where the rows do not say.
        max_grad_norms: the lengths that gradients were shortened to; empty where the rows do not say.
    """

    equal: str
    runs: int
    learning_rates: tuple[float, ...]
    is_tuned: bool
    budgets: pd.DataFrame
    matching: pd.DataFrame
    trials: pd.DataFrame
    largest_difference_percent: float
    memory_biases: dict[float, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    max_grad_norms: tuple[float, ...] = ()
    at_edges: tuple[int, int] = (0, 0)
    is_tuned_at_each_length: bool = False


def protocol(frame: pd.DataFrame, equal: str) -> Protocol:
    """Return the rules that the rows at one kind of equality were made by."""
    rows = summaries(frame, equal)
    trials = all_trials(frame)
    rates = trials["learning_rate"] if len(trials) else rows["learning_rate"].dropna()
    chosen = trials[trials["is_chosen"].astype(bool)]["learning_rate"]
    where = ["task", "architecture", "length"]
    matching = _matching(rows)
    return Protocol(
        equal=equal,
        runs=len(rows),
        learning_rates=tuple(sorted({float(rate) for rate in rates})),
        is_tuned=bool(len(trials)),
        budgets=_budgets(rows),
        matching=matching,
        trials=trials,
        largest_difference_percent=float(matching["difference_percent"].abs().max()),
        at_edges=(int((chosen == rates.min()).sum()), int((chosen == rates.max()).sum())),
        is_tuned_at_each_length=set(rows[where].itertuples(index=False, name=None))
        <= set(trials[where].itertuples(index=False, name=None)),
        **_starts(rows),
    )


def _starts(rows: pd.DataFrame) -> JsonObject:
    """Return `memory_biases` and `max_grad_norms`, read off the settings of the runs."""
    if "settings" not in rows:
        return {}
    told = rows[["task", "settings"]].dropna().drop_duplicates()
    tasks: dict[float, dict[str, None]] = {}
    norms = set()
    for task, words in zip(told["task"], told["settings"], strict=True):
        settings = json.loads(words)
        tasks.setdefault(float(settings["memory_bias"]), {})[str(task)] = None
        norms.add(float(settings["max_grad_norm"]))
    return {
        "memory_biases": {bias: tuple(names) for bias, names in sorted(tasks.items())},
        "max_grad_norms": tuple(sorted(norms)),
    }


def _budgets(rows: pd.DataFrame) -> pd.DataFrame:
    seeds = rows.groupby(["task", "length", "architecture"])["seed"].nunique()
    parts = []
    for task, own in rows.groupby("task", sort=False):
        counts = seeds.loc[task]
        parts.append(
            {
                "task": task,
                "lengths": _span_list(own["length"]),
                "max_steps": _span_list(own["max_steps"]),
                "batch_size": _span_list(own["batch_size"]),
                "seeds": str(counts.min()) if counts.min() == counts.max() else f"{counts.min()} to {counts.max()}",
                "architectures": own["architecture"].nunique(),
                "runs": len(own),
            }
        )
    return pd.DataFrame(parts)


def _matching(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the size of every network and its difference to the middle one of its task and length, the largest over
    the lengths."""
    sizes = rows.drop_duplicates(["task", "length", "architecture"])[
        ["task", "length", "architecture", "hidden_size", "parameters", "learning_rate"]
    ]
    middle = sizes.groupby(["task", "length"])["parameters"].transform(lambda counts: (counts.min() + counts.max()) / 2)
    sizes = sizes.assign(difference_percent=100 * (sizes["parameters"].astype(float) / middle.astype(float) - 1))
    worst = sizes.loc[
        sizes.groupby(["task", "architecture"])["difference_percent"].transform(
            lambda own: own.abs() == own.abs().max()
        )
    ]
    worst = worst.drop_duplicates(["task", "architecture"])
    return in_order(worst, "task")


def _span_list(values: pd.Series) -> str:
    return ", ".join(f"{int(value):,}" for value in sorted(values.dropna().unique()))
