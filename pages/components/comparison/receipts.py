"""Where the numbers of the comparison page come from, and the lines that give them again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.experiments import results
from pages.components.calls import call
from pages.components.comparison.context import PageContext
from pages.components.figures import Receipt

EQUAL_WORDS = {"parameters": "about equal in parameters", "hidden_size": "equal in hidden size"}


def receipt(context: PageContext, function: Callable[..., Any], *args: Any, prints: str = "found") -> Receipt:
    """Return the receipt of a table that `function(results, *args)` makes; `prints` is it, or where it stands in
    `found`."""
    facts = context.ask(results.receipt, context.recipe)
    hours = facts["elapsed_seconds"] / 3600
    return call(function, *args, table=context.recipe).receipt(
        f"{prints}.to_string()",
        day=facts["date"],
        model=f"{facts['runs']} runs in all, {EQUAL_WORDS[context.equal]} within each task and length",
        seed=facts["seeds"],
        measured=f"commit {facts['commit']}, on {facts['hardware']} ({facts['cores']} cores), torch {facts['torch']}",
        command=facts["command"],
        note=f"All runs together took {f'{hours:.1f} hours' if hours >= 1 else f'{60 * hours:.0f} minutes'} of "
        "training. The same seeds give the same curves on the same machine.",
    )
