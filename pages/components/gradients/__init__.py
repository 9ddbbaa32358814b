"""The tools of the Gradients page: one module each, with `show(context)`; only the one that is open is imported."""

from __future__ import annotations

from pages.components.tools import Tool, Toolbox

TOOLS = Toolbox(
    __name__,
    Tool("chain", "The chain", "How much of a small change is left after many steps, and why does an RNN lose it?"),
    Tool(
        "connectivity",
        "Connectivity",
        "Which of the earlier characters does a network lean on when it expects the next one?",
    ),
    Tool("clipping", "Clipping", "What happens when gradients explode, and what does it help to hold them down?"),
    Tool(
        "trainability",
        "Foretold?",
        "Can one tell from the gradients of a newborn network whether it will learn?",
        formerly="foretold",
    ),
    Tool(
        "truncation",
        "Truncation",
        "How much does a network lose when its gradient is cut off after so many steps, and what does that save?",
    ),
)
