"""A small character-level LSTM on the embedded Saltmarsh stories: under a minute on two cores, no download."""

from engine.models.language_model import LanguageModelConfig
from engine.recipes.base import register
from engine.recipes.language_model_recipe import LanguageModelRecipe
from engine.training import TrainingSettings

register(
    LanguageModelRecipe(
        name="saltmarsh-lstm",
        title="Saltmarsh stories, character by character, small LSTM",
        corpus="saltmarsh",
        model=LanguageModelConfig(embedding_dim=64, cell="lstm", hidden_size=192, num_layers=1, dropout=0.1),
        batch_size=32,
        bptt_length=96,
        training=TrainingSettings(max_steps=700, learning_rate=8e-3, evaluate_every=175, precision="auto", seed=1),
    )
)
