"""Which width and which length penalty choose which sentence, and whether chrF would choose the same."""

from __future__ import annotations

import streamlit as st

from engine.inspection.translation.penalty_sweep import (
    SettingsReport,
    agreement_sentence,
    flips_sentence,
    inspect_settings,
)
from engine.inspection.translation.search import SearchReport
from engine.plotting.translation.beam_tree import settings_map
from pages.components.computing.calls import NOT_DRAWN
from pages.components.drawing import figures, notices
from pages.components.translation.context import TranslationContext


def show(context: TranslationContext, search: SearchReport) -> None:
    """Draw the map of winners, the sentences behind its letters, and what chrF says of them."""
    st.markdown(
        "**Which setting chooses which sentence?** Each letter is a sentence; click one to search with its setting."
    )
    reference = ""
    with notices.engine_errors():  # without one the map is drawn all the same
        reference = context.ask_reference()
    with st.spinner("Searching with every width and penalty", show_time=True):
        made = context.call(inspect_settings, context.source, reference).computed()
    report = made.value
    flips = flips_sentence(report, search.beam_size, search.length_penalty)
    agreement = agreement_sentence(report, search.beam_size, search.length_penalty)
    notices.say(flips)
    notices.say(agreement)
    receipt = made.receipt(
        "found.cells.to_string(), found.winners.to_string(), sep='\\n'",
        seed=NOT_DRAWN,
        note="One search per width serves all penalties; each cell is what a search of its own finds. chrF by "
        "sacreBLEU 2.6.0, one sentence.",
    )
    figures.show(
        settings_map(report.cells, mode=figures.mode(), width=search.beam_size, length_penalty=search.length_penalty),
        name="search-settings",
        alt=f"Map of the winners, 12 widths by {report.cells['length_penalty'].nunique()} penalties. {flips}",
        table=report.cells,
        receipt=receipt,
        on_click=lambda cell: _use(context, report, int(cell)),
    )
    table = report.winners.assign(
        is_chosen=report.winners["winner"] == report.winner_at(search.beam_size, search.length_penalty).winner
    )
    table = table.drop(columns="is_finished").round({"log_prob": 4, "chrf": 2})
    figures.show_table(table, name="search-winners", receipt=receipt)


def _use(context: TranslationContext, report: SettingsReport, cell: int) -> None:
    row = report.cells.iloc[cell]
    context.controls.set("search_width", int(row["width"]))
    context.controls.set("search_penalty", float(row["length_penalty"]))
