"""The pages and their addresses, and the way out of Streamlit's older mode for apps with a `pages` folder.

On a fresh server whose first visitor opens, say, /generation, Streamlit 1.67 finds the `pages` folder and runs that
file alone, without app.py: no navigation, no frame. `frame` marks the runs that came through app.py; the first call
of every page is `leave_legacy_mode`, which declares the navigation and starts the run again through app.py.
"""

from __future__ import annotations

import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from functools import lru_cache
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from engine.aggregation import MEDIAN_AND_RANGE
from engine.task_family import Page, pages
from pages.components.lessons import progress
from pages.components.shell import window

HOME = Page("home", "Home", "")
OWN = (  # those of no family
    Page(
        "comparison",
        "Comparison",
        "Which network remembers longest, on tasks with known answers.",
        {
            "Lines and bars": f"{MEDIAN_AND_RANGE.middle_over('trainings that differ only in their random seed')}; "
            f"{MEDIAN_AND_RANGE.reach('best', 'worst')} of them."
        },
    ),
    Page(
        "cells",
        "Cells",
        "What one cell computes at each step of your sentence, and which gates open and shut.",
        {
            "The strip of cells": "one row per unit, one column per character: bright where a gate is open, dark where "
            "it is shut."
        },
        opens="network",
    ),
    Page(
        "gradients",
        "Gradients",
        "How far back a network can be taught, and why the gradient of an RNN vanishes.",
        {
            "Falling lines": "what is left of a small change after more and more steps, each grid line a power of ten.",
            "▲ ● ■": "mark RNN, LSTM and GRU everywhere.",
        },
        opens="networks",
    ),
    Page(
        "claims",
        "Claims",
        "What textbooks say of recurrent networks, and whether it holds here.",
        {"✓ ◐ ✗": "holds here, holds under a condition, does not hold here."},
    ),
)
LESSONS = Page("lessons", "Lessons", "A course through the pages: predict, try it, and see what the network says.")
GLOSSARY = Page("glossary", "Glossary", "The field's words, what they mean, and the tools that show them.")
ABOUT = Page("about", "About", "What this server gives to each visitor, and how many it carries.")
MAKE = (  # those on which a visitor makes something; they share one menu
    Page(
        "data",
        "Data",
        "What a network could learn from: corpora looked at before use, and your own files.",
        {"Bars of lengths": "how many texts have how many words, the training split's filled, the others' patterned."},
    ),
    Page("train", "Train", "A network learns from your data, and can be used on every other page."),
    Page("runs", "Runs", "What was trained: curves, samples and settings, side by side; go on, share, or delete."),
    Page("models", "Models", "Every trained network: its card, its scores, how to load it."),
)

_DRAWING = (Path(__file__).parents[2] / "icon.svg").read_bytes()
# Not its path, which Streamlit would read at every run.
ICON = f"data:image/svg+xml;base64,{b64encode(_DRAWING).decode()}"

_run = threading.local()


def navigate() -> StreamlitPage:
    """Declare the navigation and return the page that was asked for.

    Without icons: Streamlit makes a page's icon its favicon too, and fetches that from a font server of Google's.
    """
    # Copies, because Streamlit notes on the page it returns that it may be run once.
    offered = [copy(page) for page in _pages()]
    return st.navigation({"": offered[: -len(MAKE)], "Make": offered[-len(MAKE) :]}, position="top")


@lru_cache(maxsize=1)
def _pages() -> list[StreamlitPage]:
    """Return the pages; finding their files and icons at every run would be a sixth of a light page's cost."""
    return [st.Page(path_of(page), title=page.title, url_path=page.name, default=page is HOME) for page in listed()]


def listed() -> list[Page]:
    """Return every page, those of families among them, in the order of the navigation, Home first."""
    return [HOME, LESSONS, *pages(), *OWN, GLOSSARY, ABOUT, *MAKE]


def named(name: str) -> Page:
    """Return the page of this name."""
    return next(page for page in listed() if page.name == name)


def path_of(page: Page) -> str:
    """Return the file of a page."""
    return f"pages/{page.name}.py"


@contextmanager
def frame() -> Iterator[None]:
    """Mark what is run inside as the page that app.py was asked for, and give it its script."""
    _run.is_framed = True
    try:
        window.mount(progress.for_browser(), progress.take_from_browser)
        yield
    finally:
        _run.is_framed = False


def leave_legacy_mode() -> None:
    """Start the run again through app.py if Streamlit ran this page's file on its own."""
    if not getattr(_run, "is_framed", False):
        navigate()
        st.rerun()
