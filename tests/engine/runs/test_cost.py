"""What a run will take: parameters as they are, time from updates that were made, limits before any work."""

from __future__ import annotations

import dataclasses

import pytest

from engine.errors import ConfigError
from engine.limits import limits
from engine.recipes.as_data import recipe_to_dict
from engine.recipes.own import changed, default_recipe
from engine.runs.cost import Cost, measure

SMALL = {"model.hidden_size": 8, "model.embedding_dim": 4, "batch_size": 2, "bptt_length": 8, "training.max_steps": 40}


def cost_of(recipe: dict) -> Cost:
    """Return what a recipe takes."""
    steps = measure(recipe)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return Cost(**end.value)


def test_cost_is_that_of_the_recipe() -> None:
    recipe = changed(default_recipe("language_model", "lstm", "saltmarsh"), SMALL)
    cost = cost_of(recipe_to_dict(recipe))
    assert cost.parameters == recipe.prepare(recipe.training).model.parameter_count()
    assert cost.measured_updates > 0
    assert cost.seconds >= 40 * cost.seconds_per_update > 0
    assert cost.memory_mebibytes > 0
    twice = dataclasses.replace(recipe, training=dataclasses.replace(recipe.training, max_steps=4000))
    assert cost_of(recipe_to_dict(twice)).seconds > 10 * cost.seconds


def test_what_is_over_a_limit_is_said_before_any_work() -> None:
    recipe = recipe_to_dict(changed(default_recipe("language_model", "lstm", "saltmarsh"), SMALL))
    recipe["model"]["hidden_size"] = limits().hidden_size + 1
    with pytest.raises(ConfigError, match="must lie at or below"):
        cost_of(recipe)
