"""Embedding, recurrent layers and a dense one, as Keras files hold them: see `engine.exchange.keras_files`."""

from engine.exchange.keras_files import EMBEDDING as KERAS_EMBEDDING
from engine.exchange.keras_files import HEAD as KERAS_HEAD
from engine.exchange.keras_files import LAYERS as KERAS_LAYERS
from engine.exchange.layouts.recurrent import EMBEDDING, HEAD, LAYERS, TASKS, stack_layout

stack_layout(
    "keras",
    "Keras embedding, recurrent layers and a dense layer",
    "Keras",
    TASKS,
    {EMBEDDING: (KERAS_EMBEDDING,), LAYERS: (KERAS_LAYERS,), HEAD: (KERAS_HEAD,)},
)
