"""Praise or complaint from the mean of the word embeddings, blind to order: what reading in order has to beat, on
SST-2's phrases."""

import dataclasses

from engine.models.classifier import ClassifierConfig
from engine.recipes.base import register
from engine.recipes.sst2_bilstm import SST2_BILSTM

register(
    dataclasses.replace(
        SST2_BILSTM,
        name="sst2-average",
        title="Film reviews, praise or complaint, averaged embeddings",
        label="Blind to order",
        model=ClassifierConfig.of_average(embedding_dim=100, embedding_dropout=0.5),
        direction_weight=0.0,
        training=dataclasses.replace(SST2_BILSTM.training, max_steps=6500, learning_rate=3e-3, precision="float32"),
    )
)
