"""Praise or complaint, read from left to right only, on SST-2's phrases."""

import dataclasses

from engine.recipes.base import register
from engine.recipes.sst2_bilstm import SST2_BILSTM

SST2_LSTM = register(
    dataclasses.replace(
        SST2_BILSTM,
        name="sst2-lstm",
        title="Film reviews, praise or complaint, LSTM from left to right",
        label="Left to right",
        model=dataclasses.replace(SST2_BILSTM.model, embedding_dim=100, bidirectional=False),
        direction_weight=0.0,
        training=dataclasses.replace(SST2_BILSTM.training, max_steps=4000),
    )
)
