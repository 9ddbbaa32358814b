"""Character-level Transformer on Tiny Shakespeare, with as many parameters as the LSTM of the three readers (within 1
%)."""

import dataclasses

from engine.recipes.base import RECIPES
from engine.recipes.shakespeare_matched import TRAINING
from engine.recipes.transformer_recipe import TransformerRecipe

RECIPES.register("shakespeare-transformer")(
    TransformerRecipe(
        name="shakespeare-transformer",
        title="Shakespeare, character by character, Transformer",
        corpus="tiny_shakespeare",
        training=dataclasses.replace(TRAINING, learning_rate=2e-3),
    )
)
