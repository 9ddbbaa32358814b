"""How they learn: the loss against updates, sequences or seconds; medians, every seed, or any two runs over each
other."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.experiments.findings.aggregates import OVER_SEEDS
from engine.experiments.findings.learning_curves import AXES, compare_runs, median_curves, run_names, seed_curves
from engine.experiments.runs.results import rows_with
from engine.experiments.runs.task_facts import task_facts
from engine.plotting.comparison.comparisons import two_runs
from engine.plotting.curves import beyond_sentence, beyond_top, chart_top, loss_curves
from engine.plotting.figure import Figure
from engine.plotting.theme import Mode, architecture_in_text
from pages.components.comparison.context import ComparisonContext, ask_axes
from pages.components.comparison.receipts import receipt
from pages.components.drawing import figures, notices

LOOKS = {"medians": f"{OVER_SEEDS.middle.capitalize()}s and ranges", "seeds": "Every seed", "two runs": "Two runs"}
AGAINST = {"updates": "Updates", "sequences": "Sequences seen", "seconds": "Processor seconds"}


def show(context: ComparisonContext) -> None:
    """Draw the curves of one length, as the visitor wants to see them."""
    controls = context.controls
    with st.container(horizontal=True, vertical_alignment="bottom"):
        length = context.ask_length("learning_length")
        look = controls.segmented("learning_look", LOOKS.get)
        if look != "two runs":
            controls.segmented("learning_against", AGAINST.get)
        ask_axes(controls, "learning")
    where = context.matched_by, context.task, length
    if look == "two runs":
        _show_pair(context, where)
    else:
        _show_all(context, where, look)


def _show_all(context: ComparisonContext, where: tuple[str, str, int], look: str) -> None:
    """Draw all architectures that are switched on above."""
    view, facts, length = context.view, context.facts, where[-1]
    function, words = (
        (seed_curves, "every seed a thin line")
        if look == "seeds"
        else (median_curves, f"{OVER_SEEDS.middle_over('the seeds')}, bands {OVER_SEEDS.reach('lowest', 'highest')}")
    )
    curves = context.ask(function, *where)
    curves = curves[curves["architecture"].isin(context.architectures)]
    if curves.empty:
        notices.note("None of the architectures switched on above has runs here.")
        return
    baseline = float(rows_with(context.standings.value, length=length)["baseline"].iloc[0])
    axes = view.learning_against, view.learning_log_x, view.learning_log_y
    outside = beyond_sentence(beyond_top(curves, "loss", chart_top(curves, "loss", baseline), "step"))
    sentence = f"{_last_losses(curves, 'loss' if look == 'seeds' else 'loss_median')} {outside}".strip()
    figures.show(
        context.figure(_draw, *where, context.architectures, look, figures.mode(), baseline, *axes),
        name="loss-while-learning",
        alt=f"Held-out loss on {facts.title.lower()} of length {length:,} against "
        f"{AGAINST[view.learning_against].lower()}: {words}. {sentence}",
        table=lambda: curves.round(5),
        receipt=receipt(context, function, *where),
    )
    notices.say(sentence)
    st.caption(
        notices.plain(
            f"Loss on sequences the networks do not train on. Without memory: {baseline:.4g} {facts.unit}. A run that "
            "has solved the task stops, and keeps its last loss. Seconds are processor time of training alone, so "
            "other work on the machine does not count."
        )
    )


def _draw(
    frame: pd.DataFrame,
    matched_by: str,
    task: str,
    length: int,
    architectures: tuple[str, ...],
    look: str,
    mode: Mode,
    baseline: float,
    against: str,
    is_log_x: bool,
    is_log_y: bool,
) -> Figure:
    curves = (seed_curves if look == "seeds" else median_curves)(frame, matched_by, task, length)
    curves = curves[curves["architecture"].isin(architectures)]
    titles = {"x": AXES[against], "x_title": AGAINST[against], "unit": task_facts(task).unit}
    return loss_curves(curves, mode=mode, baseline=baseline, is_log_x=is_log_x, is_log_y=is_log_y, **titles)


def _show_pair(context: ComparisonContext, where: tuple[str, str, int]) -> None:
    """Draw any two runs of the task and length over each other, with their difference."""
    controls = context.controls
    runs = context.ask(run_names, *where)
    labels = {str(run): run.label for run in runs}
    names = list(labels)
    first, second = (
        next((name for name in names if name.startswith(f"{kind}-")), names[position])
        for position, kind in ((0, "lstm"), (-1, "gru"))
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for field, default in (("learning_one", first), ("learning_other", second)):
            controls.select(field, choices=labels, default=default, width=230)
        controls.number("learning_threshold", width=230)
    view, facts = context.view, context.facts
    arguments = (*where, view.learning_one, view.learning_other, view.learning_threshold)
    pair = context.ask(compare_runs, *arguments)
    figures.show(
        two_runs(
            pair.table,
            mode=figures.mode(),
            architectures=tuple(name.architecture for name in pair.names),
            labels=tuple(f"{letter}: {name.label}" for letter, name in zip("AB", pair.names, strict=True)),
            unit=facts.unit,
            threshold=pair.threshold,
            is_log_x=view.learning_log_x,
            is_log_y=view.learning_log_y,
        ),
        name="two-runs",
        alt=f"Two runs on {facts.title.lower()} of length {where[-1]:,} and their difference at equal updates. "
        f"{pair.sentence}",
        table=lambda: pair.table.round(5),
        receipt=receipt(context, compare_runs, *arguments, prints="found.table"),
    )
    notices.say(pair.sentence)
    st.caption(
        "Below zero, B is better at that number of updates. Between two measurements the loss is taken to lie on a "
        "straight line."
    )


def _last_losses(curves: pd.DataFrame, column: str) -> str:
    """Return each architecture's loss at the end, the lowest first; of every seed's the middle one."""
    last = curves.sort_values("step").groupby(["architecture", *(["seed"] if "seed" in curves else [])]).last()
    losses = last[column].groupby("architecture").agg(OVER_SEEDS.middle).sort_values()
    parts = [f"{architecture_in_text(name)} {loss:.3g}" for name, loss in losses.items()]
    return f"Loss at the end, {OVER_SEEDS.middle_over('the seeds')}: {', '.join(parts)}."
