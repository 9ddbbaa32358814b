"""What becomes of a run: another title, a link for others, more updates, a file to keep, or its end, which can be
undone."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from engine import owners, runs
from engine.errors import EngineError
from engine.jobs import training
from engine.runs import Run
from pages.components import cache, notices, state, visitor
from pages.components.buttons import button, download
from pages.components.runs import listing
from pages.components.runs.view import PAGE

LOWER = 3  # times lower: the rate with which a run that diverged goes on


def refusal() -> None:
    """Say why something could not be done, once."""
    if problem := state.recall(PAGE, "refused"):
        notices.error(problem)
        state.forget(PAGE, "refused")


def show_undo() -> None:
    """Offer to bring back what was deleted last."""
    deleted = state.recall(PAGE, "deleted")
    if deleted is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(notices.plain(f"“{deleted[1]}” was deleted."))
        button("Undo", "runs-undo", _restore, icon="undo", type="tertiary")


def show(run: Run) -> None:
    """Draw what can be done with a run; its owner may do more than whoever has the link."""
    key = run.id
    with st.container(horizontal=True, vertical_alignment="center"):
        if owners.is_own(run.folder, visitor.folder()):
            if not run.is_active:
                _show_further(run)
            with st.popover("Rename", type="tertiary", icon=":material/edit:"):
                st.text_input("Title", run.title, max_chars=120, key=f"runs-title-{key}")
                button("Save", f"runs-rename-{key}", _rename, run.folder, f"runs-title-{key}")
            with st.popover("Share", type="tertiary", icon=":material/link:"):
                st.toggle(
                    "Anyone with the link may look at it and use its network",
                    run.is_shared,
                    key=f"runs-share-{key}",
                    on_change=_share,
                    args=(run.folder, f"runs-share-{key}"),
                )
                st.code(f"{(st.context.url or '').split('?')[0]}?run={key}", language=None)
            if not run.is_active:
                button("Delete", f"runs-delete-{key}", _delete, run, icon="delete", type="tertiary")
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


def _do(prepare, folder: Path) -> None:
    try:
        prepare()
        training.start(cache.job_runner(), [folder])
    except EngineError as problem:
        state.remember(PAGE, "refused", str(problem))


def _rename(folder: Path, key: str) -> None:
    try:
        runs.rename(folder, state.widget_value(key, ""))
    except EngineError as problem:
        state.remember(PAGE, "refused", str(problem))


def _share(folder: Path, key: str) -> None:
    runs.share(folder, bool(state.widget_value(key)))


def _delete(run: Run) -> None:
    try:
        runs.delete(run.folder)
    except EngineError as problem:
        state.remember(PAGE, "refused", str(problem))
        return
    state.remember(PAGE, "deleted", (run.folder, run.title))


def _restore() -> None:
    folder, _ = state.recall(PAGE, "deleted")
    state.forget(PAGE, "deleted")
    try:
        runs.restore(folder)
    except EngineError as problem:
        state.remember(PAGE, "refused", str(problem))
        return
    listing.look_at([folder.name])
