"""Beginning runs: made of the recipes that the form gives, and queued."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from engine import owners, runs
from engine.errors import EngineError
from engine.jobs import training
from engine.plotting import theme
from engine.recipes.base import Recipe
from pages.components.computing import cache
from pages.components.server import visitor
from pages.components.train import costs
from pages.components.watching import run_control


def begin(recipes: Mapping[str, Recipe], title: str) -> None:
    """Make a run of each architecture's recipe and queue them, as one job where they race."""
    owner, made = visitor.folder(), []
    costs.give_up()
    try:
        for architecture, recipe in recipes.items():
            named = dataclasses.replace(recipe, title=_title(recipe, architecture, title, len(recipes) > 1))
            made.append(runs.create(owners.new_place(owner, "runs"), named, named.title).folder)
        owners.note_visit(owner)
        training.start(cache.job_runner(), made, visitor.address())
    except EngineError as problem:
        for folder in made:
            runs.delete(folder)
        run_control.refuse(problem)
        return
    run_control.watch([folder.name for folder in made])


def _title(recipe: Recipe, architecture: str, title: str, is_race: bool) -> str:
    data = recipe.title.rpartition(", ")[0]
    named = title.strip() or data
    return named if title.strip() and not is_race else f"{named}, {theme.architecture_label(architecture)}"
