"""French to English, the best we ship: the recipe of `en-fr-best` with the languages changed over, and nothing else."""

import dataclasses

from engine.recipes.base import RECIPES
from engine.recipes.en_fr_best import EN_FR_BEST

RECIPES.register("fr-en-best")(
    dataclasses.replace(
        EN_FR_BEST,
        name="fr-en-best",
        title="French to English, best LSTM",
        source_language="fr",
        target_language="en",
    )
)
