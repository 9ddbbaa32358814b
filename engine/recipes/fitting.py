"""Which tasks a corpus can be trained for, and which settings there are, as the recipes themselves say."""

from __future__ import annotations

import dataclasses
import typing
from functools import cache

from engine.errors import DataError
from engine.recipes.base import RECIPE_KINDS
from engine.recipes.own import architectures, default_recipe, tasks
from engine.training import TrainingSettings


def fitting_tasks(corpus: str) -> tuple[str, ...]:
    """Return the tasks whose recipes can read a corpus.

    Raises:
        DataError: none can; the sentence is that of the last.
    """
    found, problem = [], None
    for task in tasks():
        try:
            default_recipe(task, architectures(task)[0], corpus)
        except DataError as error:
            problem = error
        else:
            found.append(task)
    if not found and problem is not None:
        raise problem
    return tuple(found)


@cache
def setting_names() -> frozenset[str]:
    """Return the names of the settings of all kinds of recipes, without the parts they stand in."""
    kinds = [kind for _, kind in RECIPE_KINDS.items()]
    models = [typing.get_type_hints(kind).get("model") for kind in kinds]
    parts = [
        part for model in models for part in (typing.get_args(model) or (model,)) if dataclasses.is_dataclass(part)
    ]
    return frozenset(
        field.name
        for part in (*kinds, *parts, TrainingSettings)
        for field in dataclasses.fields(part)
        if field.metadata.get("label")
    )
