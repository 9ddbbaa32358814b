"""The head of every page: its title and question, the explanation of every mark on it, and its sections."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.components import routes

TEXT_WIDTH = 760


def show(title: str, question: str, marks: Mapping[str, str]) -> None:
    """Draw the title, the question the page answers, and what each mark on it means; the first call of every page."""
    routes.leave_legacy_mode()
    st.title(title, anchor=False)
    st.markdown(question, width=TEXT_WIDTH)
    if marks:
        with st.expander("What am I looking at?", icon=":material/help_outline:", type="compact"):
            st.markdown("\n".join(f"- **{mark}** – {meaning}" for mark, meaning in marks.items()), width=TEXT_WIDTH)


def section(title: str, sentence: str | None = None) -> None:
    """Draw the heading of a section with one plain sentence under it."""
    st.space("small")
    st.subheader(title, anchor=False)
    if sentence:
        st.markdown(sentence, width=TEXT_WIDTH)
