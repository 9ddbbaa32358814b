"""The next character: its distribution at any place of the text, before and after temperature, top-k and top-p."""

from __future__ import annotations

from math import exp

import streamlit as st

from engine.inspection.writing.next_tokens import NextTokens, choices_along, next_tokens, token_around
from engine.plotting.writing import distribution
from engine.wording import percent
from pages.components.computing import cache
from pages.components.computing.calls import call
from pages.components.drawing import figures, notices
from pages.components.generation.context import GenerationContext


def show(context: GenerationContext) -> None:
    """Draw the place in the text, the two entropies, and the bars."""
    text, view = context.text, context.view
    position = context.controls.slider("position", maximum=max(1, len(text)))
    noun = cache.load_model(context.network).tokenizer.noun
    position, followed_by = call(token_around, text, position, model=context.network).value
    st.text(f"…{text[max(0, position - 60) : position]}▏")
    sampled = view.temperature, view.top_k, view.top_p
    here = call(next_tokens, text[:position], *sampled, model=context.network)
    expected = here.value
    receipt = here.receipt(
        "found.frame, found.entropy_before, found.entropy_after, found.mass_cut",
        measured=f"from the logits after {position:,} characters",
    )
    if followed_by:
        st.caption(notices.plain(expected.outcome(followed_by)))
    before, after, cut = st.columns(3)
    before.metric("Entropy before your settings", f"{expected.entropy_before:.2f} nats")
    before.caption(f"like choosing among {exp(expected.entropy_before):.1f} equal options")
    after.metric("Entropy after your settings", f"{expected.entropy_after:.2f} nats")
    after.caption(f"like choosing among {exp(expected.entropy_after):.1f} equal options")
    cut.metric("Cut away by top-k and top-p", percent(expected.mass_cut))
    cut.caption("of the chances the temperature left")
    figures.show(
        distribution.next_token_bars(
            expected.frame, mode=figures.mode(), architecture=context.info.architecture, noun=noun
        ),
        name="next-character",
        alt=distribution.describe_next_tokens(expected.frame, noun=noun),
        table=lambda: expected.frame.assign(token=expected.frame["token"].map(distribution.visible_token)),
        receipt=receipt,
    )
    if context.controls.toggle("next_token_stages"):
        _show_stages(context, text, position, expected, receipt)


def _show_stages(
    context: GenerationContext, text: str, position: int, expected: NextTokens, receipt: figures.Receipt
) -> None:
    """Draw what each stage makes of the chances at this place, and how open the choice is along the whole text."""
    view, look = context.view, {"mode": figures.mode(), "architecture": context.info.architecture}
    notices.explain(
        "From top to bottom: the network's own chances; divided by the temperature; then top-k and top-p take away the "
        "unlikely (a cross) and the rest is scaled up again. At temperature 1, with top-k at 0 and top-p at 1, all "
        "four are the same. The last is what is drawn from."
    )
    stages = expected.stages.assign(stage=expected.stages["stage"].map(lambda name: distribution.STAGES[name][1]))
    figures.show(
        distribution.stage_bars(expected.frame, expected.stages, **look),
        name="next-character-stages",
        alt=distribution.describe_stages(expected.stages),
        table=stages,
        receipt=receipt,
    )
    everywhere = call(choices_along, text, view.temperature, view.top_k, view.top_p, model=context.network)
    along = everywhere.value
    notices.explain("How open the choice was at every place: click one to look there.")
    figures.show(
        distribution.openness_along(along, position, **look),
        name="next-character-along",
        alt=distribution.describe_openness(along, position),
        table=along,
        receipt=everywhere.receipt(measured=f"from the logits after each of {len(text):,} characters"),
        on_click=lambda index: context.controls.set("position", max(1, index)),
    )
