"""Place your bets: choose a task and the runners, say who will win, and watch the race on this server."""

from __future__ import annotations

import datetime
from functools import partial

import pandas as pd
import streamlit as st

from engine.errors import EngineError
from engine.experiments.findings.verdicts import RULE, Verdict
from engine.experiments.live_race.race import full_budget, racers, specs_of
from engine.experiments.live_race.settings import SEEDS, LiveSettings, check
from engine.experiments.live_race.tally import record, tally
from engine.experiments.runs.task_facts import task_facts, task_title
from engine.models.sequence_predictor import count_parameters
from engine.plotting.theme import architecture_label
from engine.tasks import TASKS
from engine.wording import counted, percent
from pages.components.comparison import races
from pages.components.comparison.context import ComparisonContext
from pages.components.comparison.view import RACE
from pages.components.controls import state
from pages.components.controls.buttons import button
from pages.components.controls.forms import Controls
from pages.components.drawing import figures, notices

LANES = ("race_first", "race_second", "race_third", "race_fourth")
SHORTEST_FIELD = 2  # lanes that may not be empty
HISTORY = "bets"


def show(context: ComparisonContext) -> None:
    """Draw the form, the race and what became of all bets so far."""
    notices.explain(
        f"Two to four architectures of about the same size learn the same task, {SEEDS} seeds each, on the same "
        "sequences in the same order. Try a length at which the RNN still learns, then one at which it does not."
    )
    job = races.job_of(context.page)
    is_running = job.is_running()
    settings = _ask(context.controls, is_running)
    with st.spinner("Getting ready", show_time=True):  # real data are read once
        problem = _explain(settings)
    button(
        "Start the race",
        "race-start",
        races.start,
        context.page,
        settings,
        icon="flag",
        disabled=is_running or bool(problem),
    )
    st.caption(notices.plain(RULE))
    with notices.engine_errors():
        ended = races.show(context.page, settings)
        if ended is not None:
            _note(context.page, job.current_id, *ended)
    _show_history(context.page)
    _show_tally(settings.task)


def _ask(controls: Controls, is_running: bool) -> LiveSettings:
    """Draw the widgets and return what they say."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        task = controls.select("race_task", task_title, TASKS.names(), disabled=is_running, width=260)
        controls.number("race_length", disabled=is_running, width=150)
        with st.popover("Size, time and seed", icon=":material/tune:", disabled=is_running):
            for name in ("race_parameters", "race_seconds", "race_max_steps", "race_seed"):
                controls.number(name)
    st.caption(notices.plain(task_facts(task).reads))
    able, runner_label, bet_label = racers(TASKS.get(task)), partial(_label, "Nobody"), partial(_label, "No bet")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for position, lane in enumerate(LANES):
            names = able if position < SHORTEST_FIELD else ["", *able]
            controls.select(lane, runner_label, names, disabled=is_running, width=170)
    view = controls.value()
    runners = tuple(name for name in (getattr(view, lane) for lane in LANES) if name)
    controls.segmented("race_bet", bet_label, ["", *dict.fromkeys(runners)], disabled=is_running)
    view = controls.value()
    return LiveSettings(architectures=runners, **{name: getattr(view, f"race_{name}") for name in RACE})


def _label(nobody: str, name: str) -> str:
    return architecture_label(name) if name else nobody


def _explain(settings: LiveSettings) -> str:
    """Say how large each network will be, or why there can be no race; return the latter."""
    try:
        check(settings)
        task = TASKS.get(settings.task)(settings.length)
        specs = [spec for spec in specs_of(settings, task, settings.max_steps) if spec.seed == settings.seed]
    except EngineError as problem:
        notices.error(str(problem))
        return str(problem)
    ports = task.input_size, task.vocab_size, task.output_size
    counts = [count_parameters(spec.architecture, *ports, spec.hidden_size) for spec in specs]
    sizes = ", ".join(
        f"{architecture_label(spec.architecture)} {count:,} ({spec.hidden_size} units)"
        for spec, count in zip(specs, counts, strict=True)
    )
    budget = full_budget(task, settings.parameters)
    farthest = max(abs(count / budget - 1) for count in counts)
    st.caption(
        notices.plain(
            f"Parameters: {sizes}; within {percent(farthest)} of {budget:,}. Before the start a few updates of "
            "each are timed, "
            f"and the race gets as many as fit into {settings.seconds} s on one processor core of this server."
        )
    )
    return ""


def _note(page: str, job_id: str, settings: LiveSettings, verdict: Verdict) -> None:
    """Add a finished race to this visitor's history and to the server's tally, once."""
    outcome = verdict.of_bet(settings.bet)
    history = state.recall(page, HISTORY, {})
    if job_id not in history:
        row = {
            "when": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC"),
            "task": settings.task,
            "length": settings.length,
            "runners": ", ".join(settings.architectures),
            "seed": settings.seed,
            "bet": settings.bet or "none",
            "winner": verdict.winner or "no clear winner",
            "outcome": outcome or "no bet",
        }
        state.remember(page, HISTORY, history | {job_id: row})
        record(job_id, settings.task, settings.length, settings.architectures, verdict.winner, settings.bet, outcome)


def _show_history(page: str) -> None:
    """Draw the races this visitor has seen end, and how many bets were right."""
    history = state.recall(page, HISTORY, {})
    if not history:
        return
    rows = pd.DataFrame(history.values())
    right, decided = _bets(rows)
    st.markdown("**Your races**")
    st.caption(
        f"{right} of {counted(decided, 'decided bet')} right. Kept until you reload or close this page; "
        "download it to keep it longer."
    )
    figures.show_table(rows, name="race-history")


def _show_tally(task: str) -> None:
    """Say how all races on this task on this server ended."""
    rows = tally(task)
    if rows.empty:
        return
    wins = rows[rows["winner"] != ""]["winner"].value_counts()
    won = ", ".join(f"{architecture_label(name)} {count}" for name, count in wins.items()) or "none was clear"
    right, decided = _bets(rows)
    st.caption(
        notices.plain(
            f"All visitors of this server so far, {task_title(task)}: {counted(len(rows), 'race')}; clear wins: "
            f"{won}; {right} "
            f"of {counted(decided, 'decided bet')} right."
        )
    )


def _bets(rows: pd.DataFrame) -> tuple[int, int]:
    """Return how many bets on some races were right, and how many were decided."""
    right, wrong = (int((rows["outcome"] == outcome).sum()) for outcome in ("right", "wrong"))
    return right, right + wrong
