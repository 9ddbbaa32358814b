"""Data that a visitor brings: a file, a pasted text, or a data set of the Hub by its id."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from engine.corpora import sources
from engine.corpora.data_folder import MAX_TERMS, UNSTATED, stated
from engine.limits import limits
from engine.preparation import hub
from engine.preparation.draft import Draft
from engine.preparation.source_table import SourceTable, read_paste, read_upload
from pages.components.controls import state
from pages.components.controls.buttons import button, is_pressed
from pages.components.controls.forms import Controls
from pages.components.data.view import PAGE, DataView
from pages.components.drawing import notices

# Written for this page.
SAMPLE = """sentence,mood
"The sea was calm, and so was she.",calm
He slammed the door behind him.,angry
They danced in the kitchen.,glad
Nobody spoke on the way home.,sad
The cat slept through the storm.,calm
She tore the letter in two.,angry
We laughed until it hurt.,glad
The chair by the window stayed empty.,sad
Snow fell without a sound.,calm
He shouted at the empty road.,angry
The whole street sang for her.,glad
The last train had gone.,sad
"""


@dataclass(frozen=True)
class Brought:
    """What a visitor brought: a name for it, what it is kept under while it is prepared, and what stands in it."""

    name: str
    key: str
    table: SourceTable


def ask_file() -> Brought | None:
    """Draw the uploader and the box; return what stands in what was brought with a name for it, None for nothing."""
    most = limits().mebibytes
    file = st.file_uploader(
        f"A file: plain text, CSV, TSV, JSON, JSON Lines, Parquet or a token file (CoNLL); at most {most:,} MiB",
        key="data-file",
        max_upload_size=most,
    )
    text = st.text_area(
        "Or paste it here (a file overrides the text box)", state.recall(PAGE, "text", ""), height=140, key="data-text"
    )
    state.remember(PAGE, "text", text)
    button("Fill in an example", "data-example", _fill, icon="edit_note", type="tertiary")
    if file is None and not text.strip():
        st.caption("What it is, its encoding and its delimiter are told from the content.")
        return None
    is_lines = st.toggle(
        "Take every line as plain text", key="data-lines", help="For a text that only looks like a table."
    )
    name = file.name.rpartition(".")[0] or file.name if file else "Pasted text"
    key = state.fingerprint(file.file_id if file else text, is_lines)
    read = (lambda: read_upload(file, is_lines=is_lines)) if file else (lambda: read_paste(text, is_lines=is_lines))
    return Brought(name, key, state.once(PAGE, "table", key, read))


def ask_hub(controls: Controls[DataView]) -> Brought | None:
    """Draw the fields of a Hub data set; return its rows with a name for them, None before they are asked for."""
    repository = controls.text_input("hub", width=420, placeholder="OWNER/NAME")
    if not repository.strip():
        st.caption(
            "Rows are streamed at a pinned revision until the limits are reached; pictures and sounds are left out."
        )
        return None
    hub.check_id(repository)
    key = state.fingerprint(repository.strip())
    if state.recall(PAGE, "asked for") != key:
        if is_pressed("Look it up", "data-look-up", icon="search"):
            state.remember(PAGE, "asked for", key)
            st.rerun()
        return None
    with st.spinner("Asking the Hub", show_time=True):
        found = state.once(PAGE, "hub", key, lambda: hub.find(repository))
    config = controls.select("config", choices=tuple(found.configs), width=300)
    splits = ", ".join(found.configs[config])
    st.caption(notices.plain(f"Revision {found.revision[:12]}; splits: {splits}; licence: {found.licence}."))
    chosen = state.fingerprint(key, found.revision, config)
    if state.recall(PAGE, "fetched") != chosen:
        if is_pressed("Read its rows", "data-fetch", icon="download"):
            state.remember(PAGE, "fetched", chosen)
            st.rerun()
        return None
    with st.spinner("Reading rows", show_time=True):
        table = state.once(PAGE, "table", chosen, lambda: hub.fetch(found, config))
    return Brought(repository.strip().rpartition("/")[2], chosen, table)


def ask_terms(draft: Draft, key: str) -> list[str]:
    """Draw the boxes for licence and origin, filled in as far as the source states them; return what they say."""
    said = []
    with st.container(horizontal=True):
        for name, example in (("licence", "CC BY 4.0"), ("origin", "my letters, 2019 to 2024")):
            known = getattr(draft, name).replace(UNSTATED, "")
            look = {"max_chars": MAX_TERMS, "placeholder": example, "width": 320}
            said.append(stated(st.text_input(name.capitalize(), known, key=f"data-{name}-{key}", **look)))
    st.caption("They stand with the data, and on the card of every network that learns from them.")
    return said


def ask_again() -> None:
    """Forget that the Hub did not answer, so that the next look-up asks again; for a button's on_click."""
    sources.forget_hub_answer()
    state.forget(PAGE, "hub")


def _fill() -> None:
    state.set_widget("data-text", SAMPLE)
    state.remember(PAGE, "text", SAMPLE)
