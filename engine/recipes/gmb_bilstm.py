"""Entities in news (GMB): as `gmb-bilstm-crf`, but every tag is chosen by itself, by a softmax instead of the CRF."""

import dataclasses

from engine.recipes.base import RECIPES
from engine.recipes.gmb_bilstm_crf import GMB_BILSTM_CRF

RECIPES.register("gmb-bilstm")(
    dataclasses.replace(
        GMB_BILSTM_CRF,
        name="gmb-bilstm",
        title="Entities in news, LSTM in both directions, each word by itself",
        label="Both directions, no CRF",
        crf=False,
    )
)
