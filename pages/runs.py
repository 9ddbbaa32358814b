"""Runs: what was trained here, looked at again, compared, gone on with, shared and taken away."""

from __future__ import annotations

import streamlit as st

from engine.plotting.runs import X_TITLES
from engine.runs.differences import titles
from pages.components.computing import cache
from pages.components.controls import forms
from pages.components.drawing import figures, notices
from pages.components.runs import comparing, listing, managing
from pages.components.runs.view import PAGE, STATES, RunsView, is_listed
from pages.components.shell import header
from pages.components.watching import run_control, watched_runs

header.show(
    "Runs",
    "What was trained here, with which settings, and how well?",
    {
        "Thin line": "the loss on what the network learns from.",
        "Marked line": "the loss on validation data; the network that is kept is that of the ringed mark, its lowest.",
        "≠": "a setting in which the runs that are compared differ.",
        "▲ ● ■": "mark RNN, LSTM and GRU everywhere.",
    },
)
cache.is_worker_ready()
controls = forms.open_controls(PAGE, RunsView, jobs={run_control.RUN}, labels={"state": STATES.get, "x": X_TITLES.get})
managing.RUNS.show_refusal()
managing.RUNS.show_undo()
with notices.engine_errors():
    own, others = listing.owned(), listing.opened()
    if not own and not others:
        notices.note("You have trained nothing yet. A run that is begun on the Train page stands here from then on.")
        st.page_link("pages/train.py", label="Train a network", icon=":material/arrow_forward:")
        st.stop()
    listing.show_interrupted(own)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        controls.segmented("state", STATES.get)
        controls.text_input("search", width=300)
    found = [*others, *(run for run in own if is_listed(run, controls.value()))]
    if not found:
        notices.note("No run fits this: search for less, or choose All.")
        st.stop()
    figures.show_table(listing.table(found), name="runs-list")
    chosen = listing.choose(found)
    if len(chosen) == 1:
        managing.show(chosen[0])
        watched_runs.show([chosen[0].folder])
    else:
        run_control.show_refusal()
    if len(chosen) > 1:
        controls.segmented("x", X_TITLES.get)
        comparing.show(chosen, controls.value().x)
        for run, title in zip(chosen, titles(chosen), strict=True):
            st.markdown(f"**{notices.plain(title)}**")
            managing.show(run)
