"""Attention: where the decoder looked while it wrote, and what becomes of the translation when it is made to look
elsewhere."""

from __future__ import annotations

import numpy as np
import streamlit as st

from engine.inspection.translation.attention import attention_sentence, attention_table, merge_attention
from engine.inspection.translation.attention_ablation import Trial, open_trial
from engine.plotting.translation.attention import attention_heat_map
from engine.plotting.translation.linked_words import linked_words
from pages.components import cache, figures, notices
from pages.components.header import TEXT_WIDTH
from pages.components.translation import attention_ablation
from pages.components.translation.context import PageContext, style
from pages.components.translation.results import translation_receipt


def show(context: PageContext) -> None:
    """Draw the links and the map of the translation that is looked at, and put one of its steps on trial."""
    report = context.report
    if not report.target_words:
        notices.note("The network wrote nothing, so it looked nowhere.")
        return
    trial = cache.compute_with_model(
        open_trial, context.network, context.source, context.settings.beam_size, context.settings.length_penalty
    )
    unit = context.controls.segmented("unit")
    source, target, weights, places = _rows(context, trial, unit)
    sentence = attention_sentence(source, target, weights)
    st.markdown(notices.plain(sentence))
    left, right = st.columns(2, gap="medium")
    links = left.container()
    with right:
        figures.show(
            attention_heat_map(source, target, weights, mode=figures.mode()),
            name="attention",
            alt=f"Map of attention weights, {len(target)} written {unit} by {len(source)} read. {sentence}",
            table=attention_table(source, target, weights),
            receipt=translation_receipt(context.info, report, context.settings),
        )
    st.markdown("**A step on trial**")
    st.markdown(
        "A bright cell says where the network looked, not that it needed to. Choose a step with the slider, or click "
        "a written word; "
        "change where it looks, and see whether another word comes out.",
        width=TEXT_WIDTH,
    )
    step = attention_ablation.ask_step(context, trial)
    chosen = max(number for number, place in enumerate(places) if place <= step)
    with links:
        _show_links(context, source, target, weights, chosen, places)
    attention_ablation.show(context, trial, step)


def _rows(context: PageContext, trial: Trial, unit: str) -> tuple[list[str], list[str], np.ndarray, list[int]]:
    """Return what was read, what was written, the weights between, and the step (from 1) in which each row begins."""
    report = context.report
    if unit == "pieces":
        return report.source_pieces, report.target_pieces, report.weights, list(range(1, len(trial.pieces) + 1))
    weights = merge_attention(report.weights, report.target_words, report.source_words)
    source, target = ([word.text for word in words] for words in (report.source_words, report.target_words))
    return source, target, weights, [word.start + 1 for word in report.target_words]


def _show_links(
    context: PageContext, source: list[str], target: list[str], weights: np.ndarray, chosen: int, places: list[int]
) -> None:
    row = weights[chosen]
    order = [place for place in row.argsort()[::-1][:3] if row[place] >= 0.05]
    looked = ", ".join(f"“{source[place]}” {row[place]:.2f}" for place in order)
    figures.show(
        linked_words(source, target, weights, chosen, places, mode=figures.mode(), architecture=style(context.info)),
        name="attention-links",
        alt=f"What was read, linked with what was written. The chosen “{target[chosen]}”, number {chosen + 1} of "
        f"{len(target)}, "
        f"looked at {looked}.",
        on_click=lambda place: context.controls.set("attention_step", int(place)),
    )
