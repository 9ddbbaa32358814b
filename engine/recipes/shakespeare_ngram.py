"""Counted 6-grams of Tiny Shakespeare with Kneser-Ney smoothing: what a network has to beat.

On the validation text 2.40, 2.17, 2.11, 2.10 and 2.10 bits per character for orders 4 to 8; 6 is within 0.01 of the
best in two thirds of the space.
"""

from engine.recipes.base import register
from engine.recipes.ngram_recipe import NgramRecipe

register(
    NgramRecipe(
        name="shakespeare-ngram",
        title="Shakespeare, character by character, 6-gram counts",
        corpus="tiny_shakespeare",
        order=6,
        label="6-gram",
    )
)
