"""Long film reviews, praise or complaint: one layer of LSTM from either end over the first 400 words."""

import dataclasses

from engine.recipes.base import register
from engine.recipes.sst2_bilstm import SST2_BILSTM

IMDB_BILSTM = register(
    dataclasses.replace(
        SST2_BILSTM,
        name="imdb-bilstm",
        title="Long film reviews, praise or complaint, bidirectional LSTM",
        label="Long texts, both directions",
        group="reviews",
        corpus="imdb_small",
        vocab_size=10_000,
        model=dataclasses.replace(SST2_BILSTM.model, embedding_dim=64, hidden_size=64, num_layers=1),
        word_dropout=1.0,
        max_words=400,
        batch_size=32,
        training=dataclasses.replace(
            SST2_BILSTM.training,
            max_steps=1100,
            learning_rate=5e-3,
            evaluate_every=100,
            average_decay=0.98,
            checkpoint_every=200,
        ),
    )
)
