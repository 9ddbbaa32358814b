"""Comparison: recurrent architectures and a Transformer on tasks with known answers; which wins where, as measured."""

from __future__ import annotations

import streamlit as st

from engine.experiments.findings.aggregates import OVER_SEEDS, aggregate_runs, contents, opening_task
from engine.experiments.runs.task_facts import task_title
from engine.plotting import theme
from pages.components import comparison
from pages.components.comparison import SECTIONS, error_by_length
from pages.components.comparison.context import ComparisonContext
from pages.components.comparison.view import COST_JOB, RACE_JOB, ComparisonView
from pages.components.computing.calls import call
from pages.components.controls import forms
from pages.components.drawing import notices
from pages.components.shell import header

PAGE = "comparison"
EQUALITIES = {"parameters": "Equal parameters", "hidden_size": "Equal hidden size"}
FORMER_TASKS = {"Praise or complaint": "sentences"}
EQUAL_WORDS = {
    "parameters": "Every network has about the same number of parameters, so those with more gates get fewer hidden "
    "units.",
    "hidden_size": "Every network has the same number of hidden units, so those with more gates have more parameters.",
}

header.show(
    "Comparison",
    "Which recurrent architecture remembers longest, and what does it cost?",
    {
        "Line": f"{OVER_SEEDS.middle_over('several runs that differ only in their random seed')}.",
        "Bar or band": f"{OVER_SEEDS.reach('best', 'worst')} of these runs; where they overlap, there is no clear "
        "winner.",
        "Dashed grey line": "what a network without any memory reaches by guessing well; learning to remember means "
        "going below it.",
        "Colour, marker and dashes": "one architecture each, on every page; kin have one colour and differ in marker "
        "and dashes.",
        "Wrong answers": "their share on sequences the network was not trained on, new ones from the same rule.",
        "Error left": "where answers are numbers: the squared error as a share of that of the best guess without "
        "memory; 100 % is guessing, 0 % is perfect.",
        "Update": "one change of all weights, after reading one batch of sequences.",
    },
)
held = None
with notices.engine_errors():
    held = call(contents, table=comparison.RECIPE).value
choices = {"section": {name: section.label for name, section in comparison.available(held is not None).items()}}
if held is not None:
    choices |= {
        "task": {task: task_title(task) for tasks in held.tasks.values() for task in tasks},
        "matched_by": {quantity: EQUALITIES[quantity] for quantity in held.equalities},
        "show": held.architectures,
    }
controls = forms.open_controls(
    PAGE,
    ComparisonView,
    choices,
    formerly={"section": SECTIONS.formerly} | dict.fromkeys(("task", "race_task"), FORMER_TASKS),
    jobs=[RACE_JOB, COST_JOB],
)

context = ComparisonContext(page=PAGE, controls=controls)
if held is not None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        aggregates = call(aggregate_runs, table=comparison.RECIPE, kept="shared")
        opening = call(opening_task, aggregates, held.equalities[0]).value
        task = controls.select("task", choices=choices["task"], default=opening, width=260)
        with_task = [quantity for quantity in held.equalities if task in held.tasks[quantity]]
        matched_by = controls.segmented("matched_by", EQUALITIES.get, with_task)
        error_by_length.ask_look(controls)
    top = st.container(key="measured")  # filled last, as it needs what is chosen below; the style sheet keeps its room
    top.empty()
    architectures = controls.several("show", theme.architecture_label)
    st.caption(EQUAL_WORDS[matched_by])
    context = ComparisonContext(
        page=PAGE,
        controls=controls,
        recipe=comparison.RECIPE,
        task=task,
        matched_by=matched_by,
        architectures=architectures,
        held=held,
        opening=opening,
    )
    with top, notices.engine_errors():
        error_by_length.show(context)

header.section("Look closer")
section = SECTIONS.choose(controls)
with notices.engine_errors():
    comparison.show(section.name, context)
