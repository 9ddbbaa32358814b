"""How a model fares on the behaviour suite of its task, sentence by sentence: all of them were written for this
project."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from engine.behaviour import read_suite
from engine.errors import ModelError
from engine.inspection.stored.behaviour import COLUMNS
from engine.inspection.stored.model_files import weights_in
from engine.inspection.stored.tables import replace_rows, rows_so_far
from engine.models.folder import LoadedModel
from engine.task_family import TASK_FAMILIES


def add_behaviour(loaded: LoadedModel, table: Path) -> None:
    """Judge a model's answers and put the rows into `table` in place of its older ones.

    Raises:
        DataError: the suite or the table that is there is damaged, or it cannot be written.
        ModelError: there is no suite of its task.
    """
    rows_so_far(table, COLUMNS)
    replace_rows(table, measure_behaviour(loaded), COLUMNS, order=("task", "model"))


def measure_behaviour(loaded: LoadedModel) -> pd.DataFrame:
    """Return one row per case of the suite of a model's task, in the suite's order.

    Raises:
        ModelError: there is no suite of its task.
    """
    judge = TASK_FAMILIES.get(loaded.info.task).judge
    if judge is None:
        raise ModelError(f"There is no behaviour suite for {TASK_FAMILIES.get(loaded.info.task).noun}.")
    suite = read_suite(loaded.info.task)
    rows = [
        {
            "capability": case.capability,
            "test": case.test,
            "domain": case.domain,
            "text": case.text,
            "expected": " | ".join(case.expected),
            "beside": case.beside,
            "answer": judged.answer,
            "score": judged.score,
            "fails": judged.fails,
        }
        for case, judged in zip(suite.cases, judge(loaded, suite.cases), strict=True)
    ]
    facts = {"model": loaded.info.name, "weights": weights_in(loaded.info.path), "task": suite.name}
    return pd.DataFrame(rows).assign(**facts, suite=suite.digest, title=suite.title)
