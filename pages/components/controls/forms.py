"""Widgets from the fields of a dataclass, bound to the page's URL; a bad URL gives a sentence and the default."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Generic, TypeVar

import streamlit as st

from engine.errors import ConfigError
from engine.limits import limits
from pages.components.controls import fields, state
from pages.components.controls.buttons import button
from pages.components.drawing import notices
from pages.components.owning import own_models

EVERYWHERE = frozenset(["lesson"])  # parameters that every page's address may carry beside its own

V = TypeVar("V")
Format = Callable[[Any], str] | None  # what the page calls a choice
Choices = Sequence[Any] | Mapping[Any, str] | None  # of a mapping the values are what the page calls its keys


def open_controls(
    page: str,
    view: type[V],
    choices: dict[str, Choices] | None = None,
    defaults: dict[str, Any] | None = None,
    labels: dict[str, Callable[[Any], str]] | None = None,
    formerly: dict[str, Mapping[str, str]] | None = None,
    jobs: Collection[str] = (),
    form: str = "",
) -> Controls[V]:
    """Return the controls of a page after checking its URL; call it once, right below the header, and again for each
    further form of the page, by its name: each says what it refuses, once.

    `choices` and `defaults` are for fields whose values are known only at run time, such as names of models; `labels`
    says what the page calls the choices of a field, unless they are a mapping, which says it itself; `formerly` gives
    the names of choices by those they had in older links; `jobs` are the parameters that hold ids of jobs.

    The URL carries the label of a choice, as Streamlit's binding writes it, and a name is understood too. Where choices
    are a visitor's own, it carries the name, and a label is understood: what they are called changes with their title,
    and is another for whoever they are shared with.

    Streamlit's own binding drops bad values silently and raises on `?n=inf` for whole numbers, so the URL is checked
    first: bad values and unknown names are named in a sentence, taken out, and the script starts again from the clean
    URL.
    """
    known = fields.fields_of(view, choices, defaults, formerly)
    named = {name: found.get for name, found in (choices or {}).items() if isinstance(found, Mapping)}
    labels = named | (labels or {})
    _own_fields(page, known)
    asked = state.read_url_lists()
    present = fields.present_parameters(known, asked)
    if present != asked and state.clean_url(present):
        st.rerun()
    raw = state.read_url()
    length, most = sum(len(name) + len(value) for name, values in asked.items() for value in values), limits()
    if length > most.link_characters:
        at_most = f"at most {most.link_characters:,} are read"
        kept, sentences = {}, [f"The address has {length:,} characters, and {at_most}: what it asked for is left out."]
    else:
        kept, sentences = fields.read_parameters(known, raw, {*jobs, *EVERYWHERE})
    controls = Controls(f"{page}-{form}" if form else page, view, known, labels)
    if sentences:
        controls.refuse(sentences, kept)
    controls.show_refusal()
    for name in labels:
        controls.check_choice(name)
    return controls


def _own_fields(page: str, known: Collection[str]) -> None:
    """Forget what another page's fields said that are called like this one's; its own it finds as they were left."""
    last = state.recall("controls", "pages of fields", {})
    state.forget_widgets(name for name in known if last.get(name, page) != page)
    state.remember("controls", "pages of fields", last | dict.fromkeys(known, page))


def shorten(text: str, label: str) -> str:
    """Return as much of a text as is read of one field, and say so where it is longer; the box keeps all of it."""
    most = limits().text_characters
    if len(text) > most:
        notices.error(f"{label} has {len(text):,} characters; the first {most:,} are read.")
    return text[:most]


@dataclasses.dataclass
class Refusal:
    """Why a URL was not followed, and what the widgets said when the visitor was first told."""

    sentences: list[str] = dataclasses.field(default_factory=list)
    values: dict[str, Any] = dataclasses.field(default_factory=dict)


class Controls(Generic[V]):
    """Draws one widget per field of a view and gathers what they say."""

    def __init__(
        self, page: str, view: type[V], known: dict[str, fields.Field], labels: dict[str, Callable[[Any], str]]
    ) -> None:
        self._page, self._view, self._fields, self._labels = page, view, known, labels
        self._drawn: dict[str, Any] = {}
        self._notices = st.container()

    def text_area(self, name: str, **look: Any) -> str:
        """Draw a box for several lines of text; of one that is too long the beginning is read, which is said."""
        return self._text(st.text_area, name, **look)

    def text_input(self, name: str, **look: Any) -> str:
        """Draw a box for one line of text; of one that is too long the beginning is read, which is said."""
        return self._text(st.text_input, name, **look)

    def slider(self, name: str, maximum: float | None = None, default: Any = None, **look: Any) -> Any:
        """Draw a slider between the field's bounds, or up to a `maximum` known only now; where that leaves one value,
        it is returned and nothing is drawn."""
        field = self._fields[name]
        bounds = (field.minimum, field.maximum if maximum is None else maximum, field.step)
        low, high, step = (None if bound is None else field.kind(bound) for bound in bounds)
        if high <= low:
            return low
        value = min(field.default if default is None else default, high)
        self._fit(name, low, high, value)
        return self._draw(st.slider, name, min_value=low, max_value=high, step=step, value=value, **look)

    def number(self, name: str, default: float | None = None, **look: Any) -> Any:
        """Draw a number box with the field's bounds; `default` is one that is known only now."""
        if default is not None:
            self._fields[name] = dataclasses.replace(self._fields[name], default=self._fields[name].kind(default))
        field = self._fields[name]
        # Whole numbers too are drawn as floats: Streamlit 1.67 raises OverflowError on "?n=inf" for whole-number boxes.
        bounds = {"min_value": field.minimum, "max_value": field.maximum, "step": field.step or 1}
        bounds = {key: None if value is None else float(value) for key, value in bounds.items()}
        shape = {"format": "%.0f"} if field.kind is int else {}
        value = self._draw(st.number_input, name, value=float(field.default), **bounds, **shape, **look)
        self._drawn[name] = field.kind(value)
        return self._drawn[name]

    def toggle(self, name: str, **look: Any) -> bool:
        """Draw a switch."""
        return self._draw(st.toggle, name, value=self._fields[name].default, **look)

    def select(
        self, name: str, format_func: Format = None, choices: Choices = None, default: Any = None, **look: Any
    ) -> Any:
        """Draw a drop-down list of the field's choices; `choices` and `default` as in `offer`."""
        if choices is not None:
            format_func = self.offer(name, choices, format_func, default)
        field = self._fields[name]
        return self._choice(st.selectbox, name, format_func, index=field.choices.index(field.default), **look)

    def segmented(
        self, name: str, format_func: Format = None, choices: Choices = None, default: Any = None, **look: Any
    ) -> Any:
        """Draw the field's choices side by side, one of them chosen; `choices` and `default` as in `offer`."""
        if choices is not None:
            format_func = self.offer(name, choices, format_func, default)
        default = self._fields[name].default
        return self._choice(st.segmented_control, name, format_func, default=default, required=True, **look)

    def pills(self, name: str, format_func: Format = None, **look: Any) -> Any:
        """Draw the field's choices as pills, one of them chosen."""
        return self._choice(st.pills, name, format_func, default=self._fields[name].default, required=True, **look)

    def several(
        self,
        name: str,
        format_func: Format = None,
        default: Sequence[Any] | None = None,
        choices: Sequence[Any] | None = None,
        **look: Any,
    ) -> tuple[Any, ...]:
        """Draw the field's choices as pills of which any may be chosen; the URL repeats the parameter.

        At first those in `default` are chosen, all of them where it is not given. `choices` are known only now.
        """
        if choices is not None:
            self._fields[name] = dataclasses.replace(self._fields[name], choices=tuple(choices))
            held = state.widget_value(name)
            if held is not None and not set(held) <= set(choices):
                state.set_widget(name, [choice for choice in held if choice in choices] or list(default or choices))
        field = self._fields[name]
        format_func = format_func or str
        labels = {format_func(choice): choice for choice in field.choices}
        by_name = {str(choice): label for label, choice in labels.items()}
        asked = [text for text in state.read_url_list(name) if text]
        unknown = [text for text in asked if text not in labels and text not in by_name]
        found = [labels[by_name.get(text, text)] for text in asked if text not in unknown]
        is_own = self._has_own(name)
        known = [str(choice) if is_own else format_func(choice) for choice in found]
        if unknown:
            problem = f"{field.label} must be among {', '.join(labels)}."
            self.refuse([fields.refusal(name, text, problem) for text in unknown], state.read_url() | {name: known})
        elif known != asked and state.write_url_list(name, known):
            st.rerun()
        if is_own and found and state.widget_value(name) is None:
            state.set_widget(name, found)
        chosen = self._draw(
            st.pills,
            name,
            options=field.choices,
            format_func=format_func,
            default=list(field.choices if default is None else default),
            selection_mode="multi",
            **look,
        )
        self._drawn[name] = tuple(choice for choice in field.choices if choice in chosen)
        return self._drawn[name]

    def examples(self, name: str, texts: Mapping[str, str], key: str, **look: Any) -> None:
        """Draw a button for each text by what it is called, which puts it into the field."""
        for label, text in texts.items():
            button(label, f"{key}-{label}", self.set, name, text, **look)

    def offer(
        self, name: str, choices: Choices, format_func: Format = None, default: Any = None
    ) -> Callable[[Any], str]:
        """Give a field the choices that are known only now, right before it is drawn, and return what they are called;
        one that is gone gives way to the default.

        A choice that is gone because the visitor changed something else is replaced silently; one in the URL of a new
        visit is refused in a sentence.
        """
        field, known = self._fields[name], tuple(choices)
        default = next((choice for choice in (default, field.default) if choice in known), known[0])
        self._fields[name] = dataclasses.replace(field, choices=known, default=default)
        value = state.widget_value(name)
        label = choices.get if isinstance(choices, Mapping) else format_func or str
        if value is None:
            self._labels = {other: func for other, func in self._labels.items() if other != name}
        else:
            self._labels = self._labels | {name: label}
            if value not in known:
                state.set_widget(name, default)
        return label

    def value(self) -> V:
        """Return the view: what was drawn, and the default for every field that was not."""
        return self._view(**{name: self._drawn.get(name, field.default) for name, field in self._fields.items()})

    def current(self, name: str, default: Any = None) -> Any:
        """Return what a field's widget will say when it is drawn: what it says already, or what the URL asks for, or
        the default (the field's own unless one is given)."""
        field, held, asked = self._fields[name], state.widget_value(name), state.read_url_list(name)
        if held is not None:
            return field.kind(held)  # a number box holds a float, pills a list
        labels = [self._labels.get(name, str)(choice) for choice in field.choices or ()]
        try:
            found = [fields.read_value(field, text, labels) for text in asked]
        except ConfigError:  # what the visitor is told when the widget is drawn
            found = []
        if not found:
            return field.default if default is None else default
        return tuple(found) if field.kind is tuple else found[-1]

    def set(self, name: str, value: Any) -> None:
        """Set a widget, drawn or not; for on_click callbacks."""
        if state.widget_value(name) is None:  # not drawn: it would follow the value, but not tell the URL
            state.write_url(name, value)
        is_number_box = isinstance(state.widget_value(name), float)
        state.set_widget(name, float(value) if is_number_box else value)

    def refuse(self, sentences: list[str], kept: dict[str, str | list[str]]) -> None:
        """Note why values in the URL are not used and start again from the URL without them, where that is possible."""
        refusal = state.recall(self._page, "refusal") or Refusal()
        refusal.sentences += [sentence for sentence in sentences if sentence not in refusal.sentences]
        refusal.values.clear()
        state.remember(self._page, "refusal", refusal)
        if state.clean_url(kept):
            st.rerun()
        self._show(sentences)

    def show_refusal(self) -> None:
        """Show why a URL was not followed, until the visitor changes something."""
        refusal = state.recall(self._page, "refusal")
        if refusal is None:
            return
        now = {name: state.widget_value(name, value) for name, value in refusal.values.items()}
        if now != refusal.values:
            state.forget(self._page, "refusal")
            return
        self._show(refusal.sentences)

    def _show(self, sentences: list[str]) -> None:
        with self._notices:
            for sentence in sentences:
                notices.error(sentence)

    def check_choice(self, name: str) -> None:
        """Bring a choice in the URL into the form that it has there, or refuse it."""
        field, url = self._fields[name], state.read_url()
        if name not in url or field.choices is None:  # known only when it is drawn, and checked then
            return
        format_func = self._labels.get(name, str)
        try:
            label = fields.read_choice(field, url[name], [format_func(choice) for choice in field.choices])
        except ConfigError as problem:
            self.refuse([str(problem)], {other: text for other, text in url.items() if other != name})
            return
        choice = field.choices[[format_func(choice) for choice in field.choices].index(label)]
        written = str(choice) if self._has_own(name) else label
        if written != url[name] and state.write_url(name, written):
            st.rerun()
        if self._has_own(name) and state.widget_value(name) is None:
            state.set_widget(name, choice)

    def _choice(self, widget: Callable, name: str, format_func: Callable[[Any], str] | None, **look: Any) -> Any:
        if name not in self._labels:
            self._labels = self._labels | {name: format_func or str}
            self.check_choice(name)
        return self._draw(widget, name, options=self._fields[name].choices, format_func=self._labels[name], **look)

    def _text(self, widget: Callable, name: str, **look: Any) -> str:
        typed = self._draw(widget, name, value=self._fields[name].default, **look)
        self._drawn[name] = shorten(typed, self._fields[name].label)
        return self._drawn[name]

    def _has_own(self, name: str) -> bool:
        """Return whether a field's choices are a visitor's own in part, so that the URL names them."""
        return any(own_models.is_own(str(choice)) for choice in self._fields[name].choices or ())

    def _write_names(self, name: str) -> None:
        """Put what a widget says into the URL, unless it says the default and the URL nothing."""
        value, asked = self._drawn[name], state.read_url_list(name)
        names = [str(each) for each in value] if isinstance(value, list) else [str(value)]
        if asked != names and (asked or value != self._fields[name].default):
            state.write_url_list(name, names)

    def _fit(self, name: str, low: float, high: float, default: Any) -> None:
        """Keep a slider at its end or where it opened when its end moves, and never outside its bounds."""
        last, opened = state.recall(self._page, f"{name} end", (high, default))
        state.remember(self._page, f"{name} end", (high, default))
        value = state.widget_value(name)
        if value is not None and (not low <= value <= high or (last != high and value in (last, opened))):
            state.set_widget(name, default)

    def _draw(self, widget: Callable, name: str, **look: Any) -> Any:
        field = self._fields[name]
        look = {"label": field.label, "help": field.help} | look
        is_own = self._has_own(name)
        drawn = widget(key=name, bind=None if is_own else "query-params", **look)
        # A message can say that nothing is chosen; a browser cannot.
        self._drawn[name] = field.default if drawn is None else drawn
        if is_own:
            self._write_names(name)
        refusal = state.recall(self._page, "refusal")
        if refusal is not None:
            refusal.values.setdefault(name, self._drawn[name])
        return self._drawn[name]
