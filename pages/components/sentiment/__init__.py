"""The tools of the sentiment page: one module each, with `show(context)`; only the one that is open is imported."""

from __future__ import annotations

from dataclasses import dataclass

from pages.components.controls.tools import Tool, Toolbox


@dataclass(frozen=True)
class SentimentTool(Tool):
    """One way to look at how a text is judged.

    Attributes:
        needs_text: whether it looks at the text in the box; the others stand without one too.
        needs_opinions: whether it follows the probability of “positive”, which a network of other labels does not give.
    """

    needs_text: bool = True
    needs_opinions: bool = True


TOOLS = Toolbox(
    __name__,
    SentimentTool("why", "Why", "Which words does the decision rest on, and which smallest edit would flip it?"),
    SentimentTool(
        "order",
        "Order",
        "What does a network say of the same words in another order, and how often does order matter at all?",
    ),
    SentimentTool(
        "padding",
        "Padding",
        "How do several texts enter a network at once, and how is padding masked?",
        needs_text=False,
        needs_opinions=False,
    ),
    SentimentTool(
        "texts",
        "Many texts",
        "Judge many lines or a whole file at once, and take the answers with you.",
        needs_text=False,
        needs_opinions=False,
    ),
    SentimentTool(
        "quality",
        "Quality",
        "How often are the networks right on sentences that none of them has seen, and what do those they get wrong "
        "have in common?",
        needs_text=False,
    ),
    SentimentTool(
        "behaviour",
        "Behaviour",
        "What does a network get wrong: negation, contrast, wishes, names, typing errors?",
        needs_text=False,
    ),
)
