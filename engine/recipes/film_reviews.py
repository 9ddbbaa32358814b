"""Classifiers of film reviews, praise or complaint: SST-2's phrases, and the long texts of IMDB.

- `sst2-bilstm`, the best we ship, has two layers of LSTM from either end; `sst2-lstm` and `sst2-gru` read from left to
  right only; `sst2-average` takes the mean of the word embeddings, blind to order: what reading in order has to beat.
- `imdb-bilstm` has one layer of LSTM from either end over the first 400 words; `imdb-average` is blind to order.
"""

from dataclasses import replace

from engine.models.classifier import ClassifierConfig
from engine.recipes.base import register
from engine.recipes.classification_recipe import ClassificationRecipe
from engine.training import TrainingSettings

SST2 = register(
    ClassificationRecipe(
        name="sst2-bilstm",
        title="Film reviews, praise or complaint, bidirectional LSTM",
        label="Both directions",
        group="sentences",
        corpus="sst2",
        model=ClassifierConfig(embedding_dim=150, hidden_size=150, num_layers=2, dropout=0.5, embedding_dropout=0.5),
        direction_weight=0.3,
        training=TrainingSettings(
            max_steps=6500,
            learning_rate=2e-3,
            weight_decay=0.05,
            evaluate_every=500,
            average_decay=0.998,
            precision="auto",
            seed=1,
            checkpoint_every=1000,
        ),
    )
)

FORWARDS = register(
    replace(
        SST2,
        name="sst2-lstm",
        title="Film reviews, praise or complaint, LSTM from left to right",
        label="Left to right",
        model=replace(SST2.model, embedding_dim=100, bidirectional=False),
        direction_weight=0.0,
        training=replace(SST2.training, max_steps=4000),
    )
)
register(
    replace(
        FORWARDS,
        name="sst2-gru",
        title="Film reviews, praise or complaint, GRU from left to right",
        label="Left to right, GRU",
        model=replace(FORWARDS.model, cell="gru"),
    )
)

IMDB = register(
    replace(
        SST2,
        name="imdb-bilstm",
        title="Long film reviews, praise or complaint, bidirectional LSTM",
        label="Long texts, both directions",
        group="reviews",
        corpus="imdb_small",
        vocab_size=10_000,
        model=replace(SST2.model, embedding_dim=64, hidden_size=64, num_layers=1),
        word_dropout=1.0,
        max_words=400,
        batch_size=32,
        training=replace(
            SST2.training,
            max_steps=1100,
            learning_rate=5e-3,
            evaluate_every=100,
            average_decay=0.98,
            checkpoint_every=200,
        ),
    )
)

for base, name, title, label, embedding_dim, steps, rate in (
    (SST2, "sst2-average", "Film reviews", "Blind to order", 100, 6500, 3e-3),
    (IMDB, "imdb-average", "Long film reviews", "Long texts, blind to order", 64, 800, 5e-3),
):
    register(
        replace(
            base,
            name=name,
            title=f"{title}, praise or complaint, averaged embeddings",
            label=label,
            model=ClassifierConfig.of_average(embedding_dim=embedding_dim, embedding_dropout=0.5),
            direction_weight=0.0,
            training=replace(base.training, max_steps=steps, learning_rate=rate, precision="float32"),
        )
    )
