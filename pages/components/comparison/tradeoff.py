"""Accuracy against cost: who makes fewer errors, what it costs, and whom nobody beats in both."""

from __future__ import annotations

import streamlit as st

from engine.experiments.findings.tradeoff import IN_ALL, PARAMETERS, PER_UPDATE, front_sentence, tradeoff
from engine.plotting.comparison.comparisons import errors_against_cost
from pages.components.comparison.context import ComparisonContext, ask_axes
from pages.components.comparison.receipts import receipt
from pages.components.drawing import figures, notices

COSTS = {PARAMETERS: "Parameters", PER_UPDATE: "Time per update", IN_ALL: "Time in all"}
TITLES = {
    PARAMETERS: "Parameters of the whole network",
    PER_UPDATE: "Processor seconds of one update",
    IN_ALL: "Processor seconds of the training",
}


def show(context: ComparisonContext) -> None:
    """Draw errors against the cost the visitor chose."""
    controls = context.controls
    with st.container(horizontal=True, vertical_alignment="bottom"):
        length = context.ask_length("tradeoff_length")
        cost = controls.segmented("tradeoff_cost", COSTS.get)
        ask_axes(controls, "tradeoff")
    arguments = (context.matched_by, context.task, length, cost, context.architectures)
    table = context.ask(tradeoff, *arguments)
    if table.empty:
        notices.note("None of the architectures switched on above has runs here.")
        return
    view, facts = context.view, context.facts
    sentence = front_sentence(table)
    notices.say(sentence)
    figures.show(
        errors_against_cost(
            table,
            mode=figures.mode(),
            x_title=TITLES[cost],
            y_title=facts.y_title,
            is_log_x=view.tradeoff_log_x,
            is_log_y=view.tradeoff_log_y,
        ),
        name="error-by-cost",
        alt=f"{facts.y_title} on {facts.title.lower()} of length {length:,} against cost: {TITLES[cost].lower()}. "
        f"{sentence}",
        table=lambda: table.round(6),
        receipt=receipt(context, tradeoff, *arguments),
    )
    st.caption(
        "Down and to the left is better. A training ends when the task is solved or the budget of updates is used up. "
        "The dotted steps are the Pareto front: nobody lies below and to the left of it. Marks on it are larger."
        + (
            " The networks were made about equal in parameters, so they differ little here."
            if cost == PARAMETERS and context.matched_by == "parameters"
            else ""
        )
    )
