"""The tools of the Cells page: one module each, with `show(desk)`; only the one that is open is imported."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from pages.components.cells.desk import Desk


@dataclass(frozen=True)
class Tool:
    """One way to look inside a cell.

    Attributes:
        name: the module under `pages.components.cells`, and the value in the URL.
        label: what the page calls it.
        sentence: the question it answers.
        needs_language_model: whether it looks at language models only, not at a translator's encoder.
    """

    name: str
    label: str
    sentence: str
    needs_language_model: bool = False


TOOLS = {
    tool.name: tool
    for tool in (
        Tool("step", "Step through", "What does a cell compute when it reads one token? Every number of it, one step at a time."),
        Tool("gates", "Gates over time", "Which gates open and shut along your text, and in which units?"),
        Tool("conveyor", "Conveyor belt", "What did one token write into the memory, and how much of it is left later?"),
        Tool("edit", "Edit and compare", "What does one changed word change inside three networks, and for how long can they tell?"),
        Tool(
            "patterns", "Find a pattern", "Which units are on in a stretch of text and off outside, and where else do they do the same?",
            needs_language_model=True,
        ),
        Tool("shapes", "Shapes and counts", "Which shapes come out of nn.RNN, nn.LSTM and nn.GRU, where does each number sit, and how many are learnt?"),
    )
}


def show(name: str, desk: Desk) -> None:
    """Draw one tool."""
    import_module(f"pages.components.cells.{name}").show(desk)


__all__ = ["TOOLS", "Desk", "Tool", "show"]
