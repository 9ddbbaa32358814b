"""The Data page's picture on the home page."""

from __future__ import annotations

import streamlit as st

from engine.inspection.corpora.facts import corpus_facts, say_sizes
from engine.plotting.corpora.facts import describe_lengths, length_bars
from pages.components import figures, notices
from pages.components.calls import call

CORPUS = "phrasebook_en_fr"


def draw() -> None:
    """Draw how long the sentences of a built-in corpus are."""
    facts = call(corpus_facts, CORPUS, kept="shared").value
    figures.thumbnail(
        length_bars(facts.lengths, unit=facts.unit, mode=figures.mode()),
        name="data",
        alt=describe_lengths(facts.lengths, unit=facts.unit),
    )
    st.caption(notices.plain(f"How long the sentences of the built-in corpus {facts.title} are: {say_sizes(facts)}"))
