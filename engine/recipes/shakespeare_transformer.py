"""Character-level Transformer on Tiny Shakespeare, with as many parameters as the LSTM of the three readers (within 1 %)."""

from engine.recipes.base import RECIPES
from engine.recipes.transformer_recipe import TransformerRecipe
from engine.training import TrainingSettings

RECIPES.register("shakespeare-transformer")(
    TransformerRecipe(
        name="shakespeare-transformer",
        title="Shakespeare, character by character, Transformer",
        corpus="tiny_shakespeare",
        training=TrainingSettings(
            max_steps=3000,
            learning_rate=2e-3,
            weight_decay=0.01,
            max_grad_norm=1.0,
            evaluate_every=250,
            patience=4,
            precision="bfloat16",
            seed=1,
            checkpoint_every=500,
        ),
    )
)
