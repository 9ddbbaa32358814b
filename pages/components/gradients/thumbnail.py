"""The Gradients page's picture on the home page."""

from __future__ import annotations

import streamlit as st

from engine.plotting import theme
from pages.components import figures, networks
from pages.components.calls import call


def draw() -> None:
    """Draw how much of the gradient is left after many steps in untrained networks."""
    from engine.inspection.gradients.chain import ChainSettings, chain_sentence, far_distance, measure_chain
    from engine.plotting.gradients.gradients import chain_curves

    chain = call(measure_chain, ChainSettings(), None).value
    distance = far_distance(chain)
    figures.thumbnail(
        chain_curves(chain.curves, mode=figures.mode(), distance=distance), name="gradients", alt=chain_sentence(chain)
    )
    st.markdown(
        " · ".join(
            f"{networks.mark(name)} {theme.architecture_label(name)}" for name in chain.curves["architecture"].unique()
        )
    )
    st.caption(
        f"How much of the gradient is left {distance} steps back and further, in untrained networks whose forget gates "
        "start open."
    )
