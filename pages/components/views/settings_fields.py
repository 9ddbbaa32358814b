"""Fields of a view that are an engine's settings: the same default, bounds and words, stated once."""

from __future__ import annotations

import dataclasses
from typing import Any


def field_like(settings: type, name: str) -> Any:
    """Return a field for a view with the default and the bounds of the settings' field `name`."""
    field = next(field for field in dataclasses.fields(settings) if field.name == name)
    return dataclasses.field(default=field.default, metadata=field.metadata)


def settings_from(settings: type, view: Any, prefix: str) -> Any:
    """Return the settings that the view's fields named `prefix` + name stand for."""
    return settings(**{field.name: getattr(view, prefix + field.name) for field in dataclasses.fields(settings)})
