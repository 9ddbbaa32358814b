"""What a shipped table holds of a model: kept until the table's file or the model's weights change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pages.components import cache, notices
from pages.components.calls import Call, call
from pages.components.context import PageContext

T = TypeVar("T")


def version(table: Path, *models: str) -> tuple[Any, ...]:
    """Return what changes when a table does, or the weights of the models that are compared with those it names."""
    return cache.file_version(table), *map(cache.model_version, models)


def of_model(function: Callable[[str, str, str], T], context: PageContext[Any], name: str, table: Path) -> Call[T]:
    """Return the Call of a function that is given a model's name and folder, and the table."""
    folder = str(context.models[name].path)
    return call(function, name, folder, str(table), version=version(table, name))


def note_missing(context: PageContext[Any], names: Sequence[str], command: str) -> None:
    """Say which models a table does not know with the weights they have, and how each is measured."""
    if names:
        commands = " ".join(f"{command.format(model=name)}." for name in names)
        labels = ", ".join(map(context.label, names))
        notices.note(f"Not measured with their present weights: {labels}. To measure: {commands}")
