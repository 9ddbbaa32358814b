"""Nearest sentences: at which other sentences the network was in nearly the same state."""

from __future__ import annotations

import streamlit as st

from engine.corpora.base import CORPORA
from engine.inspection.translation.nearest_sentences import (
    NearestSentences,
    find_nearest,
    list_corpora,
    nearest_sentence,
)
from engine.inspection.translation.swap_settings import STATES
from pages.components.computing.calls import NOT_DRAWN, Call
from pages.components.drawing import figures, notices
from pages.components.translation.context import TranslationContext


def show(context: TranslationContext) -> None:
    """Draw the choice of state and corpus, and the sentences whose states come nearest."""
    notices.explain(
        "All that a state holds is some hundred numbers. Sentences that leave the network with nearly the same numbers "
        "are, to it, nearly the same: **see what it takes your sentence for**, and what it still tells apart."
    )
    controls, corpora = context.controls, list_corpora(context.network)
    corpus = corpora[0]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        state = controls.segmented("nearest_state", str.capitalize)
        if state == STATES[0] and len(corpora) > 1:  # the decoder's states are kept of the first one alone
            titles = {name: CORPORA.get(name).title for name in corpora}
            corpus = controls.select("nearest_corpus", choices=titles, width=320)
    step = 0
    if state == STATES[1]:
        best = context.search.value.best
        last = max(1, len(best.target_pieces) + best.is_finished)
        step = controls.slider("nearest_step", maximum=last, width=420)
    with st.spinner("Looking for the nearest sentences", show_time=True):
        made = context.call(find_nearest, context.search, corpus, step).computed()
    _show_found(made, step)


def _show_found(made: Call[NearestSentences], step: int) -> None:
    found = made.value
    notices.say(nearest_sentence(found), is_strong=True)
    figures.show_table(
        found.frame,
        name="nearest-sentences",
        receipt=made.receipt(
            "nearest_sentence(found), found.frame.to_string()",
            uses=[nearest_sentence],
            seed=NOT_DRAWN,
            note="Vectors in the index are rounded to 8 bits; a cosine is right to about 0.003.",
        ),
        column_config={
            "row": st.column_config.NumberColumn("row", help="Its number in the training split of the corpus."),
            "step": st.column_config.NumberColumn(
                "step", help="Before which of its tokens the decoder was in that state."
            ),
            "next_piece": "next token",
        },
    )
    if not found.has_texts:
        notices.note(
            f"The texts of {found.corpus_title} may not be shipped with this project and cannot be read here, so only "
            "their row numbers are shown."
        )
    if step:
        st.caption(
            f"Searched: {found.searched:,} states of the decoder, given the reference's tokens; “step” and “next "
            "token” say before which one it stood."
        )
