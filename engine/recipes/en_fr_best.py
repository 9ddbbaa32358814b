"""English to French, the best we ship: `en-fr-base` goes on at a lower rate, with the whole of Tatoeba beside the
captions in every pass.

The weights kept lie half way between before and after. On validation sentences (beam 5) BLEU on captions and on Tatoeba
was 53.70 and 44.19 before, 53.36 and 46.00 after, 53.82 and 45.33 half way, which is the most of the second course that
costs the captions nothing.
"""

import dataclasses

from engine.recipes.base import register
from engine.recipes.en_fr_base import EN_FR_BASE

register(
    dataclasses.replace(
        EN_FR_BASE,
        name="en-fr-best",
        start_from=EN_FR_BASE.name,
        start_share=0.5,
        extra_pairs_per_epoch=157_000,
        training=dataclasses.replace(
            EN_FR_BASE.training, max_steps=1600, learning_rate=1e-3, evaluate_every=200, checkpoint_every=200
        ),
    )
)
