"""The best character model we ship: a wide two-layer LSTM on Tiny Shakespeare, held back by dropout and strong weight
decay."""

from engine.models.language_model import LanguageModelConfig
from engine.recipes.base import register
from engine.recipes.language_model_recipe import LanguageModelRecipe
from engine.training import TrainingSettings

register(
    LanguageModelRecipe(
        name="shakespeare-best",
        title="Shakespeare, character by character, best LSTM",
        corpus="tiny_shakespeare",
        model=LanguageModelConfig(cell="lstm", embedding_dim=128, hidden_size=512, dropout=0.5, embedding_dropout=0.1),
        label="Best LSTM",
        group="best",
        embedding_std=1.0,
        training=TrainingSettings(
            max_steps=2600,
            learning_rate=3e-3,
            weight_decay=0.3,
            max_grad_norm=1.0,
            evaluate_every=200,
            average_decay=0.995,
            precision="bfloat16",
            seed=1,
            checkpoint_every=200,
        ),
    )
)
