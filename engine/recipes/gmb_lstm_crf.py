"""Entities in news (GMB): as `gmb-bilstm-crf`, but it only reads forwards and knows nothing of the words that follow."""

import dataclasses

from engine.recipes.base import RECIPES
from engine.recipes.gmb_bilstm_crf import GMB_BILSTM_CRF

RECIPES.register("gmb-lstm-crf")(
    dataclasses.replace(
        GMB_BILSTM_CRF,
        name="gmb-lstm-crf",
        title="Entities in news, LSTM that only reads forwards, with a CRF",
        label="Forwards only, CRF",
        bidirectional=False,
    )
)
