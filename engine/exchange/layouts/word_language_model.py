"""The word language model of pytorch/examples: encoder, rnn, decoder, with or without tied weights."""

from engine.exchange.layouts.recurrent import EMBEDDING, HEAD, LAYERS, stack_layout

stack_layout(
    "word-language-model",
    "Word language model",
    "pytorch/examples, word_language_model",
    ("language_model",),
    {EMBEDDING: ("encoder",), LAYERS: ("rnn",), HEAD: ("decoder",)},
)
