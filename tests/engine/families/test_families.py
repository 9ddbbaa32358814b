"""Task families: each is whole, what it names exists, and its commands are the settings that the pages' forms show."""

from __future__ import annotations

import dataclasses

import pytest

from engine.command_line import build_parser
from engine.config import bounds_in_words
from engine.decoding.limits import SamplingSettings, SearchSettings
from engine.models import MODELS
from engine.models.folder import list_models
from engine.recipes import RECIPES
from engine.task_family import TASK_FAMILIES, Deferred, in_order, pages
from pages.components.generation.view import GenerationView
from pages.components.translation.view import TranslationView

FAMILIES = {family.name: family for family in in_order()}


def help_of(command: str) -> str:
    """Return a command's help on one line."""
    commands = next(action.choices for action in build_parser()._actions if action.dest == "command")
    return " ".join(commands[command].format_help().split())


def test_families_are_listed_in_their_own_order():
    assert list(FAMILIES) == ["language_model", "translation", "classification", "tagging", "forecasting"]
    assert [page.name for page in pages()] == ["generation", "translation", "sentiment", "entities", "series"]


@pytest.mark.parametrize("name", TASK_FAMILIES.names())
def test_what_a_family_names_exists(name):
    family = FAMILIES[name]
    named = [family.evaluate, *(table.add for table in family.tables)]
    assert all(callable(function.load()) for function in named if isinstance(function, Deferred))
    assert {MODELS.get(model).task for model in family.models} == {name}
    assert family.headline.name in {metric.name for metric in family.metrics}
    assert "{name}" in family.example
    asked = family.command_example
    assert "{name}" in (asked if isinstance(asked, str) else asked({"horizon": 24}))


def test_every_shipped_model_is_described_by_its_family():
    for info in list_models():
        assert info.config["model"] in FAMILIES[info.task].models, info.name


def test_models_of_one_build_are_told_apart_by_what_their_family_asks_for_first():
    """A GRU for bikes and a GRU for carbon dioxide are offered under different series: neither needs its name."""
    assert not [info.name for info in list_models() if info.is_ambiguous]


def test_shipped_forecasters_carry_what_their_recipe_says_of_them():
    for info in list_models():
        if info.task == "forecasting":
            recipe = RECIPES.get(info.name)
            said = [info.title, info.label, info.group, info.config["remarks"]]
            assert said == [recipe.title, recipe.label, recipe.group, list(recipe.remarks)], info.name


def test_every_model_of_a_task_belongs_to_a_family():
    known = {model for family in in_order() for model in family.models}
    assert {name for name, model in MODELS.items() if getattr(model, "task", "") in TASK_FAMILIES.names()} == known


@pytest.mark.parametrize(
    ("command", "settings", "view"),
    [("generate", SamplingSettings, GenerationView), ("translate", SearchSettings, TranslationView)],
)
def test_a_command_and_a_page_offer_the_same_setting_with_the_same_default_bounds_and_words(command, settings, view):
    options, words = build_parser().parse_args([command, "--model", "m"]), help_of(command)
    shown = {field.name: field for field in dataclasses.fields(view)}
    for field in dataclasses.fields(settings):
        assert getattr(options, field.name) == shown[field.name].default == field.default, field.name
        assert shown[field.name].metadata == field.metadata
        bounds = bounds_in_words(field.metadata["minimum"], field.metadata["maximum"])
        assert f"{field.metadata['help']} ({bounds}; default {field.default})" in words


def test_a_seed_is_the_same_wherever_none_is_given():
    for command in ("generate", "translate"):
        assert build_parser().parse_args([command, "--model", "m"]).seed == GenerationView.seed == 7
