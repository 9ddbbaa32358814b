"""Truncation: a text is read in chunks and the gradient stops at their edges; how much is lost, how much is saved."""

from __future__ import annotations

import streamlit as st

from engine.inspection.gradients.truncation import truncation, truncation_sentence
from engine.plotting.gradients.truncation import cost_bars, describe_truncation, reach_curve
from pages.components.computing.calls import call
from pages.components.drawing import figures, notices, stored
from pages.components.gradients.context import GradientsContext
from pages.components.owning import networks
from pages.components.texts import reading


def show(context: GradientsContext) -> None:
    """Draw the text, the network, the gradient with its cuts, and the costs."""
    notices.explain(
        "Nobody trains through a whole book at once: it is read in chunks, the state goes on into the next chunk, "
        "**and the gradient stops at the edge**. The curve is what moves the network's last loss; each dotted line is "
        "where chunks of that many steps cut it off, with the share they keep."
        + ("" if context.network else " Look at the three networks in turn: which loses most to short chunks?")
    )
    if not context.trio:
        notices.note(networks.missing("language model with hidden units"))
        return
    names = list(context.trio)
    favourite = networks.favourite(context.trio.values()).name
    network = names[0]
    if len(names) > 1:
        network = context.controls.segmented("truncation_network", context.label, names, favourite)
    text = context.controls.text_area("truncation_text", height=100)
    reading.say(network, text)
    with st.spinner("The text is read and its gradient computed once for each length of chunk.", show_time=True):
        measured = call(truncation, text, model=network)
        found = measured.value
    architecture = context.models[network].architecture
    notices.say(truncation_sentence(found), is_strong=True)
    stored.say_effect(context, "truncation", network)
    receipt = measured.receipt(
        "found.frame.to_string(), truncation_sentence(found)",
        uses=[truncation_sentence],
        data=f"the last {found.tokens} tokens of your text",
        measured="on real backward passes; memory counts what autograd keeps, without the weights",
        note="Seconds differ from run to run and from machine to machine; all else comes out the same.",
    )
    figures.show(
        reach_curve(found.influence, found.frame, architecture, mode=figures.mode()),
        name="truncation",
        alt=describe_truncation(found.frame),
        table=lambda: found.frame.round(5),
        receipt=receipt,
    )
    look = {"architecture": architecture, "mode": figures.mode()}
    for column, (name, title, scale) in zip(
        st.columns(3, gap="medium"),
        (
            ("memory_bytes", "Memory for backpropagation (MiB)", 2**-20),
            ("seconds_per_update", "Time per update (ms)", 1e3),
            ("seconds", "Time for the whole text (ms)", 1e3),
        ),
        strict=True,
    ):
        with column:
            figures.show(
                cost_bars(found.frame, name, title, scale, **look),
                name=f"truncation-{name}",
                alt=f"Bars of {title}: "
                + ", ".join(
                    f"{row[name] * scale:.3g} for chunks of {row['length']:.0f}" for _, row in found.frame.iterrows()
                )
                + ".",
                receipt=receipt,
            )
    st.caption(
        "Memory grows with the length of a chunk, because every step must be kept until the gradient has come back "
        "through it. Short chunks are not quicker for a whole text; they allow more updates in the same time."
    )
