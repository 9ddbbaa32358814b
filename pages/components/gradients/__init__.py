"""The tools of the Gradients page: one module each, with `show(context)`; only the one that is open is imported."""

from __future__ import annotations

from dataclasses import dataclass

from pages.components.controls.tools import Tool, Toolbox


@dataclass(frozen=True)
class GradientsTool(Tool):
    """One way to look at gradients.

    Attributes:
        looks_at_trained: whether it looks at trained networks; the others draw and train their own.
    """

    looks_at_trained: bool = True


TOOLS = Toolbox(
    __name__,
    GradientsTool(
        "chain",
        "Vanishing gradient",
        "How much of the gradient is left after many steps, and why does an RNN lose it?",
        formerly=("The chain",),
    ),
    GradientsTool(
        "connectivity",
        "Connectivity",
        "Which of the earlier characters does a network lean on when it predicts the next one?",
    ),
    GradientsTool(
        "clipping",
        "Clipping",
        "What happens when gradients explode, and what does clipping them change?",
        looks_at_trained=False,
    ),
    GradientsTool(
        "trainability",
        "Can gradients predict learning?",
        "Can one tell from the gradients of an untrained network whether it will learn?",
        formerly=("foretold", "Foretold?"),
        looks_at_trained=False,
    ),
    GradientsTool(
        "truncation",
        "Truncation",
        "How much does a network lose when its gradient is cut off after so many steps, and what does that save?",
    ),
)
