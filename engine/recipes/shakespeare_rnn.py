"""Character-level RNN on Tiny Shakespeare, one of three with equally many parameters (within 1 %)."""

from engine.recipes.base import RECIPES
from engine.recipes.language_model_recipe import LanguageModelRecipe
from engine.training import TrainingSettings

RECIPES.register("shakespeare-rnn")(
    LanguageModelRecipe(
        name="shakespeare-rnn",
        title="Shakespeare, character by character, RNN",
        corpus="tiny_shakespeare",
        cell="rnn",
        hidden_size=676,
        training=TrainingSettings(
            max_steps=3000,
            learning_rate=1e-3,
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
