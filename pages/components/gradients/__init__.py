"""The tools of the Gradients page: one module each, with `show(context)`; only the one that is open is imported."""

from __future__ import annotations

from pages.components.tools import Tool, Toolbox

TOOLS = Toolbox(
    __name__,
    Tool(
        "chain",
        "Vanishing gradient",
        "How much of the gradient is left after many steps, and why does an RNN lose it?",
        formerly=("The chain",),
    ),
    Tool(
        "connectivity",
        "Connectivity",
        "Which of the earlier characters does a network lean on when it predicts the next one?",
    ),
    Tool("clipping", "Clipping", "What happens when gradients explode, and what does clipping them change?"),
    Tool(
        "trainability",
        "Can gradients predict learning?",
        "Can one tell from the gradients of an untrained network whether it will learn?",
        formerly=("foretold", "Foretold?"),
    ),
    Tool(
        "truncation",
        "Truncation",
        "How much does a network lose when its gradient is cut off after so many steps, and what does that save?",
    ),
)
