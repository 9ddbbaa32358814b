"""The chain: how much of the gradient is left over many steps, in untrained networks and in trained ones."""

from __future__ import annotations

import dataclasses
from math import log10
from typing import Any

import streamlit as st

from engine.cells import CELLS
from engine.config import settings_from
from engine.inspection.gradients.chain import (
    ARCHITECTURES,
    Chain,
    ChainSettings,
    chain_bound,
    chain_sentence,
    far_distance,
    fate,
    find_edge,
    gate_sentence,
    measure_chain,
    overflow_sentences,
    product_sentence,
)
from engine.plotting import theme
from engine.plotting.gradients.gradients import (
    chain_curves,
    describe_chain,
    describe_edge,
    describe_spectra,
    edge_curve,
    singular_values,
)
from engine.wording import counted, listing, number_word
from pages.components.computing.calls import Call, call
from pages.components.drawing import figures, notices
from pages.components.gradients import trained
from pages.components.gradients.context import GradientsContext


def show(context: GradientsContext) -> None:
    """Draw the sliders, the curves and what they mean, the edge, the singular values, and trained networks."""
    notices.explain(
        f"{number_word(len(ARCHITECTURES)).capitalize()} untrained networks read something. Each line says how much "
        "of the gradient is left so many steps back from the end: **what falls far below a hundredth can hardly be "
        "learnt from any more.** Try: set *Forget bias* to 1 and see the LSTM's line fall. Then move *Recurrent "
        "gain* until the RNN's line is flat, then a little further."
    )
    settings, text = _ask(context)
    measured = call(measure_chain, settings, text)
    chain = measured.value
    _show_words(chain, settings)
    distance = far_distance(chain)
    chart, edge, spectra = st.container(), st.container(), st.container()
    with spectra:  # drawn first: the choice also says whose bound is drawn above
        architecture = context.controls.segmented("chain_architecture")
        bound = call(chain_bound, settings, architecture, text).value
        _show_spectra(measured, architecture, bound)
    with edge:
        _show_product(context, settings, text, chain)
    with chart:
        _show_curves(measured, distance, (architecture, bound))
    trained.show(context, settings, text)


def _show_curves(measured: Call[Chain], distance: int, bound: tuple[str, float]) -> None:
    """Draw the lines with the bound of one of them, and say where they leave single precision."""
    chain = measured.value
    figures.show(
        chain_curves(
            chain.curves,
            mode=figures.mode(),
            distance=distance,
            bound=(bound[0], log10(bound[1])) if bound[1] > 0 else None,
        ),
        name="chain",
        alt=describe_chain(chain.curves, distance),
        table=lambda: chain.curves.assign(log10_gain=chain.curves["log10_gain"].round(4)),
        receipt=measured.receipt("chain_sentence(found)", uses=[chain_sentence], **_facts(*measured.arguments)),
    )
    for sentence in overflow_sentences(chain):
        notices.note(sentence)


def _ask(context: GradientsContext) -> tuple[ChainSettings, str | None]:
    """Draw the controls; return the settings, and the text where one is read."""
    controls = context.controls
    left, middle, right = st.columns(3, gap="medium")
    with left:
        controls.slider("chain_gain")
        controls.select("chain_matrix")
    with middle:
        controls.slider("chain_forget_bias")
        controls.toggle("chain_is_chrono")
    with right:
        controls.slider("chain_length")
        controls.slider("chain_hidden_size")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        source = controls.segmented("chain_source")
        controls.segmented("chain_activation")
        controls.number("chain_seed", width=130)
    text = controls.text_area("text", height=80) if source == "text" else None
    return settings_from(ChainSettings, controls.value(), "chain_"), text


def _show_words(chain: Chain, settings: ChainSettings) -> None:
    """Say what is left at distance 50, what decides it, and of each network what its gradient does."""
    notices.say(chain_sentence(chain), is_strong=True)
    notices.say(gate_sentence(settings, chain))
    distance = far_distance(chain)
    words = "; ".join(
        f"the {theme.architecture_label(name)}'s {fate(chain.log10_gain(name, distance))}" for name in ARCHITECTURES
    )
    st.caption(
        notices.plain(
            f"Over {counted(distance, 'step')} {words}. (Vanished: below a hundredth. Exploded: beyond a hundred "
            "times.)"
        )
    )


def _show_product(context: GradientsContext, settings: ChainSettings, text: str | None, chain: Chain) -> None:
    """Draw where the RNN's edge lies, and the product that textbooks replace by a power."""
    notices.explain(
        "**From vanishing to exploding.** One slider takes an RNN's gradient from the one to the other; click a mark "
        "to go there."
    )
    # What the curve does not depend on is left out of the key, so that moving it does not compute the curve again: the
    # slider's own value, and how gates start, of which an RNN has none.
    start = ChainSettings()
    fixed = {"gain": 1.0, "forget_bias": start.forget_bias, "is_chrono": start.is_chrono}
    searched = call(find_edge, dataclasses.replace(settings, **fixed), text)
    edge = searched.value
    figures.show(
        edge_curve(edge, settings.gain, mode=figures.mode()),
        name="chain-edge",
        alt=describe_edge(edge),
        table=lambda: edge.round(4),
        receipt=searched.receipt(**_facts(settings, text)),
        on_click=lambda gain: context.controls.set("chain_gain", round(gain / 0.05) * 0.05),
    )
    notices.say(product_sentence(chain))


def _show_spectra(measured: Call[Chain], architecture: str, bound: float) -> None:
    """Draw the singular values of one network."""
    chain = measured.value
    label = theme.architecture_label(architecture)
    facts = chain.facts.set_index("architecture").loc[architecture]
    matrices = CELLS.get(architecture).blocks_back
    if matrices == 1:
        own = (
            f"Its recurrent matrix has the spectral radius {facts['spectral_radius']:.3g} and the largest singular "
            f"value {facts['largest_singular_value']:.3g}. "
        )
    elif matrices:
        own = f"It has {number_word(matrices)} recurrent matrices, so no single spectral radius decides. "
    else:
        own = "It has no recurrent matrix: every unit keeps a share of itself and sees no other. "
    notices.say(
        f"No step of the {label} stretches any direction more than λ = {bound:.3g} times, the dotted bound above. "
        f"{own}Measured over the whole chain, a step multiplies by {facts['rate']:.3g} on average."
    )
    figures.show(
        singular_values(chain.spectra, architecture, mode=figures.mode()),
        name="chain-spectra",
        alt=describe_spectra(chain.spectra, architecture),
        table=lambda: chain.spectra[chain.spectra["architecture"] == architecture].round(4),
        receipt=measured.receipt(
            f"found.spectra, chain_bound(settings, {architecture!r}, text)",
            uses=[chain_bound],
            **_facts(*measured.arguments),
        ),
    )
    st.caption(
        "Each stroke is one direction of change. Strokes that drift apart: a few directions live on while the rest are "
        "lost. Values more than fifteen powers of ten below the largest are lost in rounding and are not drawn."
    )


def _facts(settings: ChainSettings, text: str | None) -> dict[str, Any]:
    """Return what the receipts of the untrained networks say besides their lines."""
    return {
        "model": f"{listing([theme.architecture_label(name) for name in ARCHITECTURES])} with random weights",
        "data": "random numbers"
        if text is None
        else f"the last {settings.length} characters of your text, a random vector for each",
        "seed": settings.seed,
        "measured": "exactly, as a product of the Jacobians of all steps in double precision",
    }
