"""The tools of the sentiment page: one module each, with `show(desk)`; only the one that is open is imported."""

from __future__ import annotations

from dataclasses import dataclass

from pages.components.tools import Tool, Toolbox


@dataclass(frozen=True)
class SentimentTool(Tool):
    """One way to look at how a text is judged.

    Attributes:
        needs_text: whether it looks at the text in the box; the others stand without one too.
    """

    needs_text: bool = True


TOOLS = Toolbox(
    __name__,
    SentimentTool(
        "texts", "Many texts", "Judge many lines or a whole file at once, and take the answers with you.", needs_text=False
    ),
    SentimentTool(
        "quality",
        "Quality",
        "How often are the networks right on sentences that none of them has seen, and what do those they get wrong have in common?",
        needs_text=False,
    ),
)
show = TOOLS.show

__all__ = ["TOOLS", "SentimentTool", "show"]
