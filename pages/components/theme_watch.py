"""Figures that follow the theme: a run of the page when the visitor switches between light and dark.

Streamlit 1.67 redraws its own widgets at once but does not run the script, so figures would keep the other theme's
colours until the next click. The script below looks at the page's background once a second and reports a change to the
server.
"""

from __future__ import annotations

import streamlit as st

_LOOK_EVERY_MS = 700
_SCRIPT = """
export default function({ parentElement, setTriggerValue }) {
    const isDark = () => {
        const colour = getComputedStyle(document.querySelector('[data-testid="stApp"]')).backgroundColor;
        const [red, green, blue] = (colour.match(/[\\d.]+/g) || [255, 255, 255]).map(Number);
        return red + green + blue < 382;
    };
    let last = isDark();
    const watch = setInterval(() => {
        if (document.hidden || isDark() === last) return;
        last = !last;
        setTriggerValue('theme', last ? 'dark' : 'light');
    }, LOOK_EVERY_MS);
    return () => clearInterval(watch);
}
""".replace("LOOK_EVERY_MS", str(_LOOK_EVERY_MS))


def mount() -> None:
    """Watch the theme of this visitor's page; it takes no room."""
    _watch(key="theme-watch", on_theme_change=_nothing, height=1)


def _nothing() -> None:
    """Do nothing: that the script runs again is all that is wanted."""


_watch = st.components.v2.component("theme_watch", js=_SCRIPT)
