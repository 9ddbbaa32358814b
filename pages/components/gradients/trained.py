"""The chain in trained networks: the shipped language models on the visitor's text, beside what they were at birth."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.inspection.gradients.chain import KEY_DISTANCE, say_power
from engine.inspection.gradients.effective_context import agreement_sentence, memory_levels
from engine.inspection.gradients.trained_chain import newborn_chain, trained_chain
from engine.plotting.gradients.gradients import chain_curves, describe_chain
from pages.components import figures, networks, notices, reading
from pages.components.calls import call, receipt
from pages.components.gradients.context import GradientsContext
from pages.components.header import section

BIRTH = " at birth"


def show(context: GradientsContext, text: str | None) -> None:
    """Draw the switch and, where it is on, the curves of the trained networks and of the same ones before training."""
    section(
        "And trained networks?",
        "The networks of this site that write Shakespeare, after a million characters of learning.",
    )
    if not context.controls.toggle("chain_trained"):
        return
    if not context.trio:
        notices.note(networks.missing("language model with hidden units"))
        return
    if text is None:
        text = context.controls.text_area("text", height=80)
    reading.say(next(iter(context.trio)), text)
    with st.spinner("The gradients of trained networks are handed back through the text."):
        measured, parts = [], []
        for name, info in context.trio.items():
            look = {"architecture": info.architecture, "label": context.label(name)}
            measured.append(call(trained_chain, text, model=name))
            parts.append(measured[-1].value.assign(**look))
            look["label"] += BIRTH
            parts.append(call(newborn_chain, text, model=name).value.assign(**look))
    curves = pd.concat(parts, ignore_index=True)
    distance = min(KEY_DISTANCE, int(curves["distance"].max()))
    notices.say(trained_sentence(curves, distance))
    figures.show(
        chain_curves(
            curves, mode=figures.mode(), distance=distance, x_title="Characters back from the end of your text"
        ),
        name="chain-trained",
        alt=describe_chain(curves, distance),
        table=curves.round(4),
        receipt=receipt(
            measured,
            "found, newborn_chain(model, text)",
            uses=[newborn_chain],
            data="your text",
            seed="0, for the eight directions that are handed back and for the networks at birth",
            measured="by autograd through the whole text",
            note="A state of a thousand numbers has a Jacobian of a million: its size is estimated from eight random "
            "directions.",
        ),
    )
    _show_half_lives(context)
    st.caption(
        "At birth these networks had random rotations as recurrent matrices, and the LSTM a forget bias of 1. A line "
        "that becomes flat belongs to units that hardly forget: the mean over all directions is then theirs alone."
    )


def _show_half_lives(context: GradientsContext) -> None:
    """Say whether the gradient and real replacement put the networks' memories in the same order."""
    with st.spinner("Characters are replaced, near and far, in eight passages.", show_time=True):
        measured = [call(memory_levels, model=name) for name in context.readers]
        parts = [each.value.assign(network=context.label(each.model)) for each in measured]
    levels = pd.concat(parts, ignore_index=True)
    notices.explain("**Does a gradient tell how long a network remembers?**")
    notices.say(agreement_sentence(levels))
    shown = levels.pivot_table(index="level", columns="network", values=["gradient", "replaced"], sort=False).round(1)
    words = {"gradient": "by gradient", "replaced": "replaced"}
    shown.columns = [f"{network}, {words[kind]}" for kind, network in shown.columns]
    shown = shown.reset_index().assign(
        level=lambda frame: frame["level"].map(lambda level: f"{100 * level:g} % left after (characters)")
    )
    figures.show_table(
        shown.rename(columns={"level": "of the influence"}),
        name="chain-half-lives",
        receipt=receipt(
            measured,
            data="eight passages of the embedded sample Saltmarsh, kept back when the networks were trained",
            seed="0, for which characters are put in",
            measured="squared gradients, and nats between what is expected with and without the character",
        ),
    )


def trained_sentence(curves: pd.DataFrame, distance: int) -> str:
    """Return what is left at `distance` in each network, trained and at birth, and whether learning made it more."""
    at = curves[curves["distance"] == distance].set_index("label")["log10_gain"]
    parts = []
    for label in (label for label in at.index if not label.endswith(BIRTH)):
        before = at[label + BIRTH]
        change = "more" if at[label] > before else "less"
        parts.append(f"{label} {say_power(at[label])}, {change} than at birth ({say_power(before)})")
    return f"At distance {distance} this is left of a change of the state: {'; '.join(parts)}."
