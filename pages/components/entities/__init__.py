"""The tools of the Entities page: one module each, with `show(context)`; only the one that is open is imported."""

from __future__ import annotations

from dataclasses import dataclass

from pages.components.controls.tools import Tool, Toolbox


@dataclass(frozen=True)
class EntitiesTool(Tool):
    """One way to look at how a text is tagged.

    Attributes:
        needs_text: whether it looks at the text in the box; the others stand without one too.
    """

    needs_text: bool = True


TOOLS = Toolbox(
    __name__,
    EntitiesTool(
        "others",
        "Four networks",
        "What do networks make of the same text that lack the CRF or one direction, or were trained on other texts?",
    ),
    EntitiesTool(
        "words", "Word by word", "Which tags did the network weigh for one word, and how likely did it hold each?"
    ),
    EntitiesTool(
        "lattice",
        "Lattice",
        "Which paths through all the tags did the network weigh against each other, and which transition decided?",
    ),
    EntitiesTool(
        "directions",
        "Two directions",
        "What does the network know from the words before, and what only from those that come after?",
    ),
    EntitiesTool(
        "padding",
        "Padding",
        "How do several texts enter a network at once, and how is padding masked?",
        needs_text=False,
    ),
    EntitiesTool(
        "many_lines",
        "Many lines",
        "Mark a whole file, one text on each line, and take the entities with you.",
        needs_text=False,
    ),
    EntitiesTool(
        "quality",
        "Quality",
        "How many entities do the networks find in texts none of them has seen, and which do they get wrong?",
        needs_text=False,
    ),
    EntitiesTool(
        "behaviour",
        "Behaviour",
        "What does a network get wrong: lost capitals, names never seen, names that are words, hashtags?",
        needs_text=False,
    ),
)
