"""Entities in news (GMB): three taggers that differ in one thing each, no CRF or no backward direction, trained for a
shorter time.

The third, `gmb-compared-bilstm-crf`, is what the two are compared with; shipped is `gmb-bilstm-crf`, which was trained
for longer.
"""

import dataclasses

from engine.recipes.base import register
from engine.recipes.gmb_bilstm_crf import GMB_BILSTM_CRF

GMB_COMPARED = register(
    dataclasses.replace(
        GMB_BILSTM_CRF,
        name="gmb-compared-bilstm-crf",
        title="Entities in news, LSTM in both directions with a CRF, shorter training",
        label="Both directions, CRF, shorter training",
        model=dataclasses.replace(GMB_BILSTM_CRF.model, locked_dropout=True),
        word_dropout=0.1,
        rare_dropout=0.5,
        batch_words=1600,
        training=dataclasses.replace(
            GMB_BILSTM_CRF.training,
            max_steps=2300,
            learning_rate=4e-3,
            evaluate_every=460,
            average_decay=0.996,
            checkpoint_every=460,
        ),
    )
)

register(
    dataclasses.replace(
        GMB_COMPARED,
        name="gmb-bilstm",
        title="Entities in news, LSTM in both directions, each word by itself",
        label="Both directions, no CRF",
        model=dataclasses.replace(GMB_COMPARED.model, crf=False),
    )
)

register(
    dataclasses.replace(
        GMB_COMPARED,
        name="gmb-lstm-crf",
        title="Entities in news, LSTM that only reads forwards, with a CRF",
        label="Forwards only, CRF",
        model=dataclasses.replace(GMB_COMPARED.model, bidirectional=False),
    )
)
