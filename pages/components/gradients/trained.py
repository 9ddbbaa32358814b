"""The chain in trained networks: the shipped language models on the visitor's text, beside untrained ones."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.inspection.gradients.chain import KEY_DISTANCE, ChainSettings, say_power
from engine.inspection.gradients.effective_context import agreement_sentence, memory_levels
from engine.inspection.gradients.trained_chain import trained_chain, untrained_chain
from engine.plotting.gradients.gradients import chain_curves, describe_chain
from engine.wording import counted
from pages.components.computing.calls import call, receipt
from pages.components.controls.buttons import button
from pages.components.drawing import figures, notices
from pages.components.gradients.context import GradientsContext
from pages.components.owning import networks
from pages.components.shell.header import section
from pages.components.texts import reading

UNTRAINED = ", untrained"
STARTED = {"chain_matrix": "orthogonal", "chain_forget_bias": 1.0, "chain_gain": 1.0, "chain_is_chrono": False}


def show(context: GradientsContext, settings: ChainSettings, text: str | None) -> None:
    """Draw the switch and, where it is on, the curves of the trained networks and of untrained ones of the same size,
    drawn as the sliders above say."""
    whom = "Your network" if context.network else "The networks of this site that write Shakespeare"
    section("And trained networks?", f"{whom}, after training, beside untrained ones of the same size.")
    if not context.controls.toggle("chain_trained"):
        return
    if not context.trio:
        notices.note(networks.missing("language model with hidden units"))
        return
    if text is None:
        text = context.controls.text_area("text", height=80)
    reading.say(next(iter(context.trio)), text)
    with st.spinner("The gradients of trained networks are computed back through the text."):
        measured, parts = [], []
        for name, info in context.trio.items():
            look = {"architecture": info.architecture, "label": context.label(name)}
            measured.append(call(trained_chain, text, model=name))
            parts.append(measured[-1].value.assign(**look))
            look["label"] += UNTRAINED
            parts.append(call(untrained_chain, text, settings, model=name).value.assign(**look))
    curves = pd.concat(parts, ignore_index=True)
    distance = min(KEY_DISTANCE, int(curves["distance"].max()))
    notices.say(trained_sentence(curves, distance, context.noun))
    with st.container(horizontal=True, vertical_alignment="center"):
        notices.say(
            "The untrained lines start as the sliders above say. "
            + (
                "Yours may have been trained from another start."
                if context.network
                else "These networks were trained from another start: random rotations as recurrent matrices, which "
                "neither shrink nor stretch, and a forget bias of 1. From that start an untrained RNN keeps more of "
                "the gradient than an LSTM; training turns that round."
            )
        )
        button("Start as they did", "chain-as-trained", _start_as_trained, context, icon="restart_alt")
    figures.show(
        chain_curves(
            curves,
            mode=figures.mode(),
            distance=distance,
            x_title=f"{context.nouns.capitalize()} back from the end of your text",
        ),
        name="chain-trained",
        alt=describe_chain(curves, distance),
        table=lambda: curves.round(4),
        receipt=receipt(
            measured,
            "found, untrained_chain(model, text, settings)",
            uses=[untrained_chain, ChainSettings],
            data="your text",
            seed=f"0 for the eight directions that are handed back, {settings.seed} for the untrained networks",
            measured="by autograd through the whole text",
            note="A state of a thousand numbers has a Jacobian of a million: its size is estimated from eight random "
            "directions.",
        ),
    )
    if not context.network:  # they are compared, on passages that yours may have learnt from
        _show_half_lives(context)
    st.caption(
        "A line that becomes flat belongs to units that hardly forget: the mean over all directions is then theirs "
        "alone."
    )


def _show_half_lives(context: GradientsContext) -> None:
    """Say whether the gradient and real replacement put the networks' memories in the same order."""
    with st.spinner("Characters are replaced, near and far, in eight passages.", show_time=True):
        measured = [call(memory_levels, model=name) for name in context.readers]
        parts = [each.value.assign(network=context.label(each.model)) for each in measured]
    levels = pd.concat(parts, ignore_index=True)
    notices.explain("**Does a gradient tell how long a network remembers?**")
    notices.say(agreement_sentence(levels))
    st.caption("After how many characters so much of the influence is left, by either way of measuring:")
    figures.show_table(
        by_network(levels),
        name="chain-half-lives",
        receipt=receipt(
            measured,
            data="eight passages of the built-in sample Saltmarsh, kept back when the networks were trained",
            seed="0, for which characters are put in",
            measured="squared gradients, and nats between what is expected with and without the character",
        ),
    )


def by_network(levels: pd.DataFrame) -> pd.DataFrame:
    """Return a row per network and way of measuring, a narrow column per share of the influence that is left."""
    words = {"gradient": "gradient", "replaced": "replacing characters"}
    long = levels.melt(["network", "level"], list(words), var_name="measured by", value_name="after")
    shown = long.pivot_table(
        index=["network", "measured by"], columns="level", values="after", sort=False, dropna=False
    )
    shown.columns = [f"{100 * level:g} % left" for level in shown.columns]
    return shown.round(1).reset_index().replace({"measured by": words}).dropna(how="all", subset=shown.columns)


def _start_as_trained(context: GradientsContext) -> None:
    for name, value in STARTED.items():
        context.controls.set(name, value)


def trained_sentence(curves: pd.DataFrame, distance: int, noun: str = "character") -> str:
    """Return what is left at `distance` in each network, trained and untrained, and whether training made it more."""
    at = curves[curves["distance"] == distance].set_index("label")["log10_gain"]
    parts = []
    for label in (label for label in at.index if not label.endswith(UNTRAINED)):
        before = at[label + UNTRAINED]
        change = "more" if at[label] > before else "less"
        parts.append(f"{label} {say_power(at[label])}, {change} than untrained ({say_power(before)})")
    return f"This much of the gradient is left {counted(distance, noun)} back: {'; '.join(parts)}."
