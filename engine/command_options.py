"""Options of a command from the fields of a dataclass: the names, defaults, bounds and words that the pages' forms use.

A field without a default is a required option, a bool is a switch, a tuple may be given several times.
"""

from __future__ import annotations

import argparse
import dataclasses
import typing
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from engine.config import Dataclass, JsonObject, bounds_in_words, option, validate

S = TypeVar("S", bound=Dataclass)
PLACES = ("DIR", "FILE", "PARQUET")  # the metavars of options that name a file or a folder


@dataclasses.dataclass(frozen=True, kw_only=True)
class ModelOption:
    """Which model a command is about."""

    model: str = option(help="a shipped model, a folder or a Hub id")


def add_options(parser: argparse.ArgumentParser, settings: type) -> None:
    """Give a parser one option per field of `settings`."""
    hints = typing.get_type_hints(settings)
    for field in dataclasses.fields(settings):
        look: JsonObject = {"help": _help(field, hints[field.name]).replace("%", "%%")}
        if hints[field.name] is bool:
            parser.add_argument(_flag(field.name), action="store_true", **look)
            continue
        is_place = field.metadata.get("metavar") in PLACES
        look |= {"type": _place if is_place else _kind(hints[field.name])}
        if typing.get_origin(hints[field.name]) is tuple:
            look |= {"action": "append"}
        if field.metadata.get("metavar"):
            look |= {"metavar": field.metadata["metavar"]}
        if field.metadata.get("is_positional"):
            parser.add_argument(field.name, **look)
        else:
            is_required = field.default is dataclasses.MISSING
            parser.add_argument(_flag(field.name), required=is_required, **look)


def what_may_be_typed(settings: type) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield the options whose values take an import to find out, each with these values or with lines on them."""
    for field in dataclasses.fields(settings):
        if field.metadata.get("lines"):
            yield _flag(field.name), field.metadata["lines"]()


def describe_settings(settings: type) -> list[str]:
    """Return a line per field of `settings`: its name, its words, and what is allowed."""
    hints = typing.get_type_hints(settings)
    return [f"{field.name}: {_help(field, hints[field.name])}" for field in dataclasses.fields(settings)]


def read_options(settings: type[S], namespace: argparse.Namespace) -> S:
    """Return the settings that were typed, checked.

    Raises:
        ConfigError: a value is out of bounds; the message names it and what is allowed.
    """
    given = {}
    for field in dataclasses.fields(settings):
        value = getattr(namespace, field.name)
        given[field.name] = tuple(value) if isinstance(value, list) else field.default if value is None else value
    read = settings(**given)
    validate(read)
    return read


def _place(text: str) -> str:
    """Return the name of a place; an empty one, as from a variable that is not set, would mean the current folder, or a
    table that is shipped."""
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty; name a place")
    return text


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


# Any: a hint may be a class, a union or `tuple[int, ...]`, which share no type.
def _kind(hint: Any) -> Any:
    """Return the type of one value: that of `int | None` and of `tuple[int, ...]` is int."""
    return next((part for part in typing.get_args(hint) if isinstance(part, type)), hint)


def _help(field: dataclasses.Field[Any], hint: Any) -> str:  # as above
    """Return a field's own words, what is allowed, and the default."""
    look = field.metadata
    low, high, choices = look.get("minimum"), look.get("maximum"), look.get("choices")
    facts = [f"one of {', '.join(map(str, choices))}"] if choices else []
    facts += [bounds_in_words(low, high)] if low is not None or high is not None else []
    if field.default is dataclasses.MISSING:
        facts += ["required"] * (not look.get("is_positional"))
    elif hint is not bool and field.default not in (None, "", ()):
        facts += [f"default {field.default}"]
    words = look.get("help") or look.get("label") or ""
    return f"{words} ({'; '.join(facts)})".strip() if facts else words
