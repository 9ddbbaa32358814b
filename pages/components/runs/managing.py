"""What becomes of a run: another title, a link for others, a file to keep, or its end, which can be undone."""

from __future__ import annotations

import streamlit as st

from engine import owners, runs
from engine.runs import Run
from pages.components.controls import state
from pages.components.controls.buttons import download
from pages.components.owning.owned import Owned
from pages.components.runs import listing
from pages.components.runs.view import PAGE
from pages.components.server import visitor


def show(run: Run) -> None:
    """Draw what can be done with a run; its owner may do more than whoever has the link."""
    key = run.id
    with st.container(horizontal=True, vertical_alignment="center"):
        if owners.is_own(run.folder, visitor.folder()):
            RUNS.show_rename(run.folder, run.title)
            RUNS.show_share(run.folder, state.own_address(run=key))
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


RUNS = Owned(
    PAGE,
    "Anyone with the link may look at it and use its network",
    runs.rename,
    runs.delete,
    runs.restore,
    look_at=lambda folder: listing.look_at([folder.name]),
    longest_title=120,
)
