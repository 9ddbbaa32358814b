"""English to French with attention; its twin differs in nothing else."""

from engine.models.translator import TranslatorConfig
from engine.recipes.base import register
from engine.recipes.translation_recipe import TranslationRecipe
from engine.training import TrainingSettings

register(
    TranslationRecipe(
        name="en-fr-attention",
        title="English to French, LSTM with attention",
        corpus="multi30k_en_fr",
        model=TranslatorConfig(attention="dot"),
        extra_corpus="tatoeba_en_fr",
        extra_pairs_per_epoch=40_000,
        training=TrainingSettings(
            max_steps=6300,
            learning_rate=2e-3,
            weight_decay=0.01,
            max_grad_norm=1.0,
            evaluate_every=450,
            precision="bfloat16",
            seed=1,
            checkpoint_every=450,
        ),
    )
)
