"""The Comparison page's picture on the home page."""

from __future__ import annotations

import streamlit as st

from engine.plotting import theme
from engine.plotting.curves import measure_against_length
from pages.components import figures, networks
from pages.components.calls import call

TRIO = ("rnn", "lstm", "gru")


def draw() -> None:
    """Draw the measured errors of the architectures on one task."""
    from engine.experiments.findings.aggregates import OVER_SEEDS, aggregate_runs, contents, opening_task, standings
    from engine.experiments.runs.task_facts import task_facts
    from pages.components.comparison import RECIPE

    held = call(contents, table=RECIPE).value
    equal = held.equalities[0]
    aggregates = call(aggregate_runs, table=RECIPE, kept="shared")
    task = call(opening_task, aggregates, equal).value  # what the page itself opens with
    table = call(standings, aggregates, equal, task, kept="shared").value
    table = table[table["architecture"].isin(TRIO)]
    facts = task_facts(task)
    longest = table[table["length"] == table["length"].max()].set_index("architecture")["error_median"]
    words = ", ".join(f"{theme.architecture_label(name)} {longest[name]:.0f} %" for name in longest.index)
    figure = measure_against_length(table, mode=figures.mode())
    figures.thumbnail(
        figure,
        name="comparison",
        alt=f"{facts.y_title} against sequence length. At the longest, {OVER_SEEDS.middle_over('the seeds')}: {words}.",
    )
    legend = " · ".join(f"{networks.mark(name)} {theme.architecture_label(name)}" for name in longest.index)
    st.markdown(legend)  # not in the caption, whose fading would take the marks below 3:1
    seeds = " to ".join(str(count) for count in sorted({table["runs"].min(), table["runs"].max()}))
    st.caption(
        f"{facts.y_title}, {facts.title.lower()}, as sequences get longer: "
        f"{OVER_SEEDS.middle_over(f'{seeds} seeds')}, and bars {OVER_SEEDS.reach('best', 'worst')}."
    )
