"""The tools of the Forecasting page: one module each, with `show(context)`; only the one that is open is imported."""

from __future__ import annotations

from pages.components.controls.tools import Tool, Toolbox

TOOLS = Toolbox(
    __name__,
    Tool(
        "recursion",
        "Recursive or direct",
        "What does it cost a network to read its own forecasts, beside true values and beside none?",
        formerly=("Own values",),
    ),
    Tool("lookback", "Look back", "How far back does the forecast really look?"),
    Tool("breaking", "Break it", "What does a change of level or a broken clock do to a forecast?"),
    Tool("own", "Your series", "How does a series of your own go on?"),
)
