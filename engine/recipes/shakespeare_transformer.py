"""Character-level Transformer on Tiny Shakespeare, with as many parameters as the LSTM of the three readers (within 1
%)."""

import dataclasses

from engine.models.transformer_language_model import TransformerConfig
from engine.recipes.base import register
from engine.recipes.language_model_recipe import LanguageModelRecipe
from engine.recipes.shakespeare_matched import TRAINING

register(
    LanguageModelRecipe(
        name="shakespeare-transformer",
        title="Shakespeare, character by character, Transformer",
        corpus="tiny_shakespeare",
        model=TransformerConfig(dropout=0.2),
        training=dataclasses.replace(TRAINING, learning_rate=2e-3),
    )
)
