"""Where the numbers of the comparison page come from, and the lines that give them again."""

from __future__ import annotations

import re

from engine.experiments import results
from pages.components.comparison.desk import Desk
from pages.components.figures import Receipt


def receipt(desk: Desk, module: str, line: str, table: str = "") -> Receipt:
    """Return the receipt of a chart that one call makes from the results.

    Args:
        module: where the function that `line` calls stands, below `engine.experiments`.
        table: the attribute of what it returns that is the table shown, such as ".table"; "" where it returns the
            table.
    """
    facts = desk.ask(results.receipt, desk.recipe)
    functions = ", ".join(sorted(set(re.findall(r"(\w+)\(", line))))
    hours = facts["elapsed_seconds"] / 3600
    return Receipt(
        model=f"{facts['runs']} runs in all, {EQUAL_WORDS[desk.equal]} within each task and length",
        seed=facts["seeds"],
        measured=f"{facts['date']}, commit {facts['commit']}, on {facts['hardware']} ({facts['cores']} cores), torch "
        f"{facts['torch']}",
        python=f"from engine.experiments import results\nfrom engine.experiments.{module} import {functions}\n\n"
        f"frame = results.load_results({desk.recipe!r})\nprint({line}{table}.to_string())",
        command=facts["command"],
        note=f"All runs together took {f'{hours:.1f} hours' if hours >= 1 else f'{60 * hours:.0f} minutes'} of "
        "training. The same seeds give the same curves on the same machine.",
    )


EQUAL_WORDS = {"parameters": "about equal in parameters", "hidden_size": "equal in hidden size"}
