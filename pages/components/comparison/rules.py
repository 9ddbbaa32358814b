"""The rules: what was kept equal, what was chosen and how, read off the rows; how equal the networks are, as a
table."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.experiments.findings.aggregates import OVER_SEEDS
from engine.experiments.findings.protocol import STOPPING_RULE, Protocol, protocol
from engine.experiments.findings.rate_trials import rate_trials, sensitivity_sentence, trial_lengths
from engine.experiments.findings.verdicts import RULE
from engine.experiments.runs.task_facts import task_facts, task_title
from engine.plotting.comparison.comparisons import loss_by_rate
from engine.plotting.theme import architecture_label
from engine.wording import listing
from pages.components.comparison.context import ComparisonContext, headings
from pages.components.comparison.receipts import receipt
from pages.components.drawing import figures, notices

HEADINGS = {
    "max_steps": "Updates at most",
    "batch_size": "Sequences per update",
    "hidden_size": "Hidden units",
    "difference_percent": "Difference (%)",
    "solved_after": "Solved after (updates)",
    "is_chosen": "Chosen",
}


def show(context: ComparisonContext) -> None:
    """Draw the rules in words and the tables behind them."""
    found = context.ask(protocol, context.matched_by)
    notices.explain("\n".join(f"- {notices.plain(sentence)}" for sentence in rule_sentences(found)))
    st.markdown("**What every task was given**")
    solved = [task_facts(task).solved_text for task in found.budgets["task"]]
    _show_table(context, "budgets", found.budgets.assign(solved_means=solved))
    st.markdown("**How equal the networks are**")
    _show_table(context, "matching", found.matching.round({"difference_percent": 2}))
    if len(found.trials):
        st.markdown("**The trials by which learning rates were chosen**")
        _show_sensitivity(context)
        _show_table(context, "trials", found.trials)


def _show_table(context: ComparisonContext, part: str, table: pd.DataFrame) -> None:
    """Draw a part of the protocol, with tasks and architectures as the page calls them."""
    words = {"task": task_title, "architecture": architecture_label}
    table = table.assign(**{name: table[name].map(say) for name, say in words.items() if name in table})
    source = receipt(context, protocol, context.matched_by, prints=f"found.{part}")
    figures.show_table(table, name=part, receipt=source, column_config=headings(table) | HEADINGS)


def _show_sensitivity(context: ComparisonContext) -> None:
    """Draw the trials on the task at the top of the page: how much the choice matters, and to whom."""
    lengths, controls, facts = context.ask(trial_lengths, context.task), context.controls, context.facts
    if not lengths:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        length = controls.segmented("rules_length", "{:,}".format, lengths, lengths[-1])
        controls.toggle("rules_log_y")
    table = context.ask(rate_trials, context.task, length, context.architectures)
    if table.empty:
        notices.note("No learning rates were tried for the architectures switched on above.")
        return
    baseline = _baseline(context.standings.value, length)
    sentence = sensitivity_sentence(table, baseline)
    figures.show(
        loss_by_rate(table, mode=figures.mode(), unit=facts.unit, baseline=baseline, is_log_y=context.view.rules_log_y),
        name="loss-by-rate",
        alt=f"Lowest loss of a trial on validation sequences of {facts.title.lower()} at length {length:,}, by "
        f"learning rate. {sentence}",
        table=lambda: table.round(6),
        receipt=receipt(context, rate_trials, context.task, length, context.architectures),
    )
    notices.say(sentence)
    st.caption(
        f"{facts.title} at length {length:,}: the lowest loss of one trial each. A ringed mark is the rate that was "
        "chosen, a cross at the top a training that diverged. All trials are of networks about equal in parameters."
    )


def _baseline(runs: pd.DataFrame, length: int) -> float | None:
    """Return the loss of a guess without memory at a length, None where nothing was run at it."""
    own = runs[runs["length"] == length]["baseline"]
    return None if own.empty else float(own.iloc[0])


def rule_sentences(found: Protocol) -> list[str]:
    """Return the rules as sentences with the table's own numbers."""
    if found.equal == "parameters":
        size = (
            "Equal parameters: the number of hidden units is chosen so that all networks on a task have about the "
            "same number of parameters; "
            f"none differs from the middle of its group by more than {found.largest_difference_percent:.2g} %."
        )
    else:
        size = (
            "Equal hidden size: all networks have the same number of hidden units, so their parameters differ, by up "
            f"to {found.largest_difference_percent:.0f} % from the middle of their group."
        )
    seeds = " or ".join(sorted(set(found.budgets["seeds"])))
    return [
        size,
        "Equal data and updates: on a task and length every network reads the same number of sequences per update, "
        "drawn by the same rule, for at most the same number of updates.",
        _tuning_sentence(found),
        *_training_sentences(found),
        f"Seeds: {seeds} {'run' if seeds == '1' else 'runs'} for each architecture, task and length, {found.runs:,} in "
        f"all; they differ only in the seed. Lines are {OVER_SEEDS.middle}s, bars and bands reach "
        f"{OVER_SEEDS.reach('best run', 'worst')}, nothing is left out.",
        f"Errors are measured on held-out sequences that no network trains on. {STOPPING_RULE}",
        f"Who wins: {RULE[0].lower()}{RULE[1:]}",
    ]


def _tuning_sentence(found: Protocol) -> str:
    rates = ", ".join(f"{rate:g}" for rate in found.learning_rates)
    if not found.is_tuned:
        return f"The learning rates used are {rates}; this table does not hold the trials by which they were chosen."
    where = "anew for every task and length" if found.is_tuned_at_each_length else "for every task, at one length"
    smallest, largest = found.at_edges
    return (
        f"The learning rate of each architecture was chosen {where}, among {rates}, by one run each of fewer updates "
        "and with a seed of its own: the rate that solved the task first or, where none did, reached the lowest loss "
        f"on validation sequences. Of {found.trials['is_chosen'].sum()} chosen rates {smallest} "
        f"{'is' if smallest == 1 else 'are'} the smallest of these and {largest} the largest, where one outside might "
        "serve better; the trials are listed below."
    )


def _training_sentences(found: Protocol) -> list[str]:
    """Return how the weights were changed and how the gates started out, as far as the rows say it."""
    if not found.memory_biases:
        return []
    norms = " or ".join(f"{norm:g}" for norm in found.max_grad_norms)
    groups = [
        f"at {bias:g} on {listing([task_title(task).lower() for task in tasks])}"
        for bias, tasks in sorted(found.memory_biases.items(), reverse=True)
    ]
    return [
        f"Weights are changed by Adam with a constant learning rate; a gradient whose norm is above {norms} is "
        "clipped to it.",
        "The gates that keep the memory, an LSTM's forget gate and a GRU's update gate, start out with a bias that "
        f"lets them keep: {'; '.join(groups)}. That of the chrono LSTM is drawn for the length.",
    ]
