"""What it means: a map of who solves what, and a handful of findings, each with the way to the chart that shows it."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from engine.experiments.findings.sentences import findings, solved_map
from engine.experiments.runs.task_facts import task_title
from engine.plotting.comparison.comparisons import map_sentence, solved_dots
from engine.plotting.figure import Figure
from engine.plotting.theme import Mode
from pages.components.comparison.context import ComparisonContext
from pages.components.comparison.receipts import receipt
from pages.components.controls.buttons import button
from pages.components.drawing import figures, notices


def show(context: ComparisonContext) -> None:
    """Draw the findings and the map."""
    found = context.ask(findings, context.matched_by)
    for finding in found:
        with st.container(horizontal=True, vertical_alignment="top", key=f"finding-{finding.name}"):
            notices.explain(f"**{notices.plain(finding.title)}:** {notices.plain(finding.sentence)}")
            button(
                "Show the runs",
                f"show-{finding.name}",
                _go,
                context,
                finding.view,
                icon="arrow_upward",
                type="tertiary",
            )
    if not found:
        notices.note("The table holds too few runs to say anything in general.")
    st.caption(
        "Each sentence is worked out from the rows. The rule is the same everywhere: the first to solve a task wins, "
        "by the median number of updates over the seeds; where nobody solves it, the lowest median loss; where the "
        "ranges over the seeds overlap, nobody."
    )
    notices.explain("**Who solves what.** Each row is a task at one length, each column an architecture.")
    table = context.ask(solved_map, context.matched_by)
    figures.show(
        context.figure(_draw, context.matched_by, figures.mode()),
        name="solved-map",
        alt=map_sentence(table),
        table=table,
        receipt=receipt(context, solved_map, context.matched_by),
        on_click=partial(_open_task, context),
    )


def _draw(frame: pd.DataFrame, matched_by: str, mode: Mode) -> Figure:
    table = solved_map(frame, matched_by)
    return solved_dots(table, mode=mode, titles={task: task_title(task) for task in table["task"].unique()})


def _go(context: ComparisonContext, view: tuple[tuple[str, str], ...]) -> None:
    for name, value in view:
        context.controls.set(name, value)


def _open_task(context: ComparisonContext, position: list) -> None:
    context.controls.set("task", position[0])
