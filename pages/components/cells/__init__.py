"""The tools of the Cells page: one module each, with `show(context)`; only the one that is open is imported."""

from __future__ import annotations

from dataclasses import dataclass

from pages.components.controls.tools import Tool, Toolbox


@dataclass(frozen=True)
class CellsTool(Tool):
    """One way to look inside a cell.

    Attributes:
        needs_language_model: whether it looks at language models only, not at a translator's encoder.
    """

    needs_language_model: bool = False


TOOLS = Toolbox(
    __name__,
    CellsTool(
        "step",
        "Step through",
        "What does a cell compute when it reads one token? Every number of it, one step at a time.",
    ),
    CellsTool("gates", "Gates over time", "Which gates open and shut along your text, and in which units?"),
    CellsTool(
        "memory_retention",
        "Memory retention",
        "What did one token write into the memory, and how much of it do the gates keep later?",
        formerly=("conveyor", "Conveyor belt"),
    ),
    CellsTool(
        "edit",
        "Edit and compare",
        "What does one changed word change inside three networks, and for how long can they tell?",
    ),
    CellsTool(
        "patterns",
        "Find a pattern",
        "Which units are on in a stretch of text and off outside, and where else do they do the same?",
        needs_language_model=True,
        of_own="The built-in stories are not new to a network that learnt from them; put in another text then.",
    ),
    CellsTool(
        "shapes",
        "Shapes and counts",
        "Which shapes come out of nn.RNN, nn.LSTM and nn.GRU, where does each number sit, and how many are learnt?",
    ),
)
