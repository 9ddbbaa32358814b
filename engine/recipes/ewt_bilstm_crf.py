"""Entities on the web (English-EWT): goes on from `gmb-bilstm-crf`, which has read eleven times as many entities in the
news."""

import dataclasses

from engine.recipes.base import register
from engine.recipes.gmb_bilstm_crf import GMB_BILSTM_CRF

EWT_BILSTM_CRF = register(
    dataclasses.replace(
        GMB_BILSTM_CRF,
        name="ewt-bilstm-crf",
        title="Entities on the web, LSTM in both directions with a CRF",
        label="Web text",
        group="web",
        corpus="ner_ewt",
        start_from=GMB_BILSTM_CRF.name,
        vocab_size=13_000,
        least_count=3,
        model=dataclasses.replace(GMB_BILSTM_CRF.model, dropout=0.5, locked_dropout=True),
        word_dropout=0.1,
        rare_dropout=0.5,
        batch_words=800,
        training=dataclasses.replace(
            GMB_BILSTM_CRF.training,
            max_steps=1300,
            learning_rate=2e-3,
            evaluate_every=130,
            average_decay=0.996,
            checkpoint_every=650,
        ),
    )
)
