"""Language models of Tiny Shakespeare.

- `shakespeare-rnn`, `-lstm`, `-gru` and `-transformer` read characters, have equally many parameters (within 1 %) and
  differ in cell, size and learning rate only.
- `shakespeare-best`, the best character model we ship, is a wide LSTM held back by dropout and strong weight decay.
- `shakespeare-history` is small, and its training can be watched: 28 stages of one run are kept.
- `shakespeare-pieces` reads and writes word pieces, two to three characters at a time. There are 2,000 of them and a
  third as many places to learn them from as there are characters: each piece is seen so rarely that the network soon
  knows the text by heart. Tied embeddings and dropout of two kinds hold it back.
- `shakespeare-ngram` counts 6-grams with Kneser-Ney smoothing: what a network has to beat. On the validation text 2.40,
  2.17, 2.11, 2.10 and 2.10 bits per character for orders 4 to 8; 6 is within 0.01 of the best in two thirds of the
  space.
"""

from dataclasses import replace

from engine.models.language_model import LanguageModelConfig
from engine.models.transformer_language_model import TransformerConfig
from engine.recipes.base import register
from engine.recipes.language_model_recipe import LanguageModelRecipe
from engine.recipes.ngram_recipe import NgramRecipe
from engine.training import TrainingSettings

CORPUS = "tiny_shakespeare"
MATCHED = TrainingSettings(
    max_steps=3000, evaluate_every=250, patience=4, precision="auto", seed=1, checkpoint_every=500
)
MODEL = LanguageModelConfig(embedding_dim=64, dropout=0.3)

for name, words, model, rate in (
    ("rnn", "RNN", replace(MODEL, cell="rnn", hidden_size=676), 1e-3),
    ("lstm", "LSTM", replace(MODEL, cell="lstm", hidden_size=336), 3e-3),
    ("gru", "GRU", replace(MODEL, cell="gru", hidden_size=388), 2e-3),
    ("transformer", "Transformer", TransformerConfig(dropout=0.2), 2e-3),
):
    register(
        LanguageModelRecipe(
            name=f"shakespeare-{name}",
            title=f"Shakespeare, character by character, {words}",
            corpus=CORPUS,
            model=model,
            training=replace(MATCHED, learning_rate=rate),
        )
    )

BEST = register(
    LanguageModelRecipe(
        name="shakespeare-best",
        title="Shakespeare, character by character, best LSTM",
        corpus=CORPUS,
        model=LanguageModelConfig(cell="lstm", embedding_dim=128, hidden_size=512, dropout=0.5, embedding_dropout=0.1),
        label="Best LSTM",
        group="best",
        embedding_std=1.0,
        training=TrainingSettings(
            max_steps=2600,
            learning_rate=3e-3,
            weight_decay=0.3,
            evaluate_every=200,
            average_decay=0.995,
            precision="auto",
            seed=1,
            checkpoint_every=200,
        ),
    )
)

register(
    LanguageModelRecipe(
        name="shakespeare-pieces",
        title="Shakespeare, word piece by word piece, LSTM",
        corpus=CORPUS,
        model=LanguageModelConfig(
            cell="lstm", embedding_dim=192, hidden_size=320, dropout=0.4, weight_dropout=0.1, tie_embeddings=True
        ),
        label="Word pieces",
        group="pieces",
        tokenizer="pieces",
        vocab_size=2000,
        bptt_length=64,
        training=replace(
            BEST.training,
            max_steps=1300,
            learning_rate=4e-3,
            weight_decay=0.02,
            evaluate_every=100,
            patience=4,
            checkpoint_every=100,
        ),
    )
)

register(
    LanguageModelRecipe(
        name="shakespeare-history",
        title="Shakespeare, character by character, the stages of one small LSTM",
        corpus=CORPUS,
        model=LanguageModelConfig(embedding_dim=64, cell="lstm", hidden_size=256, num_layers=1, dropout=0.1),
        label="Small LSTM",
        group="history",
        training=TrainingSettings(
            max_steps=2000,
            evaluate_every=250,
            snapshots=28,
            precision="auto",
            # Not seed 1, whose network has two moods at 107 updates: after some first characters it reads on with 3.0
            # nats per character, after others with 5.3, so that its curve has a peak which says nothing about learning.
            seed=2,
            checkpoint_every=500,
        ),
    )
)

register(
    NgramRecipe(
        name="shakespeare-ngram",
        title="Shakespeare, character by character, 6-gram counts",
        corpus=CORPUS,
        order=6,
        label="6-gram",
    )
)
