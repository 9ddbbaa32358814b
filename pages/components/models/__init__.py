"""The tools of the Models page: one module each, with `show(context)`; only the one that is open is imported."""

from __future__ import annotations

from pages.components.controls.tools import Tool, Toolbox

TOOLS = Toolbox(
    __name__,
    Tool("card", "Card and files", "What was a network trained on, how good is it, and where does it fail?"),
    Tool("bring", "Bring your own", "You trained a network elsewhere: does it open here, and on every page?"),
    Tool("take", "Take it away", "How do you use a network outside this app?"),
    Tool("speed", "Speed", "How fast is it beside the loops that people write, and beside what the machine allows?"),
)
