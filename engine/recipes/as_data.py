"""Recipes as plain data: one JSON object that anyone can read, keep and train again, `train --recipe FILE.json`."""

from __future__ import annotations

import dataclasses
import json
import os
import typing
from pathlib import Path
from typing import Any

from engine.atomic import replaced_file
from engine.config import Dataclass, JsonObject, validate
from engine.errors import ConfigError, InputError
from engine.recipes import RECIPE_KINDS, Recipe
from engine.training.schedules import check_course

KIND, MODEL = "recipe", "model"  # the keys that say which recipe, and in a model's part which model, it is
LARGEST_FILE = 1_000_000  # bytes


def recipe_to_dict(recipe: Recipe) -> JsonObject:
    """Return a recipe as plain, JSON-able values."""
    return {KIND: recipe.kind} | _to_plain(recipe)


def recipe_from_dict(data: JsonObject) -> Recipe:
    """Return the recipe that `recipe_to_dict` made plain, checked.

    Raises:
        ConfigError: something is unknown, missing, of the wrong type or out of bounds.
    """
    if not isinstance(data, dict) or not isinstance(data.get(KIND), str):
        raise ConfigError(f'A recipe is a JSON object with "{KIND}": one of {", ".join(RECIPE_KINDS.names())}.')
    recipe = _from_plain(RECIPE_KINDS.get(data[KIND]), {name: value for name, value in data.items() if name != KIND})
    training = recipe.training
    check_course(training.max_steps, training.restarts, training.learning_rate_changes)
    return recipe


def write_recipe(recipe: Recipe, file: Path) -> None:
    """Write a recipe into a file; a folder that it reads is named from there, so that both can be moved together."""
    data = recipe_to_dict(recipe)
    if os.sep in recipe.corpus:
        data["corpus"] = f"./{os.path.relpath(recipe.corpus, file.parent.resolve())}"
    with replaced_file(file) as draft:
        draft.write_text(f"{json.dumps(data, indent=2, ensure_ascii=False)}\n", encoding="utf-8")


def read_recipe(file: Path) -> Recipe:
    """Return the recipe in a file that `write_recipe` wrote.

    Raises:
        InputError: the file cannot be read, or is no JSON.
        ConfigError: what it says is no recipe; see `recipe_from_dict`.
    """
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise InputError(f"{file.name} is too large for a recipe.")
        data = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"The recipe {file} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"The recipe {file} is not JSON in UTF-8.") from error
    recipe = recipe_from_dict(data)
    if os.sep not in recipe.corpus:
        return recipe
    return dataclasses.replace(recipe, corpus=os.path.normpath(file.parent.resolve() / recipe.corpus))


# Any: whatever stands in a field, and what JSON makes of it.
def _to_plain(value: Any) -> Any:
    if not dataclasses.is_dataclass(value):
        return [_to_plain(each) for each in value] if isinstance(value, tuple) else value
    plain = {field.name: _to_plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    model = getattr(value, MODEL, None)
    return ({MODEL: model} if isinstance(model, str) else {}) | plain


def _from_plain(cls: type[Any], data: object) -> Any:  # an instance of it
    """Return a dataclass from plain values; its own fields may be dataclasses, or a choice of those with a `model`."""
    if not isinstance(data, dict):
        raise ConfigError(f"{cls.__name__} is written as a JSON object, not as {str(data)[:40]!r}.")
    hints, given = typing.get_type_hints(cls), dict(data)
    names = {field.name for field in dataclasses.fields(cls)}
    if unknown := sorted(set(given) - names):
        raise ConfigError(
            f"Unknown setting {', '.join(unknown)[:80]}; {cls.__name__} takes: {', '.join(sorted(names))}."
        )
    for name, value in given.items():
        given[name] = _value(name, hints[name], value)
    try:
        read: Dataclass = cls(**given)
    except TypeError as error:
        raise ConfigError(
            f"{cls.__name__} needs a value for each of: {', '.join(sorted(names - set(given)))}."
        ) from error
    validate(read)
    return read


def _value(name: str, hint: Any, value: object) -> Any:  # as the hint says, which may be a union
    kinds = typing.get_args(hint) if typing.get_origin(hint) is not tuple else ()
    candidates = [kind for kind in kinds or (hint,) if dataclasses.is_dataclass(kind)]
    if candidates:
        by_model = {getattr(kind, MODEL, ""): kind for kind in candidates}
        if len(by_model) == 1 and "" in by_model:
            return _from_plain(typing.cast(type, candidates[0]), value)
        inner = dict(value) if isinstance(value, dict) else {}
        chosen = inner.pop(MODEL, None)
        if not isinstance(chosen, str) or chosen not in by_model:
            raise ConfigError(f'{name} needs "{MODEL}": one of {", ".join(by_model)}.')
        return _from_plain(typing.cast(type, by_model[chosen]), inner)
    if typing.get_origin(hint) is tuple:
        if not isinstance(value, list | tuple):
            raise ConfigError(f"{name} must be a list.")
        return tuple(tuple(each) if isinstance(each, list) else each for each in value)
    if kinds and value is not None:  # a number, or None
        wanted = next(kind for kind in kinds if kind is not type(None))
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or (wanted is int and not isinstance(value, int)):
            raise ConfigError(f"{name} must be a number or null, not {str(value)[:40]!r}.")
    return value
