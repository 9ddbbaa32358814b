"""Recipes: how each model is trained, so that anyone can repeat it with `python -m engine train --recipe NAME`."""

from engine.recipes.base import RECIPE_KINDS, RECIPES, Prepared, Recipe
from engine.registry import discover

__all__ = ["RECIPES", "RECIPE_KINDS", "Prepared", "Recipe"]

discover("engine.recipes")
