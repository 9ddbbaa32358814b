"""The tools of the Forecasting page: one module each, with `show(context)`; only the one that is open is imported."""

from __future__ import annotations

from pages.components.controls.tools import Tool, Toolbox

TOOLS = Toolbox(
    __name__,
    Tool(
        "recursion",
        "Own values",
        "What does it cost to read one's own values: all values at once against one after the other?",
    ),
    Tool("lookback", "Look back", "How far back does the forecast really look?"),
    Tool("breaking", "Break it", "What does a change of level or a broken clock do to a forecast?"),
    Tool("own", "Your series", "How does a series of your own go on?"),
)
