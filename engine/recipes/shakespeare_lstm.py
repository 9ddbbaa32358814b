"""Character-level LSTM on Tiny Shakespeare, one of three with equally many parameters (within 1 %)."""

import dataclasses

from engine.recipes.base import register
from engine.recipes.language_model_recipe import LanguageModelRecipe
from engine.recipes.shakespeare_matched import MODEL, TRAINING

register(
    LanguageModelRecipe(
        name="shakespeare-lstm",
        title="Shakespeare, character by character, LSTM",
        corpus="tiny_shakespeare",
        model=dataclasses.replace(MODEL, cell="lstm", hidden_size=336),
        training=dataclasses.replace(TRAINING, learning_rate=3e-3),
    )
)
