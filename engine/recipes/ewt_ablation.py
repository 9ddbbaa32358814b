"""Three taggers on English-EWT alone that differ in one thing each: what a CRF and what the backward direction are
worth.

Trained with several seeds (`--set seed=N`) and added to the table of results with `evaluate --ablation`.
"""

import dataclasses

from engine.recipes.base import register
from engine.recipes.ewt_bilstm_crf import EWT_BILSTM_CRF

BASE = dataclasses.replace(
    EWT_BILSTM_CRF,
    group="ablation",
    start_from="",
    vocab_size=6000,
    training=dataclasses.replace(
        EWT_BILSTM_CRF.training, max_steps=900, learning_rate=3e-3, evaluate_every=180, checkpoint_every=180
    ),
)
VARIANTS = {
    "bilstm-crf": ("both directions with a CRF", True, True),
    "bilstm": ("both directions, each word by itself", True, False),
    "lstm-crf": ("forwards only, with a CRF", False, True),
}

for key, (words, is_bidirectional, has_crf) in VARIANTS.items():
    register(
        dataclasses.replace(
            BASE,
            name=f"ewt-alone-{key}",
            title=f"Entities on the web, {words}, trained on them alone",
            label=f"Web text alone, {words}",
            model=dataclasses.replace(BASE.model, bidirectional=is_bidirectional, crf=has_crf),
        )
    )
