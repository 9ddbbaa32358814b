"""Where the numbers of the comparison page come from, and the lines that give them again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.experiments.runs import results
from pages.components.comparison.context import ComparisonContext
from pages.components.computing.calls import Call, call
from pages.components.drawing.figures import Receipt

EQUAL_WORDS = {"parameters": "about equal in parameters", "hidden_size": "equal in hidden size"}


def receipt(
    context: ComparisonContext, made: Callable[..., Any] | Call[Any], *args: Any, prints: str = "found"
) -> Receipt:
    """Return the receipt of a table: what a Call made, or `made(results, *args)`; `prints` is it, or where it stands in
    `found`."""
    facts = context.ask(results.receipt, context.recipe)
    hours = facts["elapsed_seconds"] / 3600
    given = made if isinstance(made, Call) else call(made, *args, table=context.recipe)
    return given.receipt(
        f"{prints}.to_string()",
        day=facts["date"],
        model=f"{facts['runs']} runs in all, {EQUAL_WORDS[context.matched_by]} within each task and length",
        seed=facts["seeds"],
        measured=f"commit {facts['commit']}, on {facts['hardware']} ({facts['cores']} cores), torch {facts['torch']}",
        command=facts["command"],
        note=f"All runs together took {f'{hours:.1f} hours' if hours >= 1 else f'{60 * hours:.0f} minutes'} of "
        "training. The same seeds give the same curves on the same machine.",
    )
