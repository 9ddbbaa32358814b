"""Published figures of tasks with long dependencies beside our own. Pandas only, no torch.

Every figure has its source and a mark that says how it was read; only those read at the source are facts here.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from engine.config import JsonObject
from engine.errors import DataError
from engine.experiments.findings.aggregates import OVER_SEEDS
from engine.experiments.runs import results
from engine.experiments.runs.task_facts import task_title
from engine.plotting.theme import architecture_in_text

PUBLISHED = Path(__file__).resolve().parents[3] / "data" / "results" / "published_long_dependencies.csv"
READ, SECOND_HAND, REMEMBERED = "R", "S", "M"
MARKS = {READ: "read at the source", SECOND_HAND: "read second-hand", REMEMBERED: "as remembered, not checked"}
MEASURES = {
    "loss": "loss (mean squared error, or nats per step)",
    "accuracy_percent": "right answers (%)",
    "sequences": "sequences until solved",
    "nats_per_frame": "nats per frame",
    "words": "what was found",
}
COLUMNS = "source place mark task setting length measure architecture label value shown our_task difference".split()
BESIDE = ("ours", "our_length", "our_parameters", "our_runs", "is_same_length")


def published(path: Path = PUBLISHED) -> pd.DataFrame:
    """Return the published figures, one a row, each with `source`, `position` (where in it), and `mark`.

    `value` is the number, `shown` how it is written there; `our_task` is the task of ours that is the same, or next of
    kin, or "".

    Raises:
        DataError: the file is missing or damaged, or a row lacks its source or its mark.
    """
    try:
        table = pd.read_csv(
            path,
            dtype={"shown": str, "architecture": str, "our_task": str},
            keep_default_na=False,
            na_values={"length": [""], "value": [""]},
        )
    except (OSError, ValueError) as problem:
        raise DataError(f"The published figures cannot be read from {path.name}: {problem}.") from problem
    missing = [name for name in COLUMNS if name not in table]
    if missing:
        raise DataError(f"{path.name} lacks the columns {', '.join(missing)}.")
    unmarked = table[
        (table["source"].str.strip() == "") | (table["place"].str.strip() == "") | ~table["mark"].isin(MARKS)
    ]
    if len(unmarked):
        raise DataError(
            f"{path.name}, line {unmarked.index[0] + 2}: a figure needs its source, its place there, and one of the "
            f"marks {', '.join(MARKS)}."
        )
    return table


def our_medians(frame: pd.DataFrame) -> pd.DataFrame:
    """Return medians over the seeds of our runs at equal parameters: one row per task, architecture and length."""
    rows = results.rows_with(frame, kind="summary", equal="parameters")
    rows = rows.assign(
        accuracy_percent=100 * rows["accuracy"].astype(float),
        sequences=rows["solved_step"].astype(float) * rows["batch_size"].astype(float),
        loss=rows["loss"].astype(float).fillna(np.inf),  # one that diverged counts as worse than any other
    )
    names = {name: (name, OVER_SEEDS.middle) for name in ("loss", "accuracy_percent", "sequences")}
    solved = {"runs": ("seed", "nunique"), "solved_runs": ("is_solved", "sum")}
    same = {name: (name, "first") for name in ("parameters", "max_steps", "batch_size")}
    medians = rows.groupby(["task", "architecture", "length"]).agg(**names, **solved, **same)
    return medians.replace(np.inf, np.nan).reset_index()


def beside_ours(figures: pd.DataFrame, ours: pd.DataFrame) -> pd.DataFrame:
    """Return the published figures with our own beside them, where the same task was run: at the same length, or the
    nearest one.

    Added: `ours` (the same measure, median over the seeds; empty where there is none), `our_length`, `our_parameters`,
    `our_runs`, `is_same_length`.
    """
    found = [_nearest(figure, ours) for figure in figures.to_dict("records")]
    return figures.assign(**{name: [match.get(name) for match in found] for name in BESIDE})


def literature_table(frame: pd.DataFrame, is_all: bool, also: tuple[str, ...] = ()) -> pd.DataFrame:
    """Return `beside_ours` for a table of results, and for other tables of results by name where they are nearer in
    length.

    Args:
        is_all: also the figures that were not read at their source.
    """
    tables = [frame, *map(results.load_results, also)]
    ours = pd.concat(map(our_medians, tables), ignore_index=True)
    figures = published()
    return beside_ours(figures if is_all else figures[figures["mark"] == READ], ours)


def comparison_sentence(table: pd.DataFrame) -> str:
    """Return how many published figures there are and how many of ours stand beside them, at what lengths."""
    beside = table[table["ours"].notna()]
    same = int(beside["is_same_length"].astype(bool).sum())
    words = (
        f"{len(table)} published figures; beside {len(beside)} of them stands one of ours, {same} of these at the "
        "same length."
    )
    pairs = beside[beside["is_same_length"].astype(bool) & (beside["measure"] == "loss")]
    parts = [
        f"{row['label']} on {row['task'].lower()} {row['length']:,.0f}: {row['shown']} published, {row['ours']:.3g} "
        "here"
        for _, row in pairs.iterrows()
    ]
    return f"{words} {'; '.join(parts)}{'.' if parts else ''}".strip()


def beside_published_sentence(also: Sequence[str]) -> str:
    """Return how our architectures without a published figure did in the tables named, which repeat a published
    setting; "" without."""
    if not also:
        return ""
    known = {(row.our_task, row.length, row.architecture) for row in published().itertuples()}
    settings = {(task, length) for task, length, _ in known}
    ours = pd.concat([our_medians(results.load_results(name)) for name in also], ignore_index=True)
    parts = [
        f"{architecture_in_text(row.architecture)} on {task_title(row.task).lower()} {row.length:,}: {row.loss:.3g}, "
        f"solved by {row.solved_runs} of {row.runs} seeds"
        for row in ours.itertuples()
        if (row.task, row.length) in settings and (row.task, row.length, row.architecture) not in known
    ]
    return f"In the same setting, without a published figure: {'; '.join(parts)}." if parts else ""


def _nearest(figure: JsonObject, ours: pd.DataFrame) -> JsonObject:
    """Return our figure for a published one, from the length that is nearest as a ratio."""
    if figure["measure"] not in ours:
        return {}
    own = results.rows_with(ours, task=figure["our_task"], architecture=figure["architecture"])
    own = own[own[figure["measure"]].notna()]
    if own.empty or np.isnan(figure["length"]):
        return {}
    row = own.iloc[int(np.argmin(np.abs(np.log(own["length"].astype(float) / figure["length"]))))]
    sizes = {f"our_{name}": int(row[name]) for name in ("length", "parameters", "runs")}
    is_same_length = sizes["our_length"] == int(figure["length"])
    return {"ours": float(row[figure["measure"]]), **sizes, "is_same_length": is_same_length}
