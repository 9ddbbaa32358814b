"""An LSTM on Tiny Shakespeare that reads and writes word pieces, about three characters at a time.

A piece is seen a few hundred times where a character is seen ten thousand times, so that the network learns the text by
heart much sooner: more dropout, tied embeddings, and the weights of the best evaluation.
"""

from engine.recipes.base import RECIPES
from engine.recipes.language_model_recipe import LanguageModelRecipe
from engine.training import TrainingSettings

RECIPES.register("shakespeare-pieces")(
    LanguageModelRecipe(
        name="shakespeare-pieces",
        title="Shakespeare, word piece by word piece, LSTM",
        corpus="tiny_shakespeare",
        cell="lstm",
        label="Word pieces",
        group="pieces",
        tokenizer="pieces",
        vocab_size=2000,
        embedding_dim=256,
        hidden_size=384,
        dropout=0.5,
        weight_dropout=0.2,
        tie_embeddings=True,
        batch_size=32,
        bptt_length=64,
        training=TrainingSettings(
            max_steps=4000,
            learning_rate=3e-3,
            weight_decay=0.05,
            max_grad_norm=1.0,
            evaluate_every=200,
            patience=5,
            average_decay=0.995,
            precision="bfloat16",
            seed=1,
        ),
    )
)
