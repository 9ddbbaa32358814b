"""Activation clamping: the same text written with a gate or units held, the difference marked, and what it costs."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.inspection.writing import activation_clamping
from engine.plotting.writing.distribution import visible_token
from engine.plotting.writing.text_grid import NARROW, describe_text_grid, text_grid
from pages.components.computing.calls import Call, call
from pages.components.drawing import figures, notices
from pages.components.generation.context import GenerationContext, part_label

POSITIONS = {0: "Closed", 1: "Open"}
MOST_NATS = 7.0
TEXT_HEIGHT = 560


def show(context: GenerationContext) -> None:
    """Draw what can be held, the verdict with its measures, and the two texts."""
    notices.explain(
        "Hold a gate or units inside the network and let it write again from the same beginning and seed. **The text "
        "nearly always changes, because one different draw leads everything after it elsewhere;** so two measures say "
        "whether the network is worse: how surprising the network with nothing held finds each text, and how much "
        "worse it predicts its own text while something is held. **Try:** the forget gate closed and open, then "
        "silence one unit."
    )
    strings = _strings(context)
    with st.spinner("The network writes with and without it, and reads both texts."):
        performance = call(
            activation_clamping.perform, context.prompt, context.settings, strings, model=context.network
        )
        performed = performance.value
    notices.say(performed.verdict, is_strong=True)
    free, held, cost = st.columns(3)
    free.metric("Surprise of its own text", f"{performed.free_surprise.mean():.2f} nats per token")
    held.metric("Surprise of the text with it held", f"{performed.held_surprise.mean():.2f} nats per token")
    cost.metric("Loss on its own text while held", f"{performed.change:+.3f} ± {performed.error:.3f} nats")
    st.caption(
        "Surprise: the mean −log probability that the network with nothing held gives each token, before your "
        "settings. ±: one standard error over ten stretches of the text."
    )
    _show_texts(context, performance, _title(strings))


def _strings(context: GenerationContext) -> activation_clamping.Strings:
    controls, kind = context.controls, context.info.architecture
    with st.container(horizontal=True, vertical_alignment="bottom", key="puppeteer-strings"):
        layer = controls.segmented("clamping_layer", choices=context.layers)
        actions = activation_clamping.actions_of(kind)
        action = controls.select("clamping_action", activation_clamping.ACTIONS.get, actions, "hold", width=180)
        if action == "hold":
            gate = controls.select("clamping_gate", part_label, activation_clamping.gates_of(kind), width=180)
            position = controls.segmented("clamping_position", choices=POSITIONS)
            return activation_clamping.Strings(layer=layer, action=action, gate=gate, position=float(position))
        units = controls.text_input("clamping_units", width=200)
        value = controls.number("clamping_value", width=140) if action in ("scale", "clamp") else 1.0
    return activation_clamping.Strings(layer=layer, action=action, units=units, value=value)


def _title(strings: activation_clamping.Strings) -> str:
    """Return what stands above the text that was written with something held."""
    if strings.action != "hold":
        return f"{activation_clamping.ACTIONS[strings.action]}: {strings.units}"
    return f"With the {part_label(strings.gate).lower()} held {POSITIONS[int(strings.position)].lower()}"


def _show_texts(
    context: GenerationContext, performance: Call[activation_clamping.Performance], title_held: str
) -> None:
    performed = performance.value
    first = performed.first_difference
    notices.explain(
        "Both texts are the same to the last character."
        if first is None
        else notices.plain(
            f"The texts first differ at character {first + 1:,}. Underlined: what the other text lacks. Colour: how "
            "surprising the network with nothing held finds each character."
        )
    )
    receipt = performance.receipt(
        "found.held_text, found.free_surprise.mean(), found.held_surprise.mean(), found.change, found.error",
        seed=context.settings.seed,
    )
    marks = activation_clamping.changed_tokens(performed)
    for column, name, title, text, spans, nats, changed in zip(
        st.columns(2, gap="medium"),
        ("puppeteer-free", "puppeteer-held"),
        ("Nothing held", title_held),
        (performed.free_text, performed.held_text),
        (performed.free_spans, performed.held_spans),
        (performed.free_surprise, performed.held_surprise),
        marks,
        strict=True,
    ):
        tokens = [text[start:stop] for start, stop in spans]
        with column:
            st.markdown(f"**{notices.plain(title)}**")
        with column.container(height=TEXT_HEIGHT, key=f"{name}-frame"):
            figures.show(
                text_grid(
                    tokens,
                    nats,
                    mode=figures.mode(),
                    title_of_values="Surprise (nats)",
                    limits=(0, MOST_NATS),
                    width=NARROW,
                    marks=changed,
                ),
                name=name,
                alt=f"{title}: {describe_text_grid(tokens, nats, title_of_values='surprise in nats')} {sum(changed)} "
                "are not in the other text.",
                table=pd.DataFrame({"token": map(visible_token, tokens), "nats": nats, "is_changed": changed}),
                receipt=receipt,
            )
