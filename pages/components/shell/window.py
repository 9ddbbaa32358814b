"""What Streamlit leaves undone in the visitor's window, done by a script.

The script scrolls to the tool that a link asks for, once and only while the reader keeps still; puts a button for PNG
beside that for SVG over every figure; measures the page before it is printed; and looks at the page's background, to
report when the visitor switches between light and dark: Streamlit 1.67 redraws its own widgets at once but does not run
the app, so figures would keep the other theme's colours until the next click. And it keeps in the browser how far the
visitor has come in the lessons, so that the server need not know it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from pages.components.controls import state

KEY = "page-script"
_JS = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")


def mount(kept: str = "", on_kept: Callable[[str | None], None] | None = None) -> None:
    """Give this visitor's page its script; it takes no room. The browser keeps `kept`, and `on_kept` is told what it
    kept before."""
    _script(
        key=KEY,
        data={"kept": kept},
        on_theme_change=_nothing,
        on_kept_change=(lambda: on_kept(state.widget_value(KEY).kept)) if on_kept else _nothing,
        height=1,
    )


def _nothing() -> None:
    """Do nothing: that the script runs again is all that is wanted."""


_script = st.components.v2.component("window", js=_JS)
