"""The Translation page's picture on the home page."""

from __future__ import annotations

import streamlit as st

from engine.plotting.translation.attention import attention_heat_map
from pages.components import figures, thumbnails
from pages.components.calls import call

SENTENCE = "A black dog runs on the beach ."


def draw() -> None:
    """Draw where the translator looks while it translates a short sentence."""
    from engine.inspection.translation.attention import attention_sentence, merge_attention
    from engine.inspection.translation.translations import inspect_translation

    info = thumbnails.favourite("translation")
    report = call(inspect_translation, SENTENCE, 1, 1.0, model=info.name).value
    if report.weights is None:
        st.caption(f"“{SENTENCE}” becomes:")
        st.text(report.text)
        return
    source, target = report.source_words, report.target_words
    weights = merge_attention(report.weights, target, source)
    labels = [word.text for word in source], [word.text for word in target]
    figure = attention_heat_map(*labels, weights, mode=figures.mode(), is_marking_strongest=False)
    figures.thumbnail(figure, name="translation", alt=attention_sentence(*labels, weights))
    st.caption("Across, the English words; down, the French; bright where the network looks.")
