"""Finished comparisons as data frames: read, averaged over seeds, and put into words. Pandas only, no torch.

"Spread" is always the smallest and largest value over the seeds.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet

from engine.errors import DataError

RESULTS = Path(__file__).resolve().parents[2] / "data" / "results"
SCHEMA = 2  # 1 had no equal hidden sizes, no trials of learning rates, and elapsed time by the clock on the wall
COLUMNS = (
    "schema", "kind", "task", "architecture", "length", "equal", "seed", "step", "loss", "accuracy", "elapsed_seconds", "commit",
    "hardware", "torch", "date",
)  # fmt: skip
WHOLE_NUMBERS = (
    "schema", "length", "seed", "hidden_size", "parameters", "formula_parameters", "layer_parameters", "step", "updates", "max_steps",
    "solved_step", "batch_size", "memory_bytes", "position", "cores",
)  # fmt: skip
GROUP = ["task", "architecture", "length", "equal"]
NAMES = ("rnn", "irnn", "lstm", "lstm_chrono", "lstm_stacked", "lstm_bidirectional", "gru", "gru_chrono", "min_gru", "transformer", "average")
ORDER = {name: place for place, name in enumerate(NAMES)}  # the order of charts and tables


def list_results(folder: Path | str = RESULTS) -> list[str]:
    """Return the names of the comparisons whose table lies in `folder`; other tables there are passed over."""
    return [path.stem for path in sorted(Path(folder).glob("*.parquet")) if not _fault(path)]


def load_results(recipe: str = "synthetic", folder: Path | str = RESULTS) -> pd.DataFrame:
    """Return the table of a comparison: rows of kind "summary", "curve", "tuning" and "timing" (see `engine.experiments.sweeps`).

    Raises:
        DataError: there is no such table, it is damaged, it lacks columns, or another version of the code wrote it.
    """
    path = Path(folder) / f"{recipe}.parquet"
    if not path.is_file():
        there = ", ".join(list_results(folder)) or "none"
        raise DataError(f"There are no results called '{recipe}' (there: {there}); run: python -m engine compare --recipe {recipe}.")
    return read_table(path)


def read_table(path: Path) -> pd.DataFrame:
    """Return the table at `path`, architectures in their usual order; raises as `load_results`."""
    fault = _fault(path)
    if fault:
        raise DataError(fault)
    try:
        frame = with_types(pd.read_parquet(path))
    except (OSError, ValueError, TypeError, pyarrow.ArrowException) as error:
        raise DataError(_damaged(path)) from error
    return frame.sort_values("architecture", key=_rank, kind="stable", ignore_index=True)


def with_types(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table with counts as whole numbers and answers as booleans; nullable, as not every row has every column."""
    kinds = {name: "Int64" for name in WHOLE_NUMBERS if name in frame} | ({"is_solved": "boolean"} if "is_solved" in frame else {})
    return frame.astype(kinds)


def tasks(frame: pd.DataFrame) -> list[str]:
    """Return the tasks in the table, sorted."""
    return sorted(_kind(frame, "summary")["task"].unique())


def architectures(frame: pd.DataFrame) -> list[str]:
    """Return the architectures in the table, in their usual order."""
    return sorted(_kind(frame, "summary")["architecture"].unique(), key=_place)


def lengths(frame: pd.DataFrame, task: str) -> list[int]:
    """Return the lengths at which `task` was run, shortest first."""
    rows = _kind(frame, "summary")
    return sorted(int(length) for length in rows[rows["task"] == task]["length"].unique())


