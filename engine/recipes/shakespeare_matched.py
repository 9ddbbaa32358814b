"""What the matched readers of Tiny Shakespeare (RNN, LSTM, GRU, Transformer) have in common: all but cell, size and
learning rate."""

from engine.models.language_model import LanguageModelConfig
from engine.training import TrainingSettings

MODEL = LanguageModelConfig(embedding_dim=64, dropout=0.3)
TRAINING = TrainingSettings(
    max_steps=3000,
    weight_decay=0.01,
    max_grad_norm=1.0,
    evaluate_every=250,
    patience=4,
    precision="bfloat16",
    seed=1,
    checkpoint_every=500,
)
