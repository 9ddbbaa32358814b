"""What becomes of a run: another title, a link for others, more updates, a file to keep, or its end, which can be
undone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from engine import owners, runs
from engine.jobs import training
from engine.runs import Run
from pages.components import cache, state, visitor
from pages.components.buttons import button, download
from pages.components.owned import Owned
from pages.components.runs import listing
from pages.components.runs.view import PAGE

LOWER = 3  # times lower: the rate with which a run that diverged goes on


def show(run: Run) -> None:
    """Draw what can be done with a run; its owner may do more than whoever has the link."""
    key = run.id
    with st.container(horizontal=True, vertical_alignment="center"):
        if owners.is_own(run.folder, visitor.folder()):
            if not run.is_active:
                _show_further(run)
            RUNS.show_rename(run.folder, run.title)
            RUNS.show_share(run.folder, f"{(st.context.url or '').split('?')[0]}?run={key}")
            if not run.is_active:
                RUNS.show_delete(run.folder, run.title)
        else:
            st.caption("Somebody shared this with you.")
        with st.popover("Files", type="tertiary", icon=":material/download:"):
            for name, words, mime in (
                ("recipe.json", "Recipe, which the command line trains again", "application/json"),
                ("metrics.jsonl", "Measurements, one JSON object a line", "application/x-ndjson"),
                ("samples.jsonl", "What it said, one JSON object a line", "application/x-ndjson"),
            ):
                if (file := run.folder / name).is_file():
                    download(words, f"runs-file-{name}-{key}", file.read_bytes, name, mime)


def _show_further(run: Run) -> None:
    if run.state == "finished":
        with st.popover("Continue", type="tertiary", icon=":material/fast_forward:"):
            name = f"runs-more-{run.id}"
            st.number_input("More updates", 1, value=max(1, run.max_steps // 2), key=name)
            st.caption("The learning rate's schedule begins anew. The recipe repeats the whole run.")
            button("Train on", f"runs-continue-{run.id}", _continue, run.folder, name)
    elif run.state == "diverged":
        rate = float(run.recipe["training"]["learning_rate"]) / LOWER
        button(
            f"Go on with a learning rate of {rate:.2g}",
            f"runs-lower-{run.id}",
            _slow_down,
            run.folder,
            rate,
            icon="slow_motion_video",
            type="tertiary",
        )


def _continue(folder: Path, name: str) -> None:
    _do(lambda: runs.go_further(folder, more_steps=int(state.widget_value(name, 1))), folder)


def _slow_down(folder: Path, rate: float) -> None:
    _do(lambda: runs.go_further(folder, learning_rate=rate), folder)


def _do(prepare: Callable[[], object], folder: Path) -> None:
    if RUNS.do(prepare):
        RUNS.do(training.start, cache.job_runner(), [folder], visitor.address())


RUNS = Owned(
    PAGE,
    "Anyone with the link may look at it and use its network",
    runs.rename,
    runs.delete,
    runs.restore,
    look_at=lambda folder: listing.look_at([folder.name]),
    longest_title=120,
)
