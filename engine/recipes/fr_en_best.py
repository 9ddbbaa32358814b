"""French to English, the best we ship: the recipe of `en-fr-base` with the languages changed over, and nothing else."""

import dataclasses

from engine.recipes.base import register
from engine.recipes.en_fr_base import EN_FR_BASE

register(
    dataclasses.replace(
        EN_FR_BASE,
        name="fr-en-best",
        title="French to English, best LSTM",
        source_language="fr",
        target_language="en",
    )
)
