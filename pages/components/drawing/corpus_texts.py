"""Texts of a corpus that is not shipped, beside what was measured on them: shown where they can be read."""

from __future__ import annotations

from typing import TypeVar

import streamlit as st

from engine.corpora import CORPORA
from engine.corpora.sources import mirror_folder
from engine.errors import DataError
from pages.components.computing.calls import Call
from pages.components.controls import state
from pages.components.controls.buttons import button
from pages.components.drawing import notices

T = TypeVar("T")


def are_here(corpus: str) -> bool:
    """Return whether a corpus can be read without asking the Hub: from a folder, or because it is built in."""
    spec = CORPORA.get(corpus)
    return mirror_folder(corpus) is not None or (spec.hub is None and not spec.sample)


def ask(page: str, name: str, corpus: str, texts: Call[T], *, absent: str, without: str) -> T | None:
    """Return what `texts` reads from a corpus where it can be read here, else say why it is not shown and return None.

    A local copy is read at once. The Hub is asked only when the visitor says so: that can take a while.

    Args:
        name: what the keys of the tool begin with.
        absent: the sentence on why the texts are not shipped; `without`: the one on what is shown in their place.
    """
    looked_for = f"{name} texts looked for"
    if not are_here(corpus) and state.recall(page, looked_for) != corpus:
        notices.note(
            f"{absent} {without} The others appear where the corpus can be read: from a folder named in UNROLLED_DATA, "
            "or from the Hugging Face Hub."
        )
        button("Look for them on the Hub", f"{name}-fetch", state.remember, page, looked_for, corpus, icon="download")
        return None
    try:
        with st.spinner("Reading the texts", show_time=True):
            return texts.value
    except DataError as problem:
        state.forget(page, looked_for)
        notices.note(f"{problem} {without}")
        return None
