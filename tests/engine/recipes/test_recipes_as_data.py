"""Recipes as plain data: all of them there and back, and nothing that is no recipe."""

from __future__ import annotations

import copy
import json

import pytest

from engine.errors import ConfigError, InputError
from engine.recipes import RECIPES
from engine.recipes.as_data import read_recipe, recipe_from_dict, recipe_to_dict, write_recipe
from engine.recipes.own import architectures, changed, default_recipe, settings, tasks

SAMPLES = {
    "language_model": "saltmarsh",
    "translation": "phrasebook_en_fr",
    "classification": "opinions",
    "tagging": "visits",
}


@pytest.mark.parametrize("name", RECIPES.names())
def test_every_recipe_goes_there_and_back(name, tmp_path):
    recipe = RECIPES.get(name)
    assert recipe_from_dict(json.loads(json.dumps(recipe_to_dict(recipe)))) == recipe
    write_recipe(recipe, tmp_path / "recipe.json")
    assert read_recipe(tmp_path / "recipe.json") == recipe


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("recipe", "magic", "Unknown kind of recipe 'magic'"),
        ("colour", "red", "Unknown setting colour"),
        ("model", "lstm", 'model needs "model": one of language_model, transformer'),
        ("model.model", "translator", 'model needs "model": one of language_model, transformer'),
        ("model.hidden_size", "8", "hidden_size must be a whole number, not '8'"),
        ("model.hidden_size", -1, "hidden_size must lie at or above 1, not -1"),
        ("model.cell", "magic", "cell must be one of rnn"),
        ("model.embedding_dropout", "x", "embedding_dropout must be a number or null"),
        ("training.learning_rate", float("nan"), "learning_rate must be a finite number"),
        ("training.restarts", [5, 3], "each greater than the one before"),
        ("training.restarts", [10**9], "restarts must lie between 1 and"),
        ("training.learning_rate_changes", [[3]], "must be pairs"),
        ("training.learning_rate_changes", [[3, 99.0]], "between 0 and 10, not 99"),
        ("training", [], "is written as a JSON object"),
    ],
)
def test_what_is_no_recipe_is_one_sentence(path, value, words):
    data = copy.deepcopy(recipe_to_dict(RECIPES.get("saltmarsh-lstm")))
    *parts, name = path.split(".")
    inner = data
    for part in parts:
        inner = inner[part]
    inner[name] = value
    with pytest.raises(ConfigError, match=words):
        recipe_from_dict(data)


@pytest.mark.parametrize(("text", "words"), [("{", "is not JSON"), ("[]", "A recipe is a JSON object")])
def test_a_file_that_holds_none_is_one_sentence(tmp_path, text, words):
    (tmp_path / "recipe.json").write_text(text)
    with pytest.raises((InputError, ConfigError), match=words):
        read_recipe(tmp_path / "recipe.json")
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_recipe(tmp_path / "nothing.json")


@pytest.mark.parametrize("task", SAMPLES)
def test_every_architecture_of_a_task_has_a_recipe_whose_settings_explain_themselves(task):
    assert task in tasks()
    for architecture in architectures(task):
        recipe = default_recipe(task, architecture, SAMPLES[task])
        assert recipe_from_dict(recipe_to_dict(recipe)) == recipe
        assert all(each.metadata["label"] and each.metadata["help"].endswith(".") for each in settings(recipe))
    assert changed(recipe, {"training.max_steps": 7}).training.max_steps == 7
    with pytest.raises(ConfigError, match="There is no setting 'training.colour' here"):
        changed(recipe, {"training.colour": 7})
    with pytest.raises(ConfigError, match="cannot be trained for"):
        default_recipe(task, "magic", SAMPLES[task])
