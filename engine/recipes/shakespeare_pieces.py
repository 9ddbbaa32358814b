"""An LSTM on Tiny Shakespeare that reads and writes word pieces, two to three characters at a time.

There are 2,000 of them and a third as many places to learn them from as there are characters: each piece is seen so
rarely that the network soon knows the text by heart. Tied embeddings and dropout of two kinds hold it back.
"""

from engine.models.language_model import LanguageModelConfig
from engine.recipes.base import register
from engine.recipes.language_model_recipe import LanguageModelRecipe
from engine.training import TrainingSettings

register(
    LanguageModelRecipe(
        name="shakespeare-pieces",
        title="Shakespeare, word piece by word piece, LSTM",
        corpus="tiny_shakespeare",
        model=LanguageModelConfig(
            cell="lstm", embedding_dim=192, hidden_size=320, dropout=0.4, weight_dropout=0.1, tie_embeddings=True
        ),
        label="Word pieces",
        group="pieces",
        tokenizer="pieces",
        vocab_size=2000,
        batch_size=64,
        bptt_length=64,
        training=TrainingSettings(
            max_steps=1300,
            learning_rate=4e-3,
            weight_decay=0.02,
            max_grad_norm=1.0,
            evaluate_every=100,
            patience=4,
            average_decay=0.995,
            precision="bfloat16",
            seed=1,
            checkpoint_every=100,
        ),
    )
)
