"""Receipts of the tool "Search tree": the lines of Python that give its numbers again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from engine.inspection.translation.penalty_sweep import SettingsReport
from engine.inspection.translation.search import SearchReport
from pages.components.figures import Receipt
from pages.components.translation.context import PageContext

_LOAD = "from engine.models.folder import load_model\n\nmodel = load_model({network!r})\n"


def for_tree(context: PageContext, report: SearchReport) -> Receipt:
    """Return how the tree was grown."""
    lines = (
        "from engine.inspection.translation.search import inspect_search, search_sentence\n"
        + _LOAD.format(network=context.network)
        + f"report = inspect_search(model, {context.source!r}, {report.beam_size}, {report.length_penalty!r})\n"
        "print(search_sentence(report), report.found.to_string(), report.nodes.to_string(), sep='\\n')"
    )
    return _receipt(
        context,
        lines,
        report.elapsed_seconds,
        "A score is the sum of the pieces' nats over their number to the power of the penalty.",
    )


def for_tries(context: PageContext, report: SearchReport, beginnings: Sequence[tuple[int, ...]]) -> Receipt:
    """Return how the searches from given beginnings were made."""
    lines = (
        "from engine.inspection.translation.search_tries import search_from\n"
        + _LOAD.format(network=context.network)
        + f"for beginning in {list(beginnings)!r}:\n"
        f"    found = search_from(model, {context.source!r}, beginning, {report.beam_size}, "
        f"{report.length_penalty!r})\n"
        "    print(found.text, found.score, found.log_probs)"
    )
    return _receipt(context, lines, None, "A beginning is written as the numbers of its pieces.")


def for_alternatives(context: PageContext, prefix: tuple[int, ...]) -> Receipt:
    """Return how the pieces that could follow were read off."""
    lines = (
        "from engine.inspection.translation.search_tries import alternatives_after\n"
        + _LOAD.format(network=context.network)
        + f"print(alternatives_after(model, {context.source!r}, {prefix!r}).to_string())"
    )
    return _receipt(context, lines, None, None)


def for_settings(context: PageContext, report: SettingsReport) -> Receipt:
    """Return how the winners of all settings were found."""
    lines = (
        "from engine.inspection.translation.penalty_sweep import inspect_settings\n"
        + _LOAD.format(network=context.network)
        + f"report = inspect_settings(model, {context.source!r}, {report.reference!r})\n"
        "print(report.cells.to_string(), report.winners.to_string(), sep='\\n')"
    )
    note = (
        "One search per width serves all penalties; each cell is what a search of its own finds. chrF by sacreBLEU "
        "2.6.0, one sentence."
    )
    return _receipt(context, lines, report.elapsed_seconds, note)


def _receipt(context: PageContext, lines: str, seconds: float | None, note: str | None) -> Receipt:
    return Receipt(
        model=context.network,
        seed="none: nothing is drawn at random",
        measured=f"{date.today().isoformat()}, on the server's processor",
        seconds=seconds,
        python=lines,
        note=note,
    )
