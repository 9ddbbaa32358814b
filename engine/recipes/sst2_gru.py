"""Praise or complaint, read from left to right by a GRU, on SST-2's phrases."""

import dataclasses

from engine.recipes.base import register
from engine.recipes.sst2_lstm import SST2_LSTM

register(
    dataclasses.replace(
        SST2_LSTM,
        name="sst2-gru",
        title="Film reviews, praise or complaint, GRU from left to right",
        label="Left to right, GRU",
        model=dataclasses.replace(SST2_LSTM.model, cell="gru"),
    )
)
