"""The head of every page: its title and question, the explanation of every mark on it, and its sections."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.components.drawing import notices
from pages.components.drawing.notices import TEXT_WIDTH as TEXT_WIDTH
from pages.components.shell import routes


def show(title: str, question: str, marks: Mapping[str, str]) -> None:
    """Draw the title, the question the page answers, and what each mark on it means; the first call of every page."""
    routes.leave_legacy_mode()
    st.title(title, anchor=False)
    notices.explain(question)
    if marks:
        with st.expander("What am I looking at?", icon=":material/help_outline:", type="compact"):
            notices.explain("\n".join(f"- **{mark}** – {meaning}" for mark, meaning in marks.items()))


def section(title: str, sentence: str | None = None) -> None:
    """Draw the heading of a section with one plain sentence under it."""
    st.space("small")
    st.subheader(title, anchor=False)
    if sentence:
        notices.explain(sentence)