def summarise(frame: pd.DataFrame, equal: str = "parameters") -> pd.DataFrame:
    """Return one row per task, architecture and length, with median, mean and spread over the seeds.

    Loss and accuracy are those on held-out sequences at each run's best measurement; a run stops once it has solved the task, so
    between those that did it is `solved_step` that tells them apart. It is over the runs that solved; empty where none did.

    Args:
        equal: what the networks compared have in common, "parameters" or "hidden_size".
    """
    rows = _kind(frame, "summary")
    table = (
        rows[rows["equal"] == equal]
        .groupby(GROUP)
        .agg(
            runs=("seed", "nunique"),
            loss_median=("loss", "median"),
            accuracy_median=("accuracy", "median"),
            loss_mean=("loss", "mean"),
            loss_min=("loss", "min"),
            loss_max=("loss", "max"),
            loss_std=("loss", "std"),
            accuracy_mean=("accuracy", "mean"),
            accuracy_min=("accuracy", "min"),
            accuracy_max=("accuracy", "max"),
            solved_runs=("is_solved", "sum"),
            solved_step_median=("solved_step", "median"),
            solved_step_min=("solved_step", "min"),
            solved_step_max=("solved_step", "max"),
            max_steps=("max_steps", "max"),
            hidden_size=("hidden_size", "first"),
            parameters=("parameters", "first"),
            baseline=("baseline", "first"),
            baseline_accuracy=("baseline_accuracy", "first"),
            seconds_per_step=("seconds_per_step", "median"),
            elapsed_seconds_median=("elapsed_seconds", "median"),
            learning_rate=("learning_rate", "first"),
        )
        .reset_index()
    )
    table["solved_runs"] = table["solved_runs"].astype(int)
    return table.sort_values(["task", "length", "architecture"], key=_rank_architecture, ignore_index=True)


def loss_curves(frame: pd.DataFrame, task: str, length: int, equal: str = "parameters") -> pd.DataFrame:
    """Return held-out loss and accuracy against steps, mean and spread over seeds, one row per architecture and step.

    A run that stopped because it had solved the task keeps its last value until the slowest seed of its architecture stops;
    `running` counts the seeds that were still learning at that step.
    """
    rows = _kind(frame, "curve")
    rows = rows[(rows["task"] == task) & (rows["length"] == length) & (rows["equal"] == equal)]
    curves = []
    for architecture in sorted(rows["architecture"].unique(), key=_place):
        own = rows[rows["architecture"] == architecture]
        table = pd.DataFrame({"architecture": architecture, "step": sorted(own["step"].unique())})
        for metric in ("loss", "accuracy"):
            by_seed = own.pivot_table(index="step", columns="seed", values=metric)
            table["running"] = by_seed.notna().sum(axis=1).to_numpy()
            by_seed = by_seed.ffill()
            for name, values in (("median", by_seed.median(axis=1)), ("mean", by_seed.mean(axis=1)), ("min", by_seed.min(axis=1)), ("max", by_seed.max(axis=1))):
                table[f"{metric}_{name}"] = values.to_numpy()
        curves.append(table)
    if not curves:
        raise DataError(f"The results hold no curves for {task} at length {length}.")
    return pd.concat(curves, ignore_index=True)


def timings(frame: pd.DataFrame) -> pd.DataFrame:
    """Return size and time per step in training by architecture, length and what is held equal.

    `ratio_to_rnn` is the recurrent layer's parameters over the RNN's of the same hidden size (1 : 3 : 4 by formula), empty where
    the hidden sizes differ.
    """
    names = ["architecture", "length", "equal", "hidden_size", "parameters", "formula_parameters", "layer_parameters"]
    rows = _kind(frame, "timing")
    if "mode" in rows:
        rows = rows[rows["mode"].fillna("training") == "training"]
    table = rows[[*names, "batch_size", "seconds_per_step", "seconds_per_streamed_step"]]
    rnn = table[table["architecture"] == "rnn"].drop_duplicates("hidden_size").set_index("hidden_size")["layer_parameters"]
    table = table.assign(ratio_to_rnn=(table["layer_parameters"] / table["hidden_size"].map(rnn)).astype(float))
    return table.sort_values(["equal", "length", "architecture"], key=_rank_architecture, ignore_index=True)


