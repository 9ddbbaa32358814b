"""Where the numbers of the translation page come from, as far as its Calls do not say it by themselves."""

from __future__ import annotations

from typing import Any

from engine.inspection.translation.hypotheses import hypotheses_table
from pages.components.computing.calls import NOT_DRAWN, Call
from pages.components.drawing.figures import Receipt
from pages.components.translation.searching import Search
from pages.components.translation.view import SAMPLING

GREEDY = "All rows are greedy: at each step the likeliest token. A beam would choose among whole sentences."


def for_translation(made: Call[Any], search: Search) -> Receipt:
    """Return the receipt of a translation: the best one of a search, or the first one that was drawn."""
    best = "found[0]" if search.sampling else "found.best"
    return made.receipt(
        f"{best}.text, {best}.word_probabilities, {best}.weights", **how_it_was_made(made.model, search)
    )


def for_translations(made: Call[Any], search: Search) -> Receipt:
    """Return the receipt of all translations that a search ended with, or that were drawn."""
    every = "found" if search.sampling else "found.translations"
    return made.receipt(
        f"hypotheses_table({every}).to_string()", uses=[hypotheses_table], **how_it_was_made(made.model, search)
    )


def how_it_was_made(name: str | None, search: Search, given: str = " < lines.txt") -> dict[str, Any]:
    """Return what a receipt says of the seed, and the command that translates what is `given` in the same way."""
    seed, options = NOT_DRAWN, f"--beam-size {search.settings.beam_size}"
    if search.sampling:
        seed, chances = search.sampling.seed, [(option, getattr(search.sampling, option)) for option in SAMPLING]
        options = " ".join(["--sample", *(f"--{option.replace('_', '-')} {value}" for option, value in chances)])
    return {"seed": seed, "command": f"python -m engine translate --model {name} {options}{given}"}
