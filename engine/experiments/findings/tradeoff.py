"""Errors against what they cost, and which architectures are on the Pareto front. Pandas only, no torch."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from engine.experiments.findings.aggregates import in_order, medians_and_ranges, summaries
from engine.experiments.runs.results import rows_with
from engine.plotting.curves import in_legend_order
from engine.plotting.theme import architecture_in_text

PARAMETERS, PER_UPDATE, IN_ALL = "parameters", "seconds per update", "seconds in all"


def tradeoff(
    frame: pd.DataFrame, equal: str, task: str, length: int, cost: str, architectures: Sequence[str] = ()
) -> pd.DataFrame:
    """Return one row per architecture, of all or some: median and range of error and cost over the seeds, and whether
    it is on the front.

    Cost is the number of parameters, the processor seconds of one update, or those of the whole training: until the
    task was solved, or the budget used up. On the front is who has no other with both a lower error and a lower cost
    (or one lower, the other equal).
    """
    rows = rows_with(summaries(frame, equal, task), architectures, length=length)
    per_update = rows["seconds_per_step"].astype(float)
    values = {
        PARAMETERS: rows["parameters"].astype(float),
        PER_UPDATE: per_update,
        IN_ALL: per_update * rows["step"].astype(float),
    }[cost]
    rows = rows.assign(cost=values)
    groups = rows.groupby("architecture")
    parts = {"runs": groups["seed"].nunique(), "solved_runs": groups["is_solved"].sum().astype(int)}
    for name in ("cost", "error"):
        parts |= medians_and_ranges(rows, name, ["architecture"])
    table = pd.DataFrame(parts).reset_index()
    return in_order(table.assign(is_on_front=pareto_front(table["cost_median"], table["error_median"])))


def pareto_front(costs: pd.Series, errors: pd.Series) -> list[bool]:
    """Return for each point whether no other is at least as good in both and better in one."""
    costs, errors = costs.fillna(float("inf")), errors.fillna(float("inf"))  # of networks that diverged
    order = sorted(range(len(costs)), key=lambda position: (costs.iloc[position], errors.iloc[position]))
    is_on_front, lowest, cost_of_lowest = [False] * len(costs), float("inf"), float("nan")
    for position in order:
        cost, error = costs.iloc[position], errors.iloc[position]
        is_twin = error == lowest and cost == cost_of_lowest
        is_on_front[position] = error < lowest or is_twin
        if error < lowest:
            lowest, cost_of_lowest = error, cost
    return is_on_front


def front_sentence(table: pd.DataFrame) -> str:
    """Return who is on the front, from cheapest to best."""
    front = table[table["is_on_front"]].sort_values("cost_median")
    names = [architecture_in_text(name) for name in front["architecture"]]
    others = [architecture_in_text(name) for name in in_legend_order(table[~table["is_on_front"]]["architecture"])]
    if len(names) == 1:
        end = f" None of the others ({', '.join(others)}) is cheaper or makes fewer errors." if others else ""
        return f"The {names[0]} is cheapest and makes the fewest errors.{end}"
    end = f" For each of {', '.join(others)} another costs no more and errs no more." if others else ""
    return f"On the front, from the cheapest to the one with the fewest errors: {', '.join(names)}.{end}"