def receipt(frame: pd.DataFrame, recipe: str = "synthetic") -> dict[str, Any]:
    """Return where the numbers come from: commit, machine, versions, dates, seeds, and the command that repeats them."""
    rows = _kind(frame, "summary")

    def all_of(column: str) -> str:
        return ", ".join(sorted({str(value) for value in rows[column]}))

    return {
        "commit": all_of("commit"),
        "hardware": all_of("hardware"),
        "cores": all_of("cores"),
        "torch": all_of("torch"),
        "date": rows["date"].max(),
        "seeds": all_of("seed"),
        "runs": len(rows),
        "elapsed_seconds": float(rows["elapsed_seconds"].sum()),
        "command": f"python -m engine compare --recipe {recipe}",
    }


def learning_rates(frame: pd.DataFrame) -> dict[tuple[str, str], float]:
    """Return the learning rate that the runs of each (task, architecture) used."""
    rows = _kind(frame, "summary").dropna(subset=["learning_rate"])
    return {(row.task, row.architecture): float(row.learning_rate) for row in rows.itertuples()}


@dataclasses.dataclass(frozen=True)
class Finding:
    """One sentence that follows from the rows; `task` is empty where it is about all of them."""

    task: str
    sentence: str


def findings(frame: pd.DataFrame) -> list[Finding]:
    """Return in plain words which architecture solves what, and what a step costs; every number comes from the rows."""
    table = summarise(frame)
    found = [Finding(task, sentence) for task in tasks(frame) for sentence in _about_task(table[table["task"] == task])]
    return found + [Finding("", sentence) for sentence in _about_cost(timings(frame))]


def _about_task(table: pd.DataFrame) -> list[str]:
    by_architecture = sorted(table.groupby("architecture"), key=lambda item: _place(item[0]))
    sentences = [f"{_name(name)}: {_reach(own.sort_values('length'))}" for name, own in by_architecture]
    return [*sentences, _winner_at(table[table["length"] == table["length"].max()])]


def _reach(own: pd.DataFrame) -> str:
    """Say which lengths were solved with every seed, and where only some seeds did it."""
    runs, tried = int(own["runs"].max()), [int(length) for length in own["length"]]
    seeds = f"with all {runs} seeds" if runs > 1 else "with its one seed"
    reached = [int(length) for length in own[own["solved_runs"] == own["runs"]]["length"]]
    partly = own[(own["solved_runs"] > 0) & (own["solved_runs"] < own["runs"])]
    some = "".join(f"; {row.solved_runs} of {row.runs} seeds did at {row.length}" for row in partly.itertuples())
    if reached == tried:
        return f"solved every length tried ({_listing(tried)}) {seeds}."
    if not reached:
        return f"solved none of the lengths {_listing(tried)} {seeds}{some}."
    return f"solved length {_listing(reached)} {seeds}, and not {_listing([n for n in tried if n not in reached])}{some}."


def _winner_at(rows: pd.DataFrame) -> str:
    """Say who wins at one length: the first to solve it, or else the lowest loss; clear only if no spreads touch."""
    at = f"At the longest length, {int(rows['length'].iloc[0])},"
    solvers = rows[rows["solved_runs"] == rows["runs"]].sort_values("solved_step_median")
    if len(solvers) == 1:
        steps = _steps(solvers.iloc[0])
        return f"{at} only the {_name(solvers['architecture'].iloc[0])} solves the task with every seed, after {steps}."
    if len(solvers) > 1:
        times = ", ".join(f"{_name(row['architecture'])} after {_steps(row)}" for _, row in solvers.iterrows())
        first, others = solvers.iloc[0], solvers.iloc[1:]
        is_clear = (others["solved_step_min"] > first["solved_step_max"]).all()
        verdict = f"the {_name(first['architecture'])} first" if is_clear else "with overlapping spreads, so no clear winner"
        return f"{at} {_count(len(solvers))} solve the task with every seed, {verdict}: {times}."
    rows = rows.sort_values("loss_mean")
    best, others = rows.iloc[0], rows.iloc[1:]
    share = rows["loss_mean"] / rows["baseline"]
    if share.min() > 0.95:
        return f"{at} none does better than a guess: the lowest mean loss is {share.min():.0%} of the memoryless one."
    rivals = [_name(name) for name, low in zip(others["architecture"], others["loss_min"], strict=True) if low <= best["loss_max"]]
    lead = f"the {_name(best['architecture'])} has the lowest mean loss ({best['loss_mean']:.3g}, {share.iloc[0]:.0%} of the memoryless one)"
    if rivals:
        return f"{at} {lead}, but the spread over seeds of the {' and the '.join(rivals)} overlaps with it: no clear winner."
    return f"{at} {lead}, and no seed of another comes near."


