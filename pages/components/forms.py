"""Widgets from the fields of a dataclass, bound to the page's URL; a bad URL gives a sentence and the default."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import streamlit as st

from pages.components import fields, notices, state

V = TypeVar("V")


def open_controls(
    page: str,
    view: type[V],
    choices: dict[str, Sequence[Any]] | None = None,
    defaults: dict[str, Any] | None = None,
) -> Controls[V]:
    """Return the controls of a page after checking its URL; call it once, right below the header.

    `choices` and `defaults` are for fields whose values are known only at run time, such as names of models.

    Streamlit's own binding drops bad values silently and raises on `?n=inf` for whole numbers, so the URL is checked
    first: bad values are named in a sentence, taken out, and the script starts again from the clean URL.
    """
    known = fields.fields_of(view, choices, defaults)
    raw = state.read_url()
    kept, sentences = fields.read_parameters(known, raw)
    if sentences:
        state.remember(page, "notices", (kept, sentences))
        if state.clean_url(kept):
            st.rerun()
    for name, field in known.items():
        # A page may find a value another page left under the same name; what does not fit here is dropped.
        if field.choices and state.widget_value(name, field.default) not in field.choices:
            state.drop_widget(name)
    _show_notices(page, raw, sentences)
    return Controls(view, known)


class Controls(Generic[V]):
    """Draws one widget per field of a view and gathers what they say."""

    def __init__(self, view: type[V], known: dict[str, fields.Field]) -> None:
        self._view, self._fields = view, known
        self._drawn: dict[str, Any] = {}

    def text_area(self, name: str, **look: Any) -> str:
        """Draw a box for several lines of text."""
        return self._draw(st.text_area, name, value=self._fields[name].default, **look)

    def text_input(self, name: str, **look: Any) -> str:
        """Draw a box for one line of text."""
        return self._draw(st.text_input, name, value=self._fields[name].default, **look)

    def slider(self, name: str, maximum: float | None = None, default: Any = None, **look: Any) -> Any:
        """Draw a slider between the field's bounds, or up to a `maximum` known only now."""
        field = self._fields[name]
        bounds = (field.minimum, field.maximum if maximum is None else maximum, field.step)
        low, high, step = (None if bound is None else field.kind(bound) for bound in bounds)
        value = field.default if default is None else default
        return self._draw(st.slider, name, min_value=low, max_value=high, step=step, value=value, **look)

    def number(self, name: str, **look: Any) -> Any:
        """Draw a number box with the field's bounds."""
        field = self._fields[name]
        # Whole numbers too are drawn as floats: Streamlit 1.67 raises OverflowError on "?n=inf" for whole-number boxes.
        bounds = {"min_value": field.minimum, "max_value": field.maximum, "step": field.step or 1}
        bounds = {key: None if value is None else float(value) for key, value in bounds.items()}
        shape = {"format": "%.0f"} if field.kind is int else {}
        value = self._draw(st.number_input, name, value=float(field.default), **bounds, **shape, **look)
        self._drawn[name] = field.default if value is None else field.kind(value)
        return self._drawn[name]

    def toggle(self, name: str, **look: Any) -> bool:
        """Draw a switch."""
        return self._draw(st.toggle, name, value=self._fields[name].default, **look)

    def select(self, name: str, format_func: Callable[[Any], str] = str, **look: Any) -> Any:
        """Draw a drop-down list of the field's choices."""
        field = self._fields[name]
        index = field.choices.index(field.default)
        return self._draw(st.selectbox, name, options=field.choices, index=index, format_func=format_func, **look)

    def segmented(self, name: str, format_func: Callable[[Any], str] = str, **look: Any) -> Any:
        """Draw the field's choices side by side, one of them chosen."""
        return self._buttons(st.segmented_control, name, format_func, look)

    def pills(self, name: str, format_func: Callable[[Any], str] = str, **look: Any) -> Any:
        """Draw the field's choices as pills, one of them chosen."""
        return self._buttons(st.pills, name, format_func, look)

    def value(self) -> V:
        """Return the view: what was drawn, and the default for every field that was not."""
        return self._view(**{name: self._drawn.get(name, field.default) for name, field in self._fields.items()})

    def set(self, name: str, value: Any) -> None:
        """Set a drawn widget; for on_click callbacks."""
        is_number_box = isinstance(state.widget_value(name), float)
        state.set_widget(name, float(value) if is_number_box else value)

    def _buttons(self, widget: Callable, name: str, format_func: Callable[[Any], str], look: dict[str, Any]) -> Any:
        field = self._fields[name]
        options = {"options": field.choices, "default": field.default, "required": True, "format_func": format_func}
        return self._draw(widget, name, **options, **look)

    def _draw(self, widget: Callable, name: str, **look: Any) -> Any:
        field = self._fields[name]
        look = {"label": field.label, "help": field.help} | look
        self._drawn[name] = widget(key=name, bind="query-params", **look)
        return self._drawn[name]


def draw_config(config: type[V], key: str) -> V:
    """Draw a widget for every field of a configuration and return it filled in; nothing goes into the URL."""
    values = {}
    for name, field in fields.fields_of(config).items():
        look = {"label": field.label, "help": field.help, "key": f"{key}.{name}"}
        if field.choices:
            values[name] = st.selectbox(options=field.choices, index=field.choices.index(field.default), **look)
        elif field.kind is bool:
            values[name] = st.toggle(value=field.default, **look)
        elif field.kind in (int, float):
            limits = {"min_value": field.minimum, "max_value": field.maximum, "step": field.step}
            limits = {side: None if limit is None else field.kind(limit) for side, limit in limits.items()}
            values[name] = st.number_input(value=field.default, **limits, **look)
        else:
            values[name] = st.text_input(value=field.default, **look)
    return config(**values)


def _show_notices(page: str, raw: dict[str, str], sentences: list[str]) -> None:
    """Show why a URL was not followed, until the visitor changes something."""
    cleaned, remembered = state.recall(page, "notices", ({}, []))
    if remembered and not sentences and cleaned != raw:
        state.forget(page, "notices")
        return
    for sentence in sentences or remembered:
        notices.error(sentence)
