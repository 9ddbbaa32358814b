"""The only place that names keys of the session: what a page keeps between runs, besides its widgets."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import urlencode

import streamlit as st

_PREFIX = "unrolled"
T = TypeVar("T")


def remember(page: str, name: str, value: Any) -> None:
    """Keep `value` for this visitor and page until the session ends."""
    st.session_state[_key(page, name)] = value


def recall(page: str, name: str, default: Any = None) -> Any:
    """Return what `remember` kept, or `default`."""
    return st.session_state.get(_key(page, name), default)


def amend(page: str, name: str, **changes: Any) -> None:
    """Change attributes of the dataclass that `remember` kept, if any. A copy takes its place, whose lists are its own:
    a run of the script that is being ended may go on filling the old one."""
    kept = recall(page, name)
    if kept is not None:
        remember(page, name, replace(kept, **{key: copy(value) for key, value in vars(kept).items()} | changes))


def forget(page: str, name: str) -> None:
    """Drop what `remember` kept, if anything."""
    st.session_state.pop(_key(page, name), None)


def once(page: str, name: str, key: str, make: Callable[[], T]) -> T:
    """Return what `make` gives for this key, made once: a click elsewhere does not make it again. Only the last key is
    kept."""
    kept = recall(page, name)
    if kept is None or kept[0] != key:
        kept = (key, make())
        remember(page, name, kept)
    return kept[1]


def widget_value(name: str, default: Any = None) -> Any:
    """Return the value of the widget bound to the URL parameter `name`."""
    return st.session_state.get(name, default)


def take_widget(name: str, default: Any = None) -> Any:
    """Return the value of a widget and let the session forget it, as a secret's; call it in an on_click callback."""
    return st.session_state.pop(name, default)


def set_widget(name: str, value: Any) -> None:
    """Set the widget bound to the URL parameter `name`; call it in an on_click callback, before the widget is drawn."""
    st.session_state[name] = value


def forget_widgets(names: Iterable[str]) -> None:
    """Drop what widgets of these names said, before this page draws its own."""
    for name in names:
        st.session_state.pop(name, None)


def read_url() -> dict[str, str]:
    """Return the parameters in the page's URL; they are a visitor's input and not checked."""
    return st.query_params.to_dict()


def read_url_lists() -> dict[str, list[str]]:
    """Return the parameters in the page's URL as `read_url`, each with all its values."""
    return {name: read_url_list(name) for name in st.query_params}


def read_url_list(name: str) -> list[str]:
    """Return every value of a parameter that may stand in the URL several times."""
    return st.query_params.get_all(name)


def own_address(**parameters: str) -> str:
    """Return the whole address of this page with some parameters, by default of the view as it stands, for whoever
    wants to come back to it."""
    return f"{st.context.url or ''}?{urlencode(parameters or read_url_lists(), doseq=True, safe=',')}"


def clean_url(parameters: dict[str, str | list[str]]) -> bool:
    """Replace the URL's parameters; return whether that was possible (not once widgets are bound to them).

    A parameter that is kept as it was read keeps all its values.
    """
    several = {name: read_url_list(name) for name, value in parameters.items() if isinstance(value, str)}
    try:
        st.query_params.from_dict({name: several.get(name, value) for name, value in parameters.items()})
    except st.errors.StreamlitAPIException:
        return False
    return True


def write_url(name: str, value: Any) -> bool:
    """Put a value into the URL for a widget; return whether it is not drawn yet (one that is writes its own)."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    try:
        st.query_params[name] = str(value)
    except st.errors.StreamlitAPIException:
        return False
    return True


def drop_from_url(name: str) -> None:
    """Take a parameter that no widget is bound to out of the URL, if it is there."""
    st.query_params.pop(name, None)


def write_url_list(name: str, values: list[str]) -> bool:
    """Put several values of one parameter into the URL; returns as `write_url`."""
    try:
        st.query_params[name] = values
    except st.errors.StreamlitAPIException:
        return False
    return True


def fingerprint(*parts: Any) -> str:
    """Return a short name for a combination of settings, equal when all of them are equal."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _key(page: str, name: str) -> str:
    return f"{_PREFIX}.{page}.{name}"
