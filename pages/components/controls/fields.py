"""Values for the fields of a view that come as text from a URL: read, checked, or refused with one sentence."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from engine.config import check_value
from engine.errors import ConfigError
from engine.wording import shortened
from pages.components.owning import own_models

_SHOWN = 40
_LISTED = 40  # more choices than that are not all named in a sentence
_TRUTH = {"true": True, "false": False}


@dataclasses.dataclass(frozen=True)
class Field:
    """One field of a view with everything a widget or a check needs to know about it.

    `formerly` are names it had in older links, `renamed` is what choices are called now by what they were called.
    """

    name: str
    kind: type
    default: Any
    label: str
    help: str | None
    minimum: float | None
    maximum: float | None
    step: float | None
    choices: tuple[Any, ...] | None
    formerly: tuple[str, ...] = ()
    renamed: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def read(self, raw: str) -> Any:
        """Return the value that `raw` stands for.

        Raises:
            ConfigError: it is of another kind or out of bounds.
        """
        return self.check(self._convert(raw))

    def check(self, value: Any) -> Any:
        """Return `value` if it is of the right kind and within bounds.

        Raises:
            ConfigError: otherwise.
        """
        bounds = {"choices": self.choices, "minimum": self.minimum, "maximum": self.maximum}
        check_value(self.label, value, self.kind, bounds)
        return value

    def _convert(self, raw: str) -> Any:
        if self.kind is bool:
            return _TRUTH.get(raw.lower(), raw)
        if self.kind in (int, float):
            try:
                number = float(raw)
            except ValueError:
                return raw
            # Streamlit writes a whole number it restores as "5.0".
            return int(number) if self.kind is int and number.is_integer() else number
        return raw


def fields_of(
    view: type,
    choices: dict[str, Sequence[Any]] | None = None,
    defaults: dict[str, Any] | None = None,
    formerly: dict[str, Mapping[str, str]] | None = None,
) -> dict[str, Field]:
    """Return the fields of a view by name; `choices`, `defaults` and what the choices were `formerly` called add what
    is known only at run time."""
    hints = _hints(view)
    found = {}
    for field in dataclasses.fields(view):
        look = field.metadata
        allowed = (choices or {}).get(field.name, look.get("choices"))
        default = (defaults or {}).get(field.name, field.default)
        if allowed and default not in allowed and hints[field.name] is not tuple:
            default = next(iter(allowed))
        found[field.name] = Field(
            name=field.name,
            kind=hints[field.name],
            default=default,
            label=look.get("label") or field.name.replace("_", " ").capitalize(),
            help=look.get("help") or None,
            minimum=look.get("minimum"),
            maximum=look.get("maximum"),
            step=look.get("step"),
            choices=tuple(allowed) if allowed else None,
            formerly=look.get("formerly", ()),
            renamed=(formerly or {}).get(field.name, {}),
        )
    return found


@lru_cache(maxsize=64)
def _hints(view: type) -> dict[str, type]:
    """Return the type of every field of a view; kept, as they are written as text and must be worked out."""
    return typing.get_type_hints(view)


def present_parameters(fields: dict[str, Field], asked: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return the parameters of a URL, each with all its values, by the names fields and choices have today."""
    present = {old: field.name for field in fields.values() if field.name not in asked for old in field.formerly}
    found = {present.get(name, name): texts for name, texts in asked.items()}
    renamed = {name: fields[name].renamed for name in found if name in fields}
    return {name: [renamed.get(name, {}).get(text, text) for text in texts] for name, texts in found.items()}


def read_parameters(
    fields: dict[str, Field], raw: dict[str, str], others: Collection[str] = ()
) -> tuple[dict[str, str], list[str]]:
    """Return the parameters that can be kept, and one sentence for each that cannot, in the end one for all names that
    are neither a field's nor among the page's `others`.

    Fields with choices are left to `read_choice`, which also knows what the choices are called on the page.
    """
    kept, sentences, unknown = {}, [], []
    for name, text in raw.items():
        if name in others:
            kept[name] = text
            continue
        if name not in fields:
            unknown.append(name)
            continue
        try:
            if not fields[name].choices:
                fields[name].read(text)
            kept[name] = text
        except ConfigError as problem:
            sentences.append(refusal(name, text, str(problem)))
    return kept, sentences + ([refuse_names(unknown, fields)] if unknown else [])


def refuse_names(unknown: Sequence[str], known: Collection[str]) -> str:
    """Return the sentence that says which names in the URL no field has, and which fields are called nearly so."""
    shown = ", ".join(shortened(name, _SHOWN) for name in unknown)
    near = list(dict.fromkeys(match for name in unknown for match in get_close_matches(name.lower(), known, 1, 0.75)))
    meant = f" Did you mean {', '.join(near)}?" if near else ""
    return f"The address asked for {shown}, which this page does not know and leaves out.{meant}"


def read_choice(field: Field, raw: str, labels: list[str]) -> str:
    """Return the label that a URL's text stands for; it may be the label itself or the choice's own name.

    Raises:
        ConfigError: it is neither; the message lists the labels, or says that a visitor's own is gone.
    """
    if raw in labels:
        return raw
    names = list(map(str, field.choices))
    if raw in names:
        return labels[names.index(raw)]
    problem = own_models.GONE if own_models.is_own(raw) else f"{field.label} must be {_one_of(raw, labels)}."
    raise ConfigError(refusal(field.name, raw, problem))


def _one_of(raw: str, labels: Sequence[str]) -> str:
    """Return which choices there are in words; of many those that are called nearly so."""
    if len(labels) <= _LISTED:
        return f"one of {', '.join(labels)}"
    near = get_close_matches(raw.replace("_", " "), labels, 3, 0.3)
    return f"one of the {len(labels)} that the page lists" + (f", such as {', '.join(near)}" if near else "")


def read_value(field: Field, raw: str, labels: list[str]) -> Any:
    """Return the value that a URL's text stands for; where the field has choices, these are called `labels`.

    Raises:
        ConfigError: as `Field.read` and `read_choice`.
    """
    return field.choices[labels.index(read_choice(field, raw, labels))] if field.choices else field.read(raw)


def refusal(name: str, raw: str, problem: str) -> str:
    """Return the sentence that says why a value in the URL is not used."""
    return (
        f"The address asked for {name} = {shortened(raw, _SHOWN)}, which cannot be used: {problem} "
        "The default is used instead."
    )
