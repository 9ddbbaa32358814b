"""The Gradients page's picture on the home page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from engine.plotting import theme
from engine.plotting.theme import Mode
from pages.components.computing.calls import call
from pages.components.drawing import thumbnails
from pages.components.drawing.thumbnails import Part
from pages.components.owning import networks


def files() -> list[Path]:
    """Return nothing: its networks are drawn from a seed."""
    return []


def picture(mode: Mode) -> Iterator[Part]:
    """Yield how much of the gradient is left after many steps in untrained networks."""
    from engine.inspection.gradients.chain import ChainSettings, chain_sentence, far_distance, measure_chain
    from engine.plotting.gradients.gradients import chain_curves

    chain = call(measure_chain, ChainSettings(), None).value
    distance = far_distance(chain)
    yield thumbnails.drawing(chain_curves(chain.curves, mode=mode, distance=distance), chain_sentence(chain))
    yield Part(
        "markdown",
        " · ".join(
            f"{networks.mark(name)} {theme.architecture_label(name)}" for name in chain.curves["architecture"].unique()
        ),
    )
    yield Part(
        "caption",
        f"How much of the gradient is left {distance} steps back and further, in untrained networks whose forget gates "
        "start open.",
    )
