"""The part-of-speech tagger of PyTorch's tutorial “Sequence models and long short-term memory networks”."""

from engine.exchange.layouts.recurrent import EMBEDDING, HEAD, LAYERS, stack_layout

stack_layout(
    "lstm-tagger",
    "LSTM tagger",
    "PyTorch's tutorial “Sequence models and long short-term memory networks”",
    ("tagging",),
    {EMBEDDING: ("word_embeddings",), LAYERS: ("lstm",), HEAD: ("hidden2tag",)},
)
