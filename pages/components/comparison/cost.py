"""Time and memory: what one more step costs a recurrent network and a Transformer, in training and while reading as it
comes in."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.errors import EngineError
from engine.experiments.costs import live_costs
from engine.experiments.costs.cost_tables import GROWS, as_points, growth, growth_sentence, size_words, stored_costs
from engine.experiments.costs.state_size import (
    overtaken_after,
    state_curves,
    state_table,
    text_state_sentence,
    text_states,
)
from engine.experiments.runs.results import receipt as facts_of
from engine.plotting.comparison.costs import cost_lines
from engine.plotting.theme import architecture_label
from pages.components.comparison.context import ComparisonContext, ask_axes
from pages.components.comparison.view import COST_JOB, LONGEST_CONTEXT
from pages.components.computing.background import BackgroundJob
from pages.components.computing.calls import call
from pages.components.controls.buttons import button
from pages.components.drawing import figures, notices
from pages.components.drawing.figures import Receipt

WHEN = {"streaming": "Reading as it comes in", "training": "Training"}
WORDS = {
    "streaming": "A text is read one token after another, as a chat or a sensor delivers it. Recurrent networks carry "
    "a state of fixed size; a Transformer keeps every token it has read and looks at all of them again.",
    "training": "Whole sequences are read at once, then the error is sent back through every step. All of them keep "
    "what each step computed, so "
    "memory grows with the length; a Transformer also compares every step with every other one.",
}
X_TITLES = {"streaming": "Position of the token", "training": "Length of the sequences (tokens)"}
TIME_TITLES = {"streaming": "Time per token", "training": "Time per update"}
MEMORY_TITLES = {"streaming": "Held between tokens", "training": "Memory for backpropagation"}
TIME_LIMIT_SECONDS = 120.0


def show(context: ComparisonContext) -> None:
    """Draw measured time and memory, the button that measures here, and the calculator."""
    controls = context.controls
    with st.container(horizontal=True, vertical_alignment="bottom"):
        when = controls.segmented("cost_when", WHEN.get)
        ask_axes(controls, "cost")
    notices.explain(WORDS[when])
    stored = _stored(context, when)
    job = BackgroundJob(context.page, COST_JOB, live_costs.JOB, TIME_LIMIT_SECONDS)
    now = None
    with st.container(horizontal=True, vertical_alignment="center"):
        button(
            "Measure it here now",
            "cost-measure",
            job.start,
            {"when": when, "hidden_size": context.view.cost_hidden},
            icon="timer",
            disabled=job.is_running(),
        )
        st.caption(
            f"At most {live_costs.MOST_SECONDS:.0f} s on one processor core of this server, with the H chosen below."
        )
    with notices.engine_errors():
        now = _measured(job, when)
    if stored.empty and now is None:
        notices.note("The table of results holds no such measurements; measure it here.")
    else:
        _show_charts(context, when, stored, now)
    _show_calculator(context)


def _measured(job: BackgroundJob, when: str) -> dict | None:
    """Return what the measurement found that is over, None where there is none; draw one that runs."""
    status = job.status()
    if status is None:
        return None
    if not status.is_over:
        job.watch()
    elif status.has_failed:
        notices.error(status.error)
    elif status.state == "cancelled":
        notices.note("The measurement was stopped; nothing of it is shown.")
    return status.result if status.result and status.result["when"] == when else None


def _stored(context: ComparisonContext, when: str) -> pd.DataFrame:
    if not context.recipe:
        return stored_costs(pd.DataFrame({"kind": [], "equal": []}), when, context.matched_by)
    return context.ask(stored_costs, when, context.matched_by, context.architectures)


def _show_charts(context: ComparisonContext, when: str, stored: pd.DataFrame, now: dict | None) -> None:
    fresh = as_points(pd.DataFrame(now["rows"]), when) if now else None
    points = stored if fresh is None or fresh.empty else fresh
    sentence = growth_sentence(points, when)
    where = "measured here and now" if points is fresh else "from the table of results"
    notices.explain(f"**{notices.plain(sentence)}** {notices.plain(f'({where.capitalize()}.)')}")
    look = {
        "mode": figures.mode(),
        "x_title": X_TITLES[when],
        "is_log_x": context.view.cost_log_x,
        "is_log_y": context.view.cost_log_y,
        "now": None if stored.empty else fresh,
    }
    drawn = fresh if stored.empty else stored
    table = pd.concat(
        [
            part.assign(measured=source)
            for part, source in ((stored, "stored"), (fresh, "here and now"))
            if part is not None and len(part)
        ]
    )
    receipt = _live_receipt(now) if now else _stored_receipt(context, when)
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(f"**{TIME_TITLES[when]}**")
        figures.show(
            cost_lines(drawn, column="seconds", y_title=TIME_TITLES[when], **look),
            name="cost-time",
            alt=f"{TIME_TITLES[when]} against {X_TITLES[when].lower()}, one line per architecture. {sentence}",
            table=table,
            receipt=receipt,
        )
    with right:
        st.markdown(f"**{MEMORY_TITLES[when]}**")
        if table["memory_bytes"].notna().any():
            figures.show(
                cost_lines(drawn, column="memory_bytes", y_title="Memory", **look),
                name="cost-memory",
                alt=f"Bytes {MEMORY_TITLES[when].lower()} against {X_TITLES[when].lower()}, one line per "
                f"architecture. {sentence}",
                table=table,
                receipt=receipt,
            )
        else:
            notices.note("Memory was not measured in this table; measure it here.")
    st.caption(
        "Time is that of one processor core: other work on the machine does not count. Lines are stored rows, open "
        "marks were measured here and now. The sentence compares medians over the first and the last third of each "
        f"line; growing means {GROWS:g} times or more."
    )


def _stored_receipt(context: ComparisonContext, when: str) -> Receipt:
    facts = context.ask(facts_of, context.recipe)
    return call(stored_costs, when, context.matched_by, table=context.recipe).receipt(
        "found, growth(found, 'seconds'), growth(found, 'memory_bytes')",
        uses=[growth],
        day=facts["date"],
        measured=f"commit {facts['commit']}, on {facts['hardware']} ({facts['cores']} cores), torch {facts['torch']}",
        command=facts["command"],
    )


def _live_receipt(now: dict) -> Receipt:
    return call(live_costs.measure_costs, now["when"], now["hidden_size"]).receipt(
        "*(row for event in found for row in event.get('rows', [])), sep='\\n'",
        day=now["date"],
        model=f"untrained networks with H = {now['hidden_size']}; the Transformer's stream is as wide",
        measured=f"commit {now['commit']}, on {now['hardware']} ({now['cores']} cores), torch {now['torch']}",
        note="" if now["is_complete"] else "The time was up before the last point.",
    )


def _show_calculator(context: ComparisonContext) -> None:
    """Draw what must be held after T tokens, by formula and as measured."""
    st.markdown("**Work it out: what must be kept to read on?**")
    notices.explain(
        "A recurrent state is H numbers, whatever was read. A Transformer keeps a key and a value, d numbers each, "
        "per layer and token."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        hidden_size = context.controls.slider("cost_hidden", width=300)
        tokens = context.controls.slider("cost_position", width=300)
    measured = call(state_table, hidden_size, tokens)
    try:
        table = measured.value
    except EngineError as problem:
        notices.error(str(problem))
        return
    held = table.set_index("architecture")["formula_bytes"]
    is_equal = bool((table["formula_bytes"] == table["measured_bytes"]).all())
    said = (
        "exactly what was measured by reading that many tokens"
        if is_equal
        else "which is not what was measured: see the numbers"
    )
    sentence = (
        f"With H = d = {hidden_size}, after {tokens:,} tokens the LSTM holds {size_words(held['lstm'])} and the "
        f"Transformer {size_words(held['transformer'])}, {held['transformer'] / held['lstm']:,.0f} times as much; "
        f"{said}. The Transformer holds more from token {overtaken_after(hidden_size, 'lstm')} on."
    )
    notices.say(sentence)
    marks = table.assign(at=tokens, memory_bytes=table["measured_bytes"])
    lines = state_curves(hidden_size, LONGEST_CONTEXT).rename(columns={"position": "at"})
    figures.show(
        cost_lines(
            lines,
            column="memory_bytes",
            mode=figures.mode(),
            x_title="Tokens read",
            y_title="Memory",
            is_log_x=context.view.cost_log_x,
            is_log_y=context.view.cost_log_y,
            now=marks,
            now_label="measured",
        ),
        name="cost-state",
        alt=f"Bytes held against tokens read: lines by the formulas, marks as measured after {tokens:,} tokens. "
        f"{sentence}",
        table=lambda: table.assign(architecture=table["architecture"].map(architecture_label)),
        receipt=measured.receipt(
            "found.to_string()", model=f"untrained networks with {hidden_size} hidden units, 32-bit floats"
        ),
    )
    shipped = call(text_states)
    if said := text_state_sentence(shipped.value):
        notices.explain(notices.plain(said))
        shown = shipped.value.assign(architecture=shipped.value["architecture"].map(architecture_label))
        figures.show_table(shown, name="cost-texts", receipt=shipped.receipt("found.to_string()"))
