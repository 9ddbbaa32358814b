"""Long film reviews, praise or complaint, from the mean of the word embeddings, blind to order."""

import dataclasses

from engine.models.classifier import ClassifierConfig
from engine.recipes.base import register
from engine.recipes.imdb_bilstm import IMDB_BILSTM

register(
    dataclasses.replace(
        IMDB_BILSTM,
        name="imdb-average",
        title="Long film reviews, praise or complaint, averaged embeddings",
        label="Long texts, blind to order",
        model=ClassifierConfig.of_average(embedding_dim=64, embedding_dropout=0.5),
        direction_weight=0.0,
        training=dataclasses.replace(IMDB_BILSTM.training, max_steps=800, learning_rate=5e-3, precision="float32"),
    )
)
