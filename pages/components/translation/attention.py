"""Attention: where the decoder looked while it wrote."""

from __future__ import annotations

import streamlit as st

from engine.inspection.attention import attention_sentence, attention_table, merge_attention
from engine.plotting.attention import attention_heat_map
from pages.components import figures, notices
from pages.components.translation.desk import Desk
from pages.components.translation.results import translation_receipt


def show(desk: Desk) -> None:
    """Draw the map of attention of the translation that is looked at, over whole words or pieces."""
    report = desk.report
    if not report.target_words:
        notices.note("The network wrote nothing, so it looked nowhere.")
        return
    unit = desk.controls.segmented("unit")
    source, target, weights = report.source_pieces, report.target_pieces, report.weights
    if unit == "words":
        weights = merge_attention(weights, report.target_words, report.source_words)
        source, target = (
            [word.text for word in words] for words in (report.source_words, report.target_words)
        )
    sentence = attention_sentence(source, target, weights)
    st.markdown(notices.plain(sentence))
    figures.show(
        attention_heat_map(source, target, weights, mode=figures.mode()),
        name="attention",
        alt=f"Map of attention weights, {len(target)} written {unit} by {len(source)} read. {sentence}",
        table=attention_table(source, target, weights),
        receipt=translation_receipt(desk.info, report, desk.settings),
    )
