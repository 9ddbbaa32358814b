"""English to French, as wide as fits 16 MiB in half precision: what the best one starts from, and the twin of French to
English."""

from engine.models.translator import TranslatorConfig
from engine.recipes.base import register
from engine.recipes.translation_recipe import TranslationRecipe
from engine.training import TrainingSettings

EN_FR_BASE = register(
    TranslationRecipe(
        name="en-fr-base",
        title="English to French, best LSTM",
        label="Best",
        group="best",
        corpus="multi30k_en_fr",
        model=TranslatorConfig(hidden_size=448, attention="dot", dropout=0.3, locked_dropout=True, word_dropout=0.1),
        extra_corpus="tatoeba_en_fr",
        extra_pairs_per_epoch=60_000,
        vocab_size=7000,
        batch_tokens=4096,
        training=TrainingSettings(
            max_steps=5400,
            learning_rate=3e-3,
            weight_decay=0.01,
            max_grad_norm=1.0,
            evaluate_every=300,
            average_decay=0.998,
            precision="bfloat16",
            seed=1,
            checkpoint_every=300,
        ),
    )
)
