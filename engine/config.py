"""Configuration as frozen dataclasses: one default in one place, strict reading, bounds checked with a clear
sentence."""

from __future__ import annotations

import dataclasses
import math
import sys
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Protocol, TypeVar

from engine.errors import ConfigError

C = TypeVar("C", bound="Dataclass")
JsonObject = dict[str, Any]  # what a JSON file or a table's row holds: each reader knows which values to expect


class Dataclass(Protocol):
    """Any dataclass, as the standard library's own functions know one."""

    __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]]  # each of its own type


def option(
    default: Any = dataclasses.MISSING,  # of the field's type, and so is what stands for it in the class
    label: str = "",
    help: str = "",  # noqa: A002 - the word forms and command lines use
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    step: float | None = None,
    choices: tuple[object, ...] | None = None,
    metavar: str = "",
    is_positional: bool = False,
    lines: Callable[[], Sequence[str]] | None = None,
    formerly: tuple[str, ...] = (),
) -> Any:  # as dataclasses.field
    """Return a dataclass field with its default, its bounds and the words that forms and command lines show for it.

    `metavar`, `is_positional` and `lines`, which gives what may be typed where finding that out takes an import, are
    for command lines alone (see `engine.command_options`); `formerly` are names the field had: a link that bears one is
    still read.
    """
    metadata: JsonObject = {
        "label": label,
        "help": help,
        "minimum": minimum,
        "maximum": maximum,
        "step": step,
        "choices": choices,
    }
    metadata |= {"metavar": metavar, "is_positional": is_positional, "lines": lines, "formerly": formerly}
    return dataclasses.field(default=default, metadata=metadata)


def field_like(settings: type, name: str, **words: Any) -> Any:  # as `option`
    """Return a field with the default, bounds and words of the field `name` of `settings`; `words` replace its own."""
    field = next(field for field in dataclasses.fields(settings) if field.name == name)
    return dataclasses.field(default=field.default, metadata={**field.metadata, **words})


def settings_from(settings: type[C], fields: object, prefix: str = "") -> C:
    """Return the settings that the attributes of `fields` named `prefix` + name stand for."""
    names = [field.name for field in dataclasses.fields(settings)]
    return settings(**{name: getattr(fields, prefix + name) for name in names})


def to_dict(config: Dataclass) -> JsonObject:
    """Return a configuration as plain, JSON-able values."""
    return dataclasses.asdict(config)


def from_dict(cls: type[C], data: JsonObject) -> C:
    """Return a `cls` built from `data`, checked.

    Raises:
        ConfigError: a key is unknown or missing, or a value has the wrong type or is out of bounds.
    """
    names = {field.name for field in dataclasses.fields(cls)}
    unknown = sorted(set(data) - names)
    if unknown:
        raise ConfigError(f"Unknown setting {', '.join(unknown)}; {cls.__name__} takes: {', '.join(sorted(names))}.")
    required = {field.name for field in dataclasses.fields(cls) if _is_required(field)}
    missing = sorted(required - set(data))
    if missing:
        raise ConfigError(f"{cls.__name__} needs a value for {', '.join(missing)}.")
    config = cls(**data)
    validate(config)
    return config


def validate(config: Dataclass) -> None:
    """Check every field of `config` against its type and bounds.

    Raises:
        ConfigError: naming the field, the value and what is allowed.
    """
    hints = typing.get_type_hints(type(config))
    for field in dataclasses.fields(config):
        value = getattr(config, field.name)
        check_value(field.name, value, hints[field.name], field.metadata)


# Any: bounds are numbers and choices a tuple, as `option` wrote them.
def check_value(name: str, value: object, kind: object, metadata: Mapping[str, Any]) -> None:
    """Check one value against its type and its bounds; see `validate`."""
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value) if abs(value) < sys.float_info.max else math.inf
    if kind in (int, float, str, bool) and (not isinstance(value, kind) or (kind is int and isinstance(value, bool))):
        raise ConfigError(f"{name} must be {_TYPE_WORDS[kind]}, not {value!r:.80}.")
    if typing.get_origin(kind) is tuple:
        if not isinstance(value, list | tuple):
            raise ConfigError(f"{name} must be a list, not {value!r:.80}.")
        each, *others = typing.get_args(kind)
        for item in value if others == [...] else ():
            check_value(f"Each of {name}", item, each, {})
    if isinstance(value, float) and not math.isfinite(value):
        raise ConfigError(f"{name} must be a finite number, not {value!r}.")
    choices = metadata.get("choices")
    if choices and value not in choices:
        raise ConfigError(f"{name} must be one of {', '.join(map(str, choices))}, not {value!r}.")
    low, high = metadata.get("minimum"), metadata.get("maximum")
    if isinstance(value, int | float) and ((low is not None and value < low) or (high is not None and value > high)):
        raise ConfigError(f"{name} must lie {bounds_in_words(low, high)}, not {value}.")


def _is_required(field: dataclasses.Field[object]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


_TYPE_WORDS = {int: "a whole number", float: "a number", str: "a text", bool: "true or false"}


def bounds_in_words(low: float | None, high: float | None) -> str:
    """Return where a number may lie, as it follows "must lie"."""
    if low is None:
        return f"at or below {high:.10g}"
    if high is None:
        return f"at or above {low:.10g}"
    return f"between {low:.10g} and {high:.10g}"
