"""Several runs side by side: their curves in one chart, and the settings in which they differ."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from engine import runs
from engine.plotting.runs import RunCurves, describe_losses, run_losses, run_measure
from engine.runs import Run
from engine.runs.advice import advice
from engine.runs.differences import settings_table, titles
from engine.task_family import TASK_FAMILIES
from engine.wording import counted
from pages.components import figures, header, notices
from pages.components.figures import Receipt


def show(found: Sequence[Run], x: str) -> None:
    """Draw the curves of runs, what can be said of each, and how they differ."""
    curves = [runs.metrics(run.folder) for run in found]
    drawn = [
        RunCurves(title, run.architecture, each.steps, each.evaluations)
        for run, title, each in zip(found, titles(found), curves, strict=True)
    ]
    look = {"mode": figures.mode(), "x": x}
    figures.show(
        run_losses(drawn, **look),
        name="runs-losses",
        alt=describe_losses(drawn),
        table=lambda: _table(drawn),
        receipt=_receipt(found),
    )
    tasks = {run.task for run in found}
    watched = TASK_FAMILIES.get(tasks.pop()).watched if len(tasks) == 1 else None
    if watched is not None:
        figures.show(
            run_measure(drawn, watched.metric.name, title=watched.metric.words, **look),
            name="runs-measure",
            alt=f"{watched.metric.words} over the updates, of {counted(len(drawn), 'run')}.",
        )
    for run, title, each in zip(found, titles(found), curves, strict=True):
        for sentence in advice(each, run.max_steps, not run.is_active):
            notices.note(f"{title}. {sentence}")
    header.section("Settings", "Those in which these runs differ come first, marked ≠.")
    table = settings_table(found)
    count = int(table["differs"].sum())
    table.insert(0, "", ["≠" if differs else "" for differs in table.pop("differs")])
    st.caption(f"They differ in {counted(count, 'setting')}." if count else "They differ in nothing.")
    figures.show_table(table, name="runs-settings")


def _table(drawn: Sequence[RunCurves]) -> pd.DataFrame:
    parts = [run.evaluations.assign(run=run.label) for run in drawn if len(run.evaluations)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"step": []})


def _receipt(found: Sequence[Run]) -> Receipt:
    folders = ", ".join(f"'own-{run.id}'" for run in found)
    return Receipt(
        python="from pathlib import Path\n\nfrom engine import runs\n\n"
        f"for folder in ({folders},):\n    print(runs.metrics(Path(folder)).evaluations.to_string())",
        data=", ".join(dict.fromkeys(str(run.data.get("sentence", "")) for run in found)),
        note="metrics.jsonl and recipe.json lie in the folder of each run.",
    )
