"""A recipe for anyone's own data: from a task, an architecture and a corpus, with defaults that suit these data."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from engine.config import JsonObject, check_value
from engine.corpora import load_corpus
from engine.errors import ConfigError
from engine.models.folder import load_model_of
from engine.recipes.as_data import recipe_from_dict, recipe_to_dict
from engine.recipes.base import RECIPE_KINDS, Recipe

NAME = "own"


@dataclasses.dataclass(frozen=True)
class Setting:
    """One hyper-parameter of a recipe, as a form shows it.

    Attributes:
        path: where it stands in the recipe: `batch_size`, `model.hidden_size`, `training.learning_rate`.
        value: what it is. metadata: its label, help and bounds, see `engine.config.option`.
    """

    path: str
    value: Any  # a number, a text, or whether
    metadata: Mapping[str, Any]  # each option's own words


def tasks() -> list[str]:
    """Return the tasks for which there are recipes for own data."""
    return list(dict.fromkeys(kind.task for _, kind in RECIPE_KINDS.items() if kind.architectures()))


def architectures(task: str) -> list[str]:
    """Return the architectures that can be trained for a task."""
    return [name for _, kind in RECIPE_KINDS.items() if kind.task == task for name in kind.architectures()]


def default_recipe(task: str, architecture: str, corpus: str, *, title: str = "", start_from: str = "") -> Recipe:
    """Return a recipe whose sizes suit the data; with `start_from`, a shipped model, it has that one's sizes.

    Raises:
        ConfigError: the task has no such architecture.
        DataError: the corpus cannot be read, or holds something else than the task needs.
        ModelError, InputError: there is no such model, or it does another task or is of another architecture.
    """
    found = next(
        (kind for _, kind in RECIPE_KINDS.items() if kind.task == task and architecture in kind.architectures()), None
    )
    if found is None:
        known = (
            f"choose one of: {', '.join(architectures(task))}" if task in tasks() else f"tasks: {', '.join(tasks())}"
        )
        raise ConfigError(f"'{architecture[:40]}' cannot be trained for '{task[:40]}'; {known}.")
    begun = load_model_of(task, start_from) if start_from else None
    if begun and begun.info.architecture != architecture:
        raise ConfigError(
            f"The model '{start_from}' is of the architecture {begun.info.architecture}; choose that one."
        )
    read = load_corpus(corpus)
    made = found.tailored(architecture, read, begun)
    title = title or f"{read.spec.title}, {architecture}"
    changes: JsonObject = {"name": NAME, "title": title, "corpus": corpus} | (
        {"start_from": start_from} if start_from else {}
    )
    return dataclasses.replace(made, **changes)


def settings(recipe: Recipe) -> list[Setting]:
    """Return the hyper-parameters that may be chosen, in the order of the definitions: the model's, the data's, the
    training's; the cell is the architecture and stands by itself."""
    model = getattr(recipe, "model", None)
    found = [*_options(model, "model.")] if model is not None else []
    return [*found, *_options(recipe, ""), *_options(recipe.training, "training.")]


def changed(recipe: Recipe, values: Mapping[str, object]) -> Recipe:
    """Return the recipe with other values, by their paths.

    Raises:
        ConfigError: there is no such setting, or a value is of the wrong type or out of bounds.
    """
    known = {setting.path: setting for setting in settings(recipe)}
    data = recipe_to_dict(recipe)
    for path, value in values.items():
        if path not in known:
            raise ConfigError(f"There is no setting '{path[:60]}' here; there are: {', '.join(known)}.")
        check_value(path, value, type(known[path].value), known[path].metadata)
        *parts, name = path.split(".")
        inner = data
        for part in parts:
            inner = inner[part]
        inner[name] = value
    return recipe_from_dict(data)


def _options(part: Any, prefix: str) -> Iterator[Setting]:  # any dataclass
    for field in dataclasses.fields(part):
        if field.metadata.get("label") and field.name not in ("cell", "restarts", "learning_rate_changes", "snapshots"):
            yield Setting(f"{prefix}{field.name}", getattr(part, field.name), field.metadata)
