"""Where the numbers of the comparison page come from, and the lines that give them again."""

from __future__ import annotations

from engine.experiments import results
from pages.components.comparison.context import PageContext
from pages.components.figures import Receipt


def receipt(context: PageContext, module: str, line: str, table: str = "") -> Receipt:
    """Return the receipt of a chart that one call makes from the results.

    Args:
        module: where the function that `line` calls stands, below `engine.experiments`.
        table: the attribute of what it returns that is the table shown, such as ".table"; "" where it returns the
            table.
    """
    facts = context.ask(results.receipt, context.recipe)
    function = line.split("(")[0]
    hours = facts["elapsed_seconds"] / 3600
    return Receipt(
        model=f"{facts['runs']} runs in all, {EQUAL_WORDS[context.matched_by]} within each task and length",
        seed=facts["seeds"],
        measured=f"{facts['date']}, commit {facts['commit']}, on {facts['hardware']} ({facts['cores']} cores), torch "
        f"{facts['torch']}",
        python=f"from engine.experiments import results\nfrom engine.experiments.{module} import {function}\n\n"
        f"frame = results.load_results({context.recipe!r})\nprint({line}{table}.to_string())",
        command=facts["command"],
        note=f"All runs together took {f'{hours:.1f} hours' if hours >= 1 else f'{60 * hours:.0f} minutes'} of "
        "training. The same seeds give the same curves on the same machine.",
    )


EQUAL_WORDS = {"parameters": "about equal in parameters", "hidden_size": "equal in hidden size"}
