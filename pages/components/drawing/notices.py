"""Sentences for the visitor: what went wrong and what is allowed. The only place where an EngineError is caught."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from engine.errors import EngineError

TEXT_WIDTH = 760  # pixels; wider lines are hard to read
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>$:&^=])")
# What the browser makes a link of after Markdown's own marks are gone: "http://x", "www.x", "a@b.c". Addresses of other
# kinds, as a cluster's, and "owner/name@revision" stay as they are: the word joiner would be copied along.
_BARE_ADDRESS = re.compile(r"(?<=http://)(?=\S)|(?<=https://)(?=\S)|(?<=www)(?=\.)|(?<=@)(?=[-\w]+\.)", re.IGNORECASE)
_WORD_JOINER = "\N{WORD JOINER}"  # has no width


def plain(text: str) -> str:
    """Return `text` so that Markdown shows it as it is: no links, images, maths or icons can hide in it."""
    return _MARKDOWN.sub(r"\\\1", _BARE_ADDRESS.sub(_WORD_JOINER, text)).replace("\n", " ")


def explain(markdown: str) -> None:
    """Draw running text of the page's own."""
    st.markdown(markdown, width=TEXT_WIDTH)


def say(sentence: str, is_strong: bool = False) -> None:
    """Draw what was worked out, as it is."""
    explain(f"**{plain(sentence)}**" if is_strong else plain(sentence))


def error(sentence: str) -> None:
    """Say what cannot be done, and what is allowed."""
    st.warning(plain(sentence), icon=":material/error_outline:")


def note(sentence: str) -> None:
    """Say something the visitor should know; nothing is wrong."""
    st.info(plain(sentence), icon=":material/info:")


@contextmanager
def engine_errors() -> Iterator[None]:
    """Show an EngineError raised inside as its one sentence; what stands below the block still runs."""
    try:
        yield
    except EngineError as problem:
        error(str(problem))


def show_fault(fault: Exception) -> bool:
    """Say that something went wrong that nobody foresaw, with a number under which the log has it; for
    `st.App(on_script_error=...)`, which calls it for whatever a page, a callback or a fragment lets through."""
    global _faults
    _faults += 1
    number = secrets.token_hex(4)
    _log.error("Fault %s", number, exc_info=fault)
    sentence = f"Something went wrong here, and that is our fault, not yours. It is noted under the number {number}."
    st.error(f"{sentence} What stands above still holds; reload the page or choose something else.")
    return True


def faults() -> int:
    """Return how many faults this server has had."""
    return _faults


_log = logging.getLogger("unrolled")
_faults = 0
