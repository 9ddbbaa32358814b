"""Buttons that do something before the page runs again, or give a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from pages.components.controls import state


def button(label: str, key: str, do: Callable[..., Any], *given: Any, icon: str = "", **look: Any) -> None:
    """Draw a button for `do(*given)`; `icon` is the name of a Material symbol."""
    st.button(label, key=key, on_click=do, args=given, icon=f":material/{icon}:" if icon else None, **look)


def is_pressed(label: str, key: str, icon: str = "", **look: Any) -> bool:
    """Draw a button and return, once, whether it was pressed: for what needs all that the widgets above say now. What
    `button` is given stands as it was when the page was drawn, before a number that was typed last.

    It is noted until it is asked for: the page may begin anew from a cleaned address before it comes here.
    """
    button(label, key, state.remember, "buttons", key, True, icon=icon, **look)
    pressed = state.recall("buttons", key, False)
    state.forget("buttons", key)
    return pressed


def download(label: str, key: str, make: Callable[[], bytes | str], file_name: str, mime: str, **look: Any) -> None:
    """Draw a button for a file, which is made when it is asked for: that may cost more than all the page."""
    look = {"type": "tertiary", "icon": ":material/download:", "on_click": "ignore"} | look
    st.download_button(label, data=make, file_name=file_name, mime=mime, key=key, **look)


def steps(go: Callable[[str, Any], None], field: str, position: int, last: int, key: str) -> None:
    """Draw the buttons that `go` one place back and one on in a field that counts from 1 to `last`."""
    for word, side, shortcut, to in (("Previous", "left", "P", position - 1), ("Next", "right", "N", position + 1)):
        look = {"icon": f"chevron_{side}", "shortcut": shortcut, "disabled": not 1 <= to <= last}
        button(word, f"{key}-{word.lower()}", go, field, to, **look)
