"""The next character: its distribution at any place of the text, before and after temperature, top-k and top-p."""

from __future__ import annotations

from math import exp

import streamlit as st

from engine.inspection.next_tokens import next_tokens
from engine.plotting.distribution import describe_next_tokens, next_token_bars, visible_token
from pages.components import cache, figures, notices, receipts
from pages.components.generation.desk import Desk


def show(desk: Desk) -> None:
    """Draw the place in the text, the two entropies, and the bars."""
    text, view = desk.text, desk.view
    position = desk.controls.slider("position", maximum=max(1, len(text)), default=max(1, len(text)))
    st.text(f"…{text[max(0, position - 60) : position]}▏")
    expected = cache.compute_with_model(
        next_tokens, desk.network, text[:position], view.temperature, view.top_k, view.top_p
    )
    if position < len(text):
        st.caption(notices.plain(expected.outcome(text[position])))
    before, after, cut = st.columns(3)
    before.metric("Entropy, as the network gave it", f"{expected.entropy_before:.2f} nats")
    before.caption(f"as open as {exp(expected.entropy_before):.1f} equal choices")
    after.metric("Entropy, after your settings", f"{expected.entropy_after:.2f} nats")
    after.caption(f"as open as {exp(expected.entropy_after):.1f} equal choices")
    cut.metric("Cut away by top-k and top-p", f"{100 * expected.mass_cut:.1f} %")
    cut.caption("of the chances the temperature left")
    figures.show(
        next_token_bars(expected.frame, mode=figures.mode(), architecture=desk.info.architecture),
        name="next-character",
        alt=describe_next_tokens(expected.frame),
        table=expected.frame.assign(token=expected.frame["token"].map(visible_token)),
        receipt=receipts.for_next_tokens(desk.network, text[:position], desk.settings),
    )
