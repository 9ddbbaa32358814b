"""A small character LSTM on Tiny Shakespeare whose training can be watched: 28 stages of one run are kept."""

from engine.models.language_model import LanguageModelConfig
from engine.recipes.base import register
from engine.recipes.language_model_recipe import LanguageModelRecipe
from engine.training import TrainingSettings

register(
    LanguageModelRecipe(
        name="shakespeare-history",
        title="Shakespeare, character by character, the stages of one small LSTM",
        corpus="tiny_shakespeare",
        model=LanguageModelConfig(embedding_dim=64, cell="lstm", hidden_size=256, num_layers=1, dropout=0.1),
        label="Small LSTM",
        group="history",
        training=TrainingSettings(
            max_steps=2000,
            learning_rate=3e-3,
            weight_decay=0.01,
            max_grad_norm=1.0,
            evaluate_every=250,
            snapshots=28,
            precision="bfloat16",
            # Not seed 1, whose network has two moods at 107 updates: after some first characters it reads on with 3.0
            # nats per character, after others with 5.3, so that its curve has a peak which says nothing about learning.
            seed=2,
            checkpoint_every=500,
        ),
    )
)
