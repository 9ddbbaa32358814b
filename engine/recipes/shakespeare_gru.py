"""Character-level GRU on Tiny Shakespeare, one of three with equally many parameters (within 1 %)."""

import dataclasses

from engine.recipes.base import register
from engine.recipes.language_model_recipe import LanguageModelRecipe
from engine.recipes.shakespeare_matched import MODEL, TRAINING

register(
    LanguageModelRecipe(
        name="shakespeare-gru",
        title="Shakespeare, character by character, GRU",
        corpus="tiny_shakespeare",
        model=dataclasses.replace(MODEL, cell="gru", hidden_size=388),
        training=dataclasses.replace(TRAINING, learning_rate=2e-3),
    )
)
