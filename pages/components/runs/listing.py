"""The visitor's runs as a table, and which of them are looked at."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import streamlit as st

from engine import owners, runs
from engine.errors import EngineError
from engine.plotting import theme
from engine.runs import Run
from engine.runs.differences import titles
from engine.task_family import TASK_FAMILIES
from pages.components.controls import state
from pages.components.controls.buttons import button
from pages.components.drawing import notices
from pages.components.runs.view import MOST
from pages.components.server import visitor
from pages.components.watching import run_control


def owned() -> list[Run]:
    """Return the visitor's runs, the newest first."""
    return [run_control.read(run.folder) for run in runs.listed(visitor.folder() / "runs")]


def opened() -> list[Run]:
    """Return the runs that the address names and others share, or say why there are none."""
    mine, found = visitor.folder(), []
    for item in dict.fromkeys(state.read_url_list(run_control.RUN)):
        try:
            folder = owners.find(item, mine, ("runs",))
        except EngineError as problem:
            notices.error(str(problem))
            continue
        if not owners.is_own(folder, mine):
            owners.remember_opened(mine, folder.name)
            found.append(run_control.read(folder))
    return found


def table(found: Sequence[Run]) -> pd.DataFrame:
    """Return what is known of runs, a row each."""
    rows = []
    for run in found:
        judged = TASK_FAMILIES.get(run.task).watched if run.task in TASK_FAMILIES.names() else None
        measure = run.best.get(judged.metric.name) if judged else None
        rows.append(
            {
                "title": run.title,
                "state": run.state,
                "task": run.task.replace("_", " "),
                "architecture": theme.architecture_label(run.architecture) if run.architecture else "",
                "data": str(run.data.get("title", run.recipe.get("corpus", ""))).rpartition("/")[2],
                "updates": f"{run.step:,} of {run.max_steps:,}",
                "validation loss": _rounded(run.best.get("validation_loss")),
                "measure": f"{measure:.4g} ({judged.metric.name.replace('_', ' ')})" if judged and measure else "",
                "minutes": round(run.elapsed_seconds / 60, 1),
                "begun": datetime.datetime.fromtimestamp(run.created, datetime.UTC).strftime("%Y-%m-%d %H:%M"),
            }
        )
    return pd.DataFrame(rows)


def choose(found: Sequence[Run]) -> list[Run]:
    """Draw the choice among the runs that are listed, and return those that are looked at: the newest, unless the
    address names others."""
    by_id = dict(zip([run.id for run in found], titles(found), strict=True))
    asked = [item for item in state.read_url_list(run_control.RUN) if item in by_id]
    chosen = st.multiselect(
        "Look at",
        list(by_id),
        default=asked or list(by_id)[:1],
        format_func=by_id.get,
        max_selections=MOST,
        key=f"runs-chosen-{state.fingerprint(asked, sorted(by_id))}",
        help=f"One run with all it says, or up to {MOST} in one chart.",
    )
    return [run for run in found if run.id in chosen]


def show_interrupted(found: Sequence[Run]) -> None:
    """Offer to go on with the runs that a process which died has left."""
    left = [run.folder for run in found if run.state == "interrupted"]
    if left:
        words = "One of your runs was interrupted" if len(left) == 1 else f"{len(left)} of your runs were interrupted"
        notices.note(f"{words}: the server or its worker ended. Resume goes on from the last checkpoint.")
        button("Resume", "runs-resume-all", _resume, left, icon="play_arrow")


def look_at(ids: Sequence[str]) -> None:
    """Look at other runs; for on_click."""
    state.write_url_list(run_control.RUN, list(ids))


def _resume(folders: Sequence[Path]) -> None:
    for folder in folders:  # each a job of its own
        run_control.go_on([folder])


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
