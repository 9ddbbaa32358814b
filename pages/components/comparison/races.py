"""The live race: drawn while it runs and when it is over, with who won by the rule."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from engine.config import to_dict
from engine.experiments.findings.aggregates import baseline_error, error_of
from engine.experiments.findings.verdicts import Verdict, judge
from engine.experiments.live_race.settings import JOB, LiveSettings
from engine.experiments.live_race.words import bet_words, standing_words, verdict_words
from engine.experiments.runs.task_facts import task_facts
from engine.plotting.comparison.race import OVER_SEEDS, race_bands
from pages.components.comparison.view import RACE_JOB
from pages.components.computing.background import BackgroundJob, message_of
from pages.components.drawing import figures, notices
from pages.components.drawing.figures import Receipt

if TYPE_CHECKING:  # the runner brings Dask along; a page that only shows results does without
    from engine.jobs import JobStatus

TIME_LIMIT_SECONDS = (
    300.0  # a race takes a minute at most, but a busy server that has just started needs some minutes before it
)
MEASURED = ["architecture", "seed", "step", "loss", "accuracy", "elapsed_seconds"]


def job_of(page: str) -> BackgroundJob:
    """Return the race of a page: its id, whether it runs, how it is started."""
    return BackgroundJob(page, RACE_JOB, JOB, TIME_LIMIT_SECONDS)


def start(page: str, settings: LiveSettings) -> None:
    """Queue a race and put its id into the URL; for the Start button's on_click."""
    job_of(page).start(to_dict(settings), settings)


def show(page: str, settings: LiveSettings) -> tuple[LiveSettings, Verdict] | None:
    """Draw a race: polled twice a second while it runs, still afterwards; return how a finished one ended.

    Raises:
        JobError: the race is not known (any more).
    """
    job = job_of(page)
    status = job.status()
    if status is None:
        return None
    settings = job.settings_of(job.current_id, settings)
    if status.is_over:
        return _draw(status, settings)
    job.watch(partial(_draw_curves, settings=settings), _progress_words)
    return None


def _draw(status: JobStatus, settings: LiveSettings) -> tuple[LiveSettings, Verdict] | None:
    """Draw a race that is over: who won by the rule, whether the bet was right, and the curves."""
    if not status.result:
        if status.has_failed:
            notices.error(status.error)
        elif status.state == "cancelled":
            notices.note(
                f"Stopped after {status.elapsed_seconds:.0f} s; what was measured until then stays, and nobody has won."
            )
        _draw_curves(status, settings)
        return None
    result = status.result  # a link to a finished race may come without the settings it was run with
    settings = settings_of(result)
    verdict = judge(result["summaries"])
    facts = task_facts(settings.task)
    notices.explain(f"**{notices.plain(verdict_words(verdict))}** {notices.plain(bet_words(verdict, settings.bet))}")
    _draw_curves(status, settings)
    st.caption(notices.plain(_ran(result, settings, facts.solved_text)))
    return settings, verdict


def settings_of(result: dict[str, Any]) -> LiveSettings:
    """Return the settings a finished race was run with."""
    return LiveSettings(**result["settings"] | {"architectures": tuple(result["settings"]["architectures"])})


def _draw_curves(status: JobStatus, settings: LiveSettings) -> None:
    frame, ended = _measurements(status)
    if frame.empty:
        return
    start = next((event for event in status.events if event["kind"] == "start"), {})
    facts = task_facts(settings.task)
    baseline = (status.result or {}).get("baseline") or {
        name: start.get(name) for name in ("baseline", "baseline_accuracy")
    }
    frame = frame.assign(**baseline)
    frame["error"] = error_of(frame, facts.measure)
    words = standing_words(frame, ended)
    updates = (status.result or start).get("updates", settings.max_steps)
    figures.show(
        race_bands(
            frame,
            mode=figures.mode(),
            last_step=updates,
            y_title=facts.y_title,
            baseline_error=float(baseline_error(frame, facts.measure).iloc[0]),
            ended=[(run["architecture"], run["seed"]) for run in ended],
        ),
        name="race",
        alt=f"{facts.title}, length {settings.length}: error on held-out sequences against updates, "
        f"{OVER_SEEDS.middle_over('the seeds')} with a band {OVER_SEEDS.reach('best', 'worst')}. {words}",
        table=frame.drop(columns=["baseline", "baseline_accuracy"]).round(4) if status.is_over else None,
        receipt=_receipt(settings, status.result) if status.result else None,
    )
    notices.say(words)


def _measurements(status: JobStatus) -> tuple[pd.DataFrame, list[dict]]:
    """Return what has been measured, and the runs that have ended.

    Once a race has finished its result is taken, as the last of its events may arrive after it.
    """
    if status.result:
        return pd.DataFrame(status.result["curves"], columns=MEASURED), status.result["summaries"]
    measured = [event for event in status.events if event["kind"] == "evaluation"]
    return pd.DataFrame(measured, columns=MEASURED), [event for event in status.events if event["kind"] == "done"]


def _progress_words(status: JobStatus) -> str:
    words = message_of(status)
    start = next((event for event in status.events if event["kind"] == "start"), None)
    if start is not None and status.progress < 1:
        words += f" · about {start['expected_seconds'] * (1 - status.progress):.0f} s left at most"
    return words


def _ran(result: dict[str, Any], settings: LiveSettings, solved_text: str) -> str:
    """Say what was run, what it was stopped by, and what "solved" means."""
    sizes = [run["parameters"] for run in result["summaries"]]
    asked = settings.max_steps
    words = (
        f"Solved means: {solved_text}. {len(sizes)} networks of {min(sizes):,} to {max(sizes):,} parameters, at "
        f"most {result['updates']:,} updates each"
    )
    if result["updates"] < asked:
        words += (
            f" (you allowed {asked:,}; no more fitted into {settings.seconds} s at the pace measured before the start)"
        )
    words += f", in {result['seconds']:.0f} s."
    return (
        words
        if result["is_complete"]
        else f"{words} The time was up first: all were judged after the same number of updates."
    )


def _receipt(settings: LiveSettings, result: dict[str, Any]) -> Receipt:
    same = {name: getattr(settings, name) for name in ("task", "length", "architectures", "parameters", "seed")}
    return Receipt(
        model=f"{len(result['summaries'])} networks of about {settings.parameters:,} parameters, trained here and now",
        seed=", ".join(map(str, settings.seeds)),
        measured=f"{result['date']}, commit {result['commit']}, on {result['hardware']}, torch {result['torch']}",
        seconds=result["seconds"],
        python=(
            "from engine.experiments.live_race.race import repeat\n\n"
            f"frame = repeat({result['updates']}, {', '.join(f'{name}={value!r}' for name, value in same.items())})\n"
            "print(frame.groupby(['architecture', 'seed']).last())"
        ),
        note="The same seeds and updates give the same numbers on the same machine, however long they take. Where the "
        "time was up first, these lines go on to the end.",
    )
