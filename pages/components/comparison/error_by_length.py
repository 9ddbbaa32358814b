"""Who remembers: every architecture's error, or its updates until solved, against the length. The chart the page opens
with."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.experiments.findings.aggregates import OVER_SEEDS, divergence_sentence, standings
from engine.experiments.findings.sentences import typical_sentence, verdict_sentence
from engine.experiments.runs.task_facts import LEFT, LOSS, WRONG, TaskFacts, task_facts
from engine.plotting.curves import measure_against_length
from engine.plotting.figure import Figure
from engine.plotting.theme import Mode
from pages.components.comparison.context import ComparisonContext, ask_axes
from pages.components.comparison.receipts import receipt
from pages.components.computing.calls import call
from pages.components.controls.forms import Controls
from pages.components.drawing import figures, notices

MEASURES = {
    WRONG: "Errors are wrong answers, on sequences the network was not trained on.",
    LEFT: "Answers are numbers and never quite right, so the error is the squared error as a share of that of the "
    "best guess without memory.",
    LOSS: "Even the best prediction is often wrong here, so the error is the loss itself: how surprised the network "
    "is by what comes.",
}
UP = {"error": "Errors", "updates": "Updates until solved"}
UNSOLVED = (
    "Architectures that do not solve the task with most of their seeds have no mark; a bar is from the fastest "
    "to the slowest seed that solved it."
)


def show(context: ComparisonContext) -> None:
    """Draw the sentence that says who wins, and the chart."""
    facts = context.facts
    notices.say(facts.reads)
    if not context.architectures:
        notices.note("No architecture is chosen; choose some below.")
        return
    table = context.standings.value
    table = table[table["architecture"].isin(context.architectures)]
    if table.empty:
        notices.note(
            f"None of the architectures chosen was run on {facts.title.lower()} at this equality; choose another below."
        )
        return
    length = context.telling_length(context.architectures)
    sentence = context.ask(verdict_sentence, context.matched_by, context.task, length, context.architectures)
    notices.say(sentence, is_strong=True)
    view = context.view
    if view.who_up == "updates" and table["updates_median"].isna().all():
        notices.note(
            "No architecture solves this task with most of its seeds, so there are no updates to count; errors are "
            "drawn."
        )
        up = "error"
    else:
        up = view.who_up
    words = (
        MEASURES[facts.measure] if up == "error" else UNSOLVED,
        f"Solved means: {facts.solved_text}.",
        divergence_sentence(table),
    )
    figures.show(
        call(
            _draw,
            context.aggregates,
            context.matched_by,
            context.task,
            context.architectures,
            figures.mode(),
            up,
            view.who_log_x,
            view.who_log_y,
            kept="shared",
        ).value,
        name="error-by-length",
        alt=f"{_y_title(facts, up)} on {facts.title.lower()} against length: {OVER_SEEDS.middle_over('the seeds')}, "
        f"bars {OVER_SEEDS.reach('best', 'worst')}. {sentence}",
        table=lambda: table.round(5),
        receipt=receipt(context, context.standings),
    )
    if context.task == context.opening:
        words = (*words, context.ask(typical_sentence, context.matched_by))
    st.caption(notices.plain(" ".join(filter(None, words))))


def _draw(
    aggregates: pd.DataFrame,
    matched_by: str,
    task: str,
    architectures: tuple[str, ...],
    mode: Mode,
    up: str,
    is_log_x: bool,
    is_log_y: bool,
) -> Figure:
    facts, table = task_facts(task), standings(aggregates, matched_by, task)
    table = table[table["architecture"].isin(architectures)]
    if up == "updates":
        table = table[table["updates_median"].notna()]
    titles = {"y_title": _y_title(facts, up), "x_title": f"Length: {facts.length_words}"}
    return measure_against_length(table, mode=mode, column=up, is_log_x=is_log_x, is_log_y=is_log_y, **titles)


def _y_title(facts: TaskFacts, up: str) -> str:
    return facts.y_title if up == "error" else UP[up]


def ask_look(controls: Controls) -> None:
    """Draw what the chart shows and the switches of its axes."""
    controls.segmented("who_up", UP.get)
    ask_axes(controls, "who")
