"""The sections of the comparison page: one module each, with `show(context)`; only the one that is open is imported."""

from __future__ import annotations

from dataclasses import dataclass

from pages.components.controls.tools import Tool, Toolbox

RECIPE = "shipped"  # whose table is shown


@dataclass(frozen=True)
class Section(Tool):
    """One way to look at the comparison.

    Attributes:
        needs_results: whether it reads the measured rows; the others work without any.
    """

    needs_results: bool = True


SECTIONS = Toolbox(
    __name__,
    Section("findings", "What it means", "What do all the runs say, taken together?"),
    Section("learning", "How they learn", "How does the loss fall while a network trains, and how do two runs differ?"),
    Section("tradeoff", "Accuracy against cost", "Which architecture gives the fewest errors for what it costs?"),
    Section(
        "cost", "Time and memory", "What does one more step cost a recurrent network, and what a Transformer?", False
    ),
    Section(
        "half_life",
        "How far back it counts",
        "How far back may a token stand and still change what a language model predicts?",
        False,
        formerly=("Memory half-life",),
    ),
    Section("sizes", "Parameters", "How many numbers does each architecture learn, by formula and by count?"),
    Section("literature", "Published figures", "Do our runs agree with what others have published?"),
    Section("rules", "The rules", "What was kept equal, what was chosen, and how?"),
    Section(
        "live_race",
        "Place your bets",
        "Who will win? Bet, then watch a race on this server.",
        False,
        formerly=("bets",),
    ),
    field="section",
)
show = SECTIONS.show


def available(has_results: bool) -> dict[str, Section]:
    """Return the sections that can be opened, with or without measured rows."""
    return {name: section for name, section in SECTIONS.items() if has_results or not section.needs_results}
