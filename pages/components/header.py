"""The frame of every page: its width, its title and question, and the explanation of every mark on it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager

import streamlit as st

PAGE_WIDTH = 1120
TEXT_WIDTH = 760


def frame() -> AbstractContextManager:
    """Return the container a page is drawn in: centred, and never so wide that lines are hard to read."""
    return st.container(horizontal_alignment="center").container(width=PAGE_WIDTH, key="page")


def show(title: str, question: str, marks: Mapping[str, str]) -> None:
    """Draw the title, the question the page answers, and what each mark on it means."""
    st.title(title, anchor=False)
    st.markdown(question, width=TEXT_WIDTH)
    if marks:
        with st.expander("What am I looking at?", icon=":material/help_outline:"):
            st.markdown("\n".join(f"- **{mark}** – {meaning}" for mark, meaning in marks.items()))


def section(title: str, sentence: str | None = None) -> None:
    """Draw the heading of a section with one plain sentence under it."""
    st.space("small")
    st.subheader(title, anchor=False)
    if sentence:
        st.markdown(sentence, width=TEXT_WIDTH)
