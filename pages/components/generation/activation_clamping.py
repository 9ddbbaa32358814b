"""Puppeteer: the same text written with a gate or units held, the difference marked, and the cost on unseen text."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.inspection.writing import activation_clamping
from engine.plotting.writing.distribution import visible_token
from engine.plotting.writing.text_grid import NARROW, describe_text_grid, text_grid
from pages.components import figures, notices
from pages.components.calls import Call, call
from pages.components.generation.context import GenerationContext, part_label

POSITIONS = {0: "Shut", 1: "Open"}
MOST_BITS = 10.0
TEXT_HEIGHT = 560


def show(context: GenerationContext) -> None:
    """Draw the strings, the verdict with its measures, and the two texts."""
    notices.explain(
        "Hold something inside the network and let it write again from the same beginning and seed. **The text nearly "
        "always changes, because one different draw leads everything after it elsewhere;** so look at the bits: how "
        "much worse does the network predict a text it has never seen? Try the forget gate shut and open, then silence "
        "one unit."
    )
    strings = _strings(context)
    with st.spinner("The network writes, and reads an unseen text, with and without strings."):
        performance = call(
            activation_clamping.perform, context.prompt, context.settings, strings, model=context.network
        )
        performed = performance.value
    notices.say(performed.verdict, is_strong=True)
    free, held, change = st.columns(3)
    free.metric("Unseen text, untouched", f"{performed.free_bits:.3f} bits per character")
    held.metric("Unseen text, with strings", f"{performed.held_bits:.3f} bits per character")
    change.metric("Change", f"{performed.change:+.3f} ± {performed.error:.3f}")
    change.caption("± one standard error over stretches of the text")
    st.caption(notices.plain(f"Measured on {performed.passage}, each token given all before it in its stretch of 128."))
    _show_texts(context, performance)


def _strings(context: GenerationContext) -> activation_clamping.Strings:
    controls, kind = context.controls, context.info.architecture
    with st.container(horizontal=True, vertical_alignment="bottom", key="puppeteer-strings"):
        layer = controls.segmented("puppeteer_layer", choices=context.layers)
        actions = activation_clamping.actions_of(kind)
        action = controls.select("puppeteer_action", activation_clamping.ACTIONS.get, actions, "hold", width=180)
        if action == "hold":
            gate = controls.select("puppeteer_gate", part_label, activation_clamping.gates_of(kind), width=180)
            position = controls.segmented("puppeteer_position", choices=POSITIONS)
            return activation_clamping.Strings(layer=layer, action=action, gate=gate, position=float(position))
        units = controls.text_input("puppeteer_units", width=200)
        value = controls.number("puppeteer_value", width=140) if action in ("scale", "clamp") else 1.0
    return activation_clamping.Strings(layer=layer, action=action, units=units, value=value)


def _show_texts(context: GenerationContext, performance: Call[activation_clamping.Performance]) -> None:
    performed = performance.value
    first = performed.first_difference
    notices.explain(
        "Both texts are the same to the last character."
        if first is None
        else notices.plain(
            f"The texts part at character {first + 1:,}. Underlined is what the other text lacks; colour is how "
            "surprised the untouched network is by each character."
        )
    )
    receipt = performance.receipt(
        "found.held_text, found.free_bits, found.held_bits, found.error",
        data=performed.passage,
        seed=context.settings.seed,
        measured=f"on {performed.passage_characters:,} characters",
    )
    marks = activation_clamping.changed_tokens(performed)
    for column, name, title, text, spans, bits, changed in zip(
        st.columns(2, gap="medium"),
        ("puppeteer-free", "puppeteer-held"),
        ("Untouched", "With strings"),
        (performed.free_text, performed.held_text),
        (performed.free_spans, performed.held_spans),
        (performed.free_surprise, performed.held_surprise),
        marks,
        strict=True,
    ):
        tokens = [text[start:stop] for start, stop in spans]
        with column:
            st.markdown(f"**{title}**")
        with column.container(height=TEXT_HEIGHT, key=f"{name}-frame"):
            figures.show(
                text_grid(
                    tokens,
                    bits,
                    mode=figures.mode(),
                    title_of_values="Surprise (bits)",
                    limits=(0, MOST_BITS),
                    width=NARROW,
                    marks=changed,
                ),
                name=name,
                alt=f"{title}: {describe_text_grid(tokens, bits, title_of_values='surprise in bits')} {sum(changed)} "
                "are not in the other text.",
                table=pd.DataFrame({"token": map(visible_token, tokens), "bits": bits, "is_changed": changed}),
                receipt=receipt,
            )
