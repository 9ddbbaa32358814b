"""Configuration as frozen dataclasses: one default in one place, strict reading, bounds checked with a clear
sentence."""

from __future__ import annotations

import dataclasses
import math
import sys
import typing
from typing import Any, TypeVar

from engine.errors import ConfigError

C = TypeVar("C")


def option(
    default: Any,
    *,
    label: str = "",
    help: str = "",  # noqa: A002 - the word forms and command lines use
    minimum: float | None = None,
    maximum: float | None = None,
    step: float | None = None,
    choices: tuple[Any, ...] | None = None,
    formerly: tuple[str, ...] = (),
) -> Any:
    """Return a dataclass field with its default, its bounds and the words a form shows for it.

    `formerly` are names the field had; a link that bears one is still read.
    """
    metadata = {"label": label, "help": help, "minimum": minimum, "maximum": maximum, "step": step, "choices": choices}
    return dataclasses.field(default=default, metadata=metadata | {"formerly": formerly})


def to_dict(config: Any) -> dict[str, Any]:
    """Return a configuration as plain, JSON-able values."""
    return dataclasses.asdict(config)


def from_dict(cls: type[C], data: dict[str, Any]) -> C:
    """Return a `cls` built from `data`, checked.

    Raises:
        ConfigError: a key is unknown or missing, or a value has the wrong type or is out of bounds.
    """
    names = {field.name for field in dataclasses.fields(cls)}  # type: ignore[arg-type]
    unknown = sorted(set(data) - names)
    if unknown:
        raise ConfigError(f"Unknown setting {', '.join(unknown)}; {cls.__name__} takes: {', '.join(sorted(names))}.")
    required = {field.name for field in dataclasses.fields(cls) if _is_required(field)}  # type: ignore[arg-type]
    missing = sorted(required - set(data))
    if missing:
        raise ConfigError(f"{cls.__name__} needs a value for {', '.join(missing)}.")
    config = cls(**data)
    validate(config)
    return config


def validate(config: Any) -> None:
    """Check every field of `config` against its type and bounds.

    Raises:
        ConfigError: naming the field, the value and what is allowed.
    """
    hints = typing.get_type_hints(type(config))
    for field in dataclasses.fields(config):
        value = getattr(config, field.name)
        check_value(field.name, value, hints[field.name], field.metadata)


def check_value(name: str, value: Any, kind: Any, metadata: Any) -> None:
    """Check one value against its type and its bounds; see `validate`."""
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value) if abs(value) < sys.float_info.max else math.inf
    if kind in (int, float, str, bool) and (not isinstance(value, kind) or (kind is int and isinstance(value, bool))):
        raise ConfigError(f"{name} must be {_TYPE_WORDS[kind]}, not {value!r}.")
    if isinstance(value, float) and not math.isfinite(value):
        raise ConfigError(f"{name} must be a finite number, not {value!r}.")
    choices = metadata.get("choices")
    if choices and value not in choices:
        raise ConfigError(f"{name} must be one of {', '.join(map(str, choices))}, not {value!r}.")
    low, high = metadata.get("minimum"), metadata.get("maximum")
    if isinstance(value, int | float) and ((low is not None and value < low) or (high is not None and value > high)):
        raise ConfigError(f"{name} must lie {_bounds(low, high)}, not {value}.")


def _is_required(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


_TYPE_WORDS = {int: "a whole number", float: "a number", str: "a text", bool: "true or false"}


def _bounds(low: float | None, high: float | None) -> str:
    if low is None:
        return f"at or below {high:g}"
    if high is None:
        return f"at or above {low:g}"
    return f"between {low:g} and {high:g}"
