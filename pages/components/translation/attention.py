"""Attention: where the decoder looked while it wrote, and what becomes of the translation when it looks elsewhere."""

from __future__ import annotations

import numpy as np
import streamlit as st

from engine.inspection.translation.attention import attention_sentence, attention_table, merge_attention
from engine.inspection.translation.attention_ablation import open_trial
from engine.plotting.translation.attention import attention_heat_map
from engine.plotting.translation.linked_words import linked_words
from pages.components.drawing import figures, notices
from pages.components.translation import attention_ablation, receipts, searching
from pages.components.translation.context import UNITS, TranslationContext, style


def show(context: TranslationContext) -> None:
    """Draw the links and the map of the translation that is looked at, and test one of its steps."""
    if not context.translation.target_words:
        notices.note("The network wrote nothing, so it looked nowhere.")
        return
    trial = context.call(open_trial, context.search)
    unit = context.controls.segmented("unit")
    search = searching.of_view(context.view)
    source, target, weights, positions = _rows(context, unit)
    sentence = attention_sentence(source, target, weights)
    st.markdown(notices.plain(sentence))
    receipt = receipts.for_translation(search.call(context.network, context.source), search)
    left, right = st.columns(2, gap="medium")
    links = left.container()
    with right:
        figures.show(
            attention_heat_map(source, target, weights, mode=figures.mode()),
            name="attention",
            alt=f"Map of attention weights, {len(target)} written {UNITS[unit].lower()} by {len(source)} read. "
            f"{sentence}",
            table=lambda: attention_table(source, target, weights),
            receipt=receipt,
        )
    st.markdown("**Test one step**")
    notices.explain(
        "A bright cell says where the network looked, not that it needed to. Choose a step with the slider, or click a "
        "written word; change where it looks, and see whether another word comes out."
    )
    step = attention_ablation.ask_step(context, trial.value)
    chosen = max(number for number, position in enumerate(positions) if position <= step)
    with links:
        _show_links(context, source, target, weights, chosen, positions, receipt)
    attention_ablation.show(context, trial, step)


def _rows(context: TranslationContext, unit: str) -> tuple[list[str], list[str], np.ndarray, list[int]]:
    """Return what was read, what was written, the weights between, and the step (from 1) in which each row begins."""
    shown = context.translation
    if unit == "pieces":
        return shown.source_pieces, shown.target_pieces, shown.weights, list(range(1, len(shown.target_pieces) + 1))
    weights = merge_attention(shown.weights, shown.target_words, shown.source_words)
    source, target = ([word.text for word in words] for words in (shown.source_words, shown.target_words))
    return source, target, weights, [word.start + 1 for word in shown.target_words]


def _show_links(
    context: TranslationContext,
    source: list[str],
    target: list[str],
    weights: np.ndarray,
    chosen: int,
    positions: list[int],
    receipt: figures.Receipt,
) -> None:
    row = weights[chosen]
    order = [position for position in row.argsort()[::-1][:3] if row[position] >= 0.05]
    looked = ", ".join(f"“{source[position]}” {row[position]:.2f}" for position in order)
    figures.show(
        linked_words(source, target, weights, chosen, positions, mode=figures.mode(), architecture=style(context.info)),
        name="attention-links",
        alt=f"What was read, linked with what was written. The chosen “{target[chosen]}”, number {chosen + 1} of "
        f"{len(target)}, looked at {looked}.",
        receipt=receipt,
        on_click=lambda position: context.controls.set("attention_step", int(position)),
    )
