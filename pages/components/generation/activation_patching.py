"""Activation patching: a passage read with another's state, for how long predictions differ, and what is written."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.inspection.stored.tool_effects import LSTM
from engine.inspection.writing.activation_clamping import first_difference
from engine.inspection.writing.activation_patching import (
    NEGLIGIBLE_NATS,
    Influence,
    donor_influence,
    write_after_transplant,
)
from engine.plotting.writing.influence import describe_influence, influence_curves
from engine.wording import percent
from pages.components.computing import cache
from pages.components.computing.calls import Call, call, receipt, values
from pages.components.drawing import figures, notices, stored
from pages.components.generation.context import GenerationContext
from pages.components.owning import networks
from pages.components.texts import reading

TEXT_HEIGHT = 260


def show(context: GenerationContext) -> None:
    """Draw the two passages, the slider between their states, for how long predictions differ, and the two texts."""
    notices.explain(
        "All a network knows of what it has read is its state, a few hundred numbers. Here a network reads passage A, "
        "and begins passage B with the state it is in, instead of afresh. **The curves show how far its predictions in "
        "B differ because of that** (KL divergence): the sooner they fall, the sooner A is forgotten. **Try:** move "
        "the slider towards 0, or put in an A and a B of your own."
    )
    controls = context.controls
    left, right = st.columns(2, gap="medium")
    with left:
        donor = controls.text_area("transplant_donor", height=170)
    with right:
        passage = controls.text_area("transplant_passage", height=170)
    amount = controls.slider("transplant_amount")
    names = _readers(context)
    with st.spinner("The networks read both passages."):
        calls = {name: call(donor_influence, donor, passage, amount, model=name) for name in names}
        found = values(calls)
    reading.say(context.network, donor, passage)
    unknown = cache.load_model(context.network).tokenizer.unknown_pieces(donor + passage)
    if unknown:
        notices.note(f"The network has never seen: {', '.join(unknown)}. It reads each as one unknown character.")
    _show_lasting(context, found, amount)
    stored.say_effect(context, "activation_patching", LSTM)
    curves = st.container()
    position = controls.slider("transplant_position", maximum=len(passage))
    with curves:
        _show_curves(context, calls, donor, passage, position)
    _show_texts(context, found[context.network], donor, passage[:position], amount)


def _readers(context: GenerationContext) -> list[str]:
    """Return the networks matched in size, which are compared, and the one that is looked at."""
    matched = [name for name, info in context.models.items() if info.has_units and not info.group]
    return matched + [context.network] * (context.network not in matched)


def _show_lasting(context: GenerationContext, found: dict[str, Influence], amount: float) -> None:
    if amount == 0:
        st.markdown("At 0 nothing of A is carried over: both runs are the same.")
    for column, (name, influence) in zip(st.columns(len(found)), found.items(), strict=True):
        lasts, info = influence.lasts_characters, context.models[name]
        with column:
            st.markdown(f"{networks.mark(info.architecture)} **{notices.plain(context.label(name))}**")
            if lasts is None:
                st.markdown(
                    f"Some prediction **still differs** at the end of B, after {influence.characters:,} characters"
                )
            elif lasts == 0:
                st.markdown("**No prediction** in B differs")
            else:
                st.markdown(f"The last prediction that differs comes after **{lasts:,} characters** of B")
            if lasts != 0:
                st.markdown(f"Half of all the difference lies in the first **{influence.half_characters:,}**")
    st.caption(
        f"Differs: by at least {NEGLIGIBLE_NATS:g} nats, at a single character. That is a rare remainder, and the "
        "whole state was exchanged: the half-life on the Gradients page follows a single character, and is "
        "shorter."
    )


def _show_curves(
    context: GenerationContext, calls: dict[str, Call[Influence]], donor: str, passage: str, position: int
) -> None:
    found = values(calls)
    frame = pd.concat(
        [
            influence.frame.assign(
                label=context.label(name), model=name, architecture=context.models[name].architecture
            )
            for name, influence in found.items()
        ],
        ignore_index=True,
    )
    lasting = {context.label(name): influence.lasts_characters for name, influence in found.items()}
    figures.show(
        influence_curves(
            frame, mode=figures.mode(), threshold=NEGLIGIBLE_NATS, position=position if len(passage) > 1 else None
        ),
        name="transplant-influence",
        alt=describe_influence(frame, lasting, threshold=NEGLIGIBLE_NATS),
        table=lambda: frame[["model", "characters", "token", "kl_nats"]],
        receipt=receipt(
            list(calls.values()),
            "found.lasts_characters, found.half_characters, found.frame",
            measured=f"over {len(passage):,} characters after {len(donor):,} of the donor",
            note="KL(transplanted || untouched) of the next token, in nats: what it would cost to go on expecting what "
            "the untouched run expects.",
        ),
        on_click=lambda characters: context.controls.set("transplant_position", int(characters)),
    )
    st.caption(
        "Strong: the largest difference still to come. Thin: the difference after each character. The upright line: "
        "where the network writes on, below."
    )


def _show_texts(context: GenerationContext, influence: Influence, donor: str, begun: str, amount: float) -> None:
    with st.spinner("The network writes on from both."):
        calls = [
            call(write_after_transplant, donor, begun, share, context.settings, model=context.network)
            for share in dict.fromkeys((0.0, amount))
        ]
        free, moved = calls[0].value, calls[-1].value
    rows = influence.frame[influence.frame["characters"] <= len(begun)]
    here = f" The two runs differ by {rows['kl_nats'].iloc[-1]:.2g} nats there." if len(rows) else ""
    parting = first_difference(free, moved)
    notices.say(
        f"After {len(begun):,} characters of B, {context.label(context.network)} writes on with the same seed.{here} "
        + (
            "The two texts are the same to the last character."
            if parting is None
            else f"The two texts have their first {parting:,} characters in common."
            if parting
            else "The two texts differ from the first character."
        )
    )
    titles = "B begun afresh", f"B begun with {percent(amount, 0)} of A's state"
    for column, title, key, text in zip(
        st.columns(2, gap="medium"), titles, ("free", "moved"), (free, moved), strict=True
    ):
        with column:
            st.markdown(f"**{title}**")
            with st.container(border=True, height=TEXT_HEIGHT, key=f"transplant-{key}"):
                st.text(f"…{begun[-60:]}▏{text}")
    figures.show_receipt(receipt(calls, seed=context.settings.seed), "transplant-texts")
