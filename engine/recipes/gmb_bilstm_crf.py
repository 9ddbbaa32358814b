"""Entities in news (GMB): an LSTM in both directions with a CRF, the best tagger we ship."""

from engine.models.tagger import TaggerConfig
from engine.recipes.base import register
from engine.recipes.tagging_recipe import TaggingRecipe
from engine.training import TrainingSettings

GMB_BILSTM_CRF = register(
    TaggingRecipe(
        name="gmb-bilstm-crf",
        title="Entities in news, LSTM in both directions with a CRF",
        label="Both directions, CRF",
        corpus="ner_gmb",
        model=TaggerConfig(dropout=0.4),
        training=TrainingSettings(
            max_steps=6000,
            learning_rate=3e-3,
            weight_decay=0.01,
            max_grad_norm=5.0,
            evaluate_every=500,
            average_decay=0.998,
            precision="bfloat16",
            seed=1,
            checkpoint_every=500,
        ),
    )
)
