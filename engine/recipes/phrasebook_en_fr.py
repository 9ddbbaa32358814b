"""A small English-French translator on the embedded phrasebook: under a minute on two cores, no download."""

from engine.models.translator import TranslatorConfig
from engine.recipes.base import register
from engine.recipes.translation_recipe import TranslationRecipe
from engine.training import TrainingSettings

register(
    TranslationRecipe(
        name="phrasebook-en-fr",
        title="English to French, small LSTM with attention, phrasebook only",
        corpus="phrasebook_en_fr",
        model=TranslatorConfig(embedding_dim=96, hidden_size=128, encoder_layers=1, decoder_layers=1, dropout=0.1),
        vocab_size=900,
        batch_tokens=1024,
        training=TrainingSettings(max_steps=1000, learning_rate=6e-3, evaluate_every=250, precision="auto", seed=1),
    )
)
