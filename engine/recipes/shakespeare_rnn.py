"""Character-level RNN on Tiny Shakespeare, one of three with equally many parameters (within 1 %)."""

import dataclasses

from engine.recipes.base import register
from engine.recipes.language_model_recipe import LanguageModelRecipe
from engine.recipes.shakespeare_matched import MODEL, TRAINING

register(
    LanguageModelRecipe(
        name="shakespeare-rnn",
        title="Shakespeare, character by character, RNN",
        corpus="tiny_shakespeare",
        model=dataclasses.replace(MODEL, cell="rnn", hidden_size=676),
        training=dataclasses.replace(TRAINING, learning_rate=1e-3),
    )
)
