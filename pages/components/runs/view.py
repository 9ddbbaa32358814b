"""The Runs page's URL: what is listed; and the runs that are looked at."""

from __future__ import annotations

import dataclasses

from engine.config import option
from engine.runs import Run

PAGE = "runs"
MOST = 6  # runs in one chart
STATES = {
    "": "All",
    "active": "Going on",
    "open": "To be resumed",
    "finished": "Finished",
}


@dataclasses.dataclass(frozen=True)
class RunsView:
    """Which runs are listed."""

    state: str = option("", "State", choices=tuple(STATES))
    search: str = option("", "Search", "Part of a title, of an architecture or of what a run learns from.")
    x: str = option("step", "Drawn over", choices=("step", "elapsed_seconds"))


def is_listed(run: Run, view: RunsView) -> bool:
    """Return whether a run is among those that are asked for."""
    kinds = {"active": run.is_active, "open": run.can_resume, "finished": run.state == "finished"}
    words = " ".join((run.title, run.architecture, run.task, str(run.data.get("title", "")))).lower()
    return kinds.get(view.state, True) and all(word in words for word in view.search.lower().split())
