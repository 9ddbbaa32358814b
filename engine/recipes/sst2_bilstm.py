"""Praise or complaint, the best we ship: two layers of LSTM from either end, on SST-2's phrases."""

from engine.models.classifier import ClassifierConfig
from engine.recipes.base import register
from engine.recipes.classification_recipe import ClassificationRecipe
from engine.training import TrainingSettings

SST2_BILSTM = register(
    ClassificationRecipe(
        name="sst2-bilstm",
        title="Film reviews, praise or complaint, bidirectional LSTM",
        label="Both directions",
        group="sentences",
        corpus="sst2",
        model=ClassifierConfig(embedding_dim=150, hidden_size=150, num_layers=2, dropout=0.5, embedding_dropout=0.5),
        direction_weight=0.3,
        training=TrainingSettings(
            max_steps=6500,
            learning_rate=2e-3,
            weight_decay=0.05,
            max_grad_norm=1.0,
            evaluate_every=500,
            average_decay=0.998,
            precision="bfloat16",
            seed=1,
            checkpoint_every=1000,
        ),
    )
)