def _steps(row: pd.Series) -> str:
    low, high = int(row["solved_step_min"]), int(row["solved_step_max"])
    return f"{low} steps" if low == high else f"{row['solved_step_median']:.0f} steps (between {low} and {high})"


def _count(number: int) -> str:
    return {2: "two", 3: "three"}.get(number, str(number))


def _about_cost(table: pd.DataFrame) -> list[str]:
    sentences = []
    same_size = table[table["equal"] == "hidden_size"]
    if not same_size.empty:
        first = same_size.drop_duplicates("architecture")
        ratios = ", ".join(f"{_name(row.architecture)} {row.ratio_to_rnn:.3g}" for row in first.itertuples())
        size = int(first["hidden_size"].iloc[0])
        sentences.append(f"At the same hidden size ({size}) the recurrent layers' parameters stand as {ratios}.")
    same_cost = table[table["equal"] == "parameters"]
    if not same_cost.empty:
        longest = same_cost[same_cost["length"] == same_cost["length"].max()].sort_values("seconds_per_step")
        times = ", ".join(f"{_name(row.architecture)} {1000 * row.seconds_per_step:.2g} ms" for row in longest.itertuples())
        about = round(float(longest["parameters"].mean()), -2)
        sentences.append(
            f"At about {about:,.0f} parameters, one training update at length {int(longest['length'].iloc[0])} takes: {times}."
        )
    return sentences


def _kind(frame: pd.DataFrame, kind: str) -> pd.DataFrame:
    return frame[frame["kind"] == kind]


def _fault(path: Path) -> str:
    """Return in one sentence why the file at `path` is no table of this version's results, "" if it is one."""
    try:
        names = set(pyarrow.parquet.read_schema(path).names)
        schemas = set(pd.read_parquet(path, columns=["schema"])["schema"]) if "schema" in names else {1}
    except (OSError, ValueError, pyarrow.ArrowException):
        return _damaged(path)
    if schemas != {SCHEMA} and names.issuperset(GROUP[:3]):
        found = ", ".join(sorted(str(schema) for schema in schemas)) or "none"
        return f"The table {path.name} has schema {found}, and this version reads schema {SCHEMA}; {_make_anew(path)}."
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        return f"The table {path.name} is not one of results: it lacks the columns {', '.join(missing)}; {_make_anew(path)}."
    return ""


def _damaged(path: Path) -> str:
    return f"The table {path.name} is not one of results: it cannot be read as Parquet, so it is damaged; {_make_anew(path)}."


def _make_anew(path: Path) -> str:
    return f"make it anew with: python -m engine compare --recipe {path.stem}"


def _place(architecture: str) -> int:
    return ORDER.get(architecture, len(ORDER))


def _rank(column: pd.Series) -> pd.Series:
    return column.map(_place)


def _rank_architecture(column: pd.Series) -> pd.Series:
    return _rank(column) if column.name == "architecture" else column


def _name(architecture: str) -> str:
    return architecture.upper()


def _listing(numbers: list[int]) -> str:
    words = [str(number) for number in numbers]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
