"""Where every architecture stands on a task: median and range over the seeds. Pandas only, no torch.

"Range" is always from the smallest to the largest value over the seeds. Networks are compared within one kind of
equality: about the same number of parameters, or the same hidden size.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import pandas as pd

from engine.aggregation import MEDIAN_AND_RANGE
from engine.errors import DataError
from engine.experiments.runs.results import MEASURED, RUN, rows_with
from engine.experiments.runs.task_facts import LEFT, LOSS, WRONG, task_facts
from engine.plotting.curves import in_legend_order
from engine.plotting.theme import architecture_in_text

EQUALITIES = ("parameters", "hidden_size")
JUDGED = "max_steps is_solved solved_step baseline baseline_accuracy learning_rate batch_size seconds_per_step".split()
NEEDED = ["kind", *RUN, *MEASURED, *JUDGED, "hidden_size", "parameters"]
OVER_SEEDS = MEDIAN_AND_RANGE  # what the charts draw of several runs, and what is said of them
KEYS = ["equal", "task", "length", "architecture"]
SUMMED_UP = ("error", "loss", "accuracy", "updates")


@dataclasses.dataclass(frozen=True)
class Contents:
    """What a table of results holds.

    Attributes:
        architectures: in the order of legends.
        lengths: by what is held equal and task, shortest first.
    """

    equalities: tuple[str, ...]
    tasks: dict[str, tuple[str, ...]]
    architectures: tuple[str, ...]
    lengths: dict[tuple[str, str], tuple[int, ...]]


def contents(frame: pd.DataFrame) -> Contents:
    """Return which tasks, architectures and lengths were run, and with what held equal.

    Raises:
        DataError: the table lacks columns, or holds no finished runs.
    """
    missing = [name for name in NEEDED if name not in frame]
    if missing:
        raise DataError(
            f"The table of results lacks the columns {', '.join(missing)}; python -m engine compare --recipe RECIPE "
            "makes a whole one."
        )
    rows = frame[frame["kind"] == "summary"]
    if rows.empty:
        raise DataError(
            "The table of results holds no finished runs; python -m engine compare --recipe RECIPE makes some."
        )
    there = rows[["equal", "task", "length"]].drop_duplicates()
    lengths = {
        (str(equal), str(task)): tuple(sorted(int(length) for length in own["length"]))
        for (equal, task), own in there.groupby(["equal", "task"])
    }
    equalities = tuple(name for name in EQUALITIES if name in set(there["equal"]))
    tasks = {
        name: tuple(sorted({task for equal, task in lengths if equal == name}, key=_task_order)) for name in equalities
    }
    return Contents(equalities, tasks, tuple(in_legend_order(rows["architecture"])), lengths)


def summaries(frame: pd.DataFrame, equal: str, task: str | None = None) -> pd.DataFrame:
    """Return one row per run at this kind of equality, with its `error` as the charts of its task count it.

    A run that diverged before its first measurement has an infinite `loss` and `error`, so that it counts as worse than
    any other.
    """
    rows = rows_with(frame, kind="summary", equal=equal, **({} if task is None else {"task": task}))
    if rows.empty:
        raise DataError(_no_runs(equal, task))
    errors = [error_of(own, task_facts(name).measure) for name, own in rows.groupby("task")]
    has_diverged = rows["loss"].isna()
    return rows.assign(
        error=pd.concat(errors).mask(has_diverged, math.inf),
        loss=rows["loss"].astype(float).mask(has_diverged, math.inf),
        has_diverged=has_diverged,
    )


def error_of(rows: pd.DataFrame, measure: str) -> pd.Series:
    """Return each row's error: wrong answers in per cent, the loss in per cent of a guess's, or the loss."""
    if measure == LOSS:
        return rows["loss"].astype(float)
    share = rows["loss"] / rows["baseline"] if measure == LEFT else 1 - rows["accuracy"]
    return 100 * share.astype(float)


def baseline_error(rows: pd.DataFrame, measure: str) -> pd.Series:
    """Return the error of the best answer without memory, by the same measure."""
    if measure == LOSS:
        return rows["baseline"].astype(float)
    if measure == WRONG:
        return 100 * (1 - rows["baseline_accuracy"].astype(float))
    return pd.Series(100.0, index=rows.index)


def aggregate_runs(frame: pd.DataFrame) -> pd.DataFrame:
    """Return one row per equality, task, length and architecture: medians, ranges, and how many runs solved it and
    when.

    One table for all that is drawn and said of a table of results: made once, it is handed to `standings`,
    `telling_length` and `opening_task`. A run's error is that of its best measurement on held-out
    sequences. `updates_*` count the updates until the task was solved. A run that never solved it, or that diverged
    (`diverged_runs`), counts in the median as worse than any other, and a median that falls on such a run is empty;
    smallest and largest are of the others.

    Raises:
        DataError: there are no finished runs.
    """
    there = contents(frame)
    rows = pd.concat([summaries(frame, equal) for equal in there.equalities], ignore_index=True)
    baselines = [baseline_error(own, task_facts(name).measure) for name, own in rows.groupby("task")]
    rows = rows.assign(
        baseline_error=pd.concat(baselines),
        updates=rows["solved_step"].astype(float).fillna(math.inf),
        training_seconds=(rows["seconds_per_step"] * rows["step"]).astype(float),
    )
    groups = rows.groupby(KEYS)
    parts = {
        "runs": groups["seed"].nunique(),
        "solved_runs": groups["is_solved"].sum().astype(int),
        "diverged_runs": groups["has_diverged"].sum().astype(int),
    }
    for name in SUMMED_UP:
        parts |= medians_and_ranges(rows, name, KEYS)
    for name in ("max_steps", "hidden_size", "parameters", "learning_rate", "baseline", "baseline_error"):
        parts[name] = groups[name].first()
    for name in ("seconds_per_step", "training_seconds"):
        parts[name] = groups[name].agg(OVER_SEEDS.middle)
    return in_order(pd.DataFrame(parts).reset_index(), *KEYS[:-1])


def standings(aggregates: pd.DataFrame, equal: str, task: str) -> pd.DataFrame:
    """Return the rows of one task out of `aggregate_runs`, by length and architecture.

    Raises:
        DataError: there are no such runs.
    """
    rows = rows_with(aggregates, equal=equal, task=task)
    if rows.empty:
        raise DataError(_no_runs(equal, task))
    return rows.drop(columns=["equal", "task"]).reset_index(drop=True)


def medians_and_ranges(rows: pd.DataFrame, name: str, by: Sequence[str]) -> dict[str, pd.Series]:
    """Return `<name>_median`, `<name>_min` and `<name>_max` per group: infinite values count in the median, which is
    then empty."""
    values = rows[name].astype(float)
    keys = [rows[key] for key in by]
    middle, *ends = OVER_SEEDS.functions
    all_values, finite = values.groupby(keys).agg(middle), values.mask(values == math.inf).groupby(keys)
    found = {f"{name}_{middle}": all_values.mask(all_values == math.inf)}
    return found | {f"{name}_{end}": finite.agg(end) for end in ends}


def divergence_sentence(table: pd.DataFrame) -> str:
    """Return which architectures diverged at which lengths of `standings`, with how many seeds; "" where none did."""
    rows = table[table["diverged_runs"] > 0]
    parts = [
        f"{architecture_in_text(row.architecture)} with {row.diverged_runs} of {row.runs} seeds at length "
        f"{row.length:,}"
        for row in rows.itertuples()
    ]
    return (
        f"Diverged before the first measurement: {'; '.join(parts)}. Such a run counts as worse than any other."
        if parts
        else ""
    )


def in_order(table: pd.DataFrame, *first: str) -> pd.DataFrame:
    """Return the table sorted by `first`, then by architecture in the order of legends; rows that are equal in this
    keep theirs."""
    order = {name: position for position, name in enumerate(in_legend_order(table["architecture"]))}
    positions = table["architecture"].map(order)
    table = table.assign(position=positions).sort_values([*first, "position"], kind="stable", ignore_index=True)
    return table.drop(columns="position")


def telling_length(aggregates: pd.DataFrame, equal: str, task: str, architectures: Sequence[str] = ()) -> int:
    """Return the length at which the median errors lie furthest apart; the longest of several."""
    table = rows_with(standings(aggregates, equal, task), architectures)
    errors = table.groupby("length")["error_median"]
    spread = (errors.max() - errors.min()).round(3)
    return int(spread[spread == spread.max()].index.max())


def opening_task(aggregates: pd.DataFrame, equal: str) -> str:
    """Return the task that asks for memory on which gates are worth most: where the LSTM's error lies furthest below
    the plain RNN's at some length, in shares of the error of a guess; the first of several.

    A comparison that lacks one of the two opens with its first task.
    """
    names = sorted(set(aggregates[aggregates["equal"] == equal]["task"]), key=_task_order)
    memory = [name for name in names if task_facts(name).family == "memory"]
    return max(memory or names, key=lambda task: gain_of_gates(aggregates, equal, task))


def gain_of_gates(aggregates: pd.DataFrame, equal: str, task: str) -> float:
    """Return how far the LSTM's median error lies below the plain RNN's at best over the lengths, as a share of the
    error of a guess: 1 where the RNN only guesses and the LSTM is perfect; an error above a guess's counts as that."""
    table = standings(aggregates, equal, task)
    shares = (table["error_median"] / table["baseline_error"]).fillna(1.0).clip(upper=1.0)
    by = table.assign(share=shares).pivot(index="length", columns="architecture", values="share")
    return float((by["rnn"] - by["lstm"]).max()) if {"rnn", "lstm"} <= set(by) else 0.0


def _no_runs(equal: str, task: str | None) -> str:
    return f"The results hold no runs of {task or 'any task'} at equal {equal.replace('_', ' ')}."


def _task_order(name: str) -> tuple[int, str]:
    return {"memory": 0, "structure": 1, "real": 2}.get(task_facts(name).family, 3), name
