"""Entities in news (GMB): an LSTM in both directions with a CRF, the best tagger we ship."""

from engine.recipes.base import RECIPES
from engine.recipes.tagging_recipe import TaggingRecipe
from engine.training import TrainingSettings

GMB_BILSTM_CRF = RECIPES.register("gmb-bilstm-crf")(
    TaggingRecipe(
        name="gmb-bilstm-crf",
        title="Entities in news, LSTM in both directions with a CRF",
        label="Both directions, CRF",
        corpus="ner_gmb",
        dropout=0.4,
        word_dropout=0.1,
        rare_dropout=0.5,
        batch_words=1600,
        training=TrainingSettings(
            max_steps=2300,
            learning_rate=4e-3,
            weight_decay=0.01,
            max_grad_norm=5.0,
            evaluate_every=460,
            average_decay=0.996,
            precision="bfloat16",
            seed=1,
            checkpoint_every=460,
        ),
    )
)
