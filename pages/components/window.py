"""What Streamlit leaves undone in the visitor's window, done by a script.

The script scrolls to the tool that a link asks for, once and only while the reader keeps still; puts a button for PNG
beside that for SVG over every figure; measures the page before it is printed; and looks at the page's background, to
report when the visitor switches between light and dark: Streamlit 1.67 redraws its own widgets at once but does not run
the app, so figures would keep the other theme's colours until the next click.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_JS = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")


def mount() -> None:
    """Give this visitor's page its script; it takes no room."""
    _script(key="page-script", on_theme_change=_nothing, height=1)


def _nothing() -> None:
    """Do nothing: that the script runs again is all that is wanted."""


_script = st.components.v2.component("window", js=_JS)
