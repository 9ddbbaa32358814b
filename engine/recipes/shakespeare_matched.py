"""How the matched readers of Tiny Shakespeare (RNN, LSTM, GRU, Transformer) are taught: alike in all but the learning
rate."""

from engine.training import TrainingSettings

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
