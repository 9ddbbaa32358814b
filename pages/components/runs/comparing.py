"""Several runs side by side: their curves in one chart, and the settings in which they differ."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from engine.plotting.runs import run_measure
from engine.runs import Run
from engine.runs.differences import settings_table
from engine.task_family import TASK_FAMILIES
from engine.wording import counted
from pages.components.drawing import figures
from pages.components.shell import header
from pages.components.watching import run_curves


def show(found: Sequence[Run], x: str) -> None:
    """Draw the curves of runs, what can be said of each, and how they differ."""
    drawn = run_curves.read(found)
    run_curves.show_losses(found, drawn, x)
    tasks = {run.task for run in found}
    watched = TASK_FAMILIES.get(tasks.pop()).watched if len(tasks) == 1 else None
    if watched is not None:
        figures.show(
            run_measure(drawn, watched.metric.name, title=watched.metric.words, mode=figures.mode(), x=x),
            name="runs-measure",
            alt=f"{watched.metric.words} over the updates, of {counted(len(drawn), 'run')}.",
        )
    run_curves.show_advice(found, drawn)
    header.section("Settings", "Those in which these runs differ come first, marked ≠.")
    table = settings_table(found)
    count = int(table["differs"].sum())
    table.insert(0, "", ["≠" if differs else "" for differs in table.pop("differs")])
    st.caption(f"They differ in {counted(count, 'setting')}." if count else "They differ in nothing.")
    figures.show_table(table, name="runs-settings")
