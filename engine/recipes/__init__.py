"""Recipes: how each model is trained, so that anyone can repeat it with `python -m engine train --recipe NAME`."""

from engine.recipes.base import RECIPES, Prepared, Recipe
from engine.registry import discover

__all__ = ["RECIPES", "Prepared", "Recipe"]

discover("engine.recipes")
