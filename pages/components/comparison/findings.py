"""What it means: a map of who solves what, and a handful of findings, each with the way to the chart that shows it."""

from __future__ import annotations

from functools import partial

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from engine.experiments.findings import findings, solved_map
from engine.experiments.task_facts import task_title
from engine.plotting.comparisons import map_sentence, solved_dots
from engine.plotting.theme import Mode
from pages.components import figures, notices
from pages.components.comparison.desk import Desk
from pages.components.comparison.receipts import receipt
from pages.components.header import TEXT_WIDTH


def show(desk: Desk) -> None:
    """Draw the findings and the map."""
    found = desk.ask(findings, desk.equal)
    for finding in found:
        with st.container(horizontal=True, vertical_alignment="top", key=f"finding-{finding.name}"):
            st.markdown(f"**{notices.plain(finding.title)}:** {notices.plain(finding.sentence)}", width=TEXT_WIDTH)
            st.button(
                "Show the runs",
                key=f"show-{finding.name}",
                type="tertiary",
                icon=":material/arrow_upward:",
                on_click=_go,
                args=(desk, finding.view),
            )
    if not found:
        notices.note("The table holds too few runs to say anything in general.")
    st.caption(
        "Each sentence is worked out from the rows. The rule is the same everywhere: the first to solve a task wins, "
        "by the median "
        "number of updates over the seeds; where nobody solves it, the lowest median loss; where the ranges over the "
        "seeds touch, nobody."
    )
    st.markdown("**Who solves what.** Each row is a task at one length, each column an architecture.", width=TEXT_WIDTH)
    table = desk.ask(solved_map, desk.equal)
    figures.show(
        desk.figure(_draw, desk.equal, figures.mode()),
        name="solved-map",
        alt=map_sentence(table),
        table=table,
        receipt=receipt(desk, "findings", f"solved_map(frame, {desk.equal!r})"),
        on_click=partial(_open_task, desk),
    )


def _draw(frame: pd.DataFrame, equal: str, mode: Mode) -> go.Figure:
    table = solved_map(frame, equal)
    return solved_dots(table, mode=mode, titles={task: task_title(task) for task in table["task"].unique()})


def _go(desk: Desk, view: tuple[tuple[str, str], ...]) -> None:
    for name, value in view:
        desk.controls.set(name, value)


def _open_task(desk: Desk, place: list) -> None:
    desk.controls.set("task", place[0])
