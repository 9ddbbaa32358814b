"""How large a recipe's network and batches are, before anything is built, and whether that stays within the limits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.errors import ConfigError
from engine.limits import check
from engine.models.folder import list_models
from engine.recipes import Recipe

# Which limit holds for what in a recipe and in its model; each name where there is one.
LIMITED = {
    "hidden_size": ("hidden_size", "embedding_dim", "width", "character_dim", "character_filters", "shape_dim"),
    "layers": ("num_layers", "encoder_layers", "decoder_layers"),
    "vocabulary": ("vocab_size",),
    "batch_tokens": ("batch_tokens", "batch_words"),
}
INNER = 4  # times the units: how wide the inner layer of a Transformer's block may be


def check_recipe(recipe: Recipe) -> None:
    """Check that a recipe stays within the limits that hold here.

    Raises:
        ConfigError: saying which limit it is over.
    """
    check("steps", recipe.training.max_steps)
    values = dict(_values(recipe))
    for limit, names in LIMITED.items():
        for name in names:
            if isinstance(values.get(name), int):
                check(limit, values[name])
    if "feedforward_size" in values:
        check("hidden_size", values["feedforward_size"] / INNER)
    if "bptt_length" in values:
        check("batch_tokens", values["batch_size"] * values["bptt_length"])
    elif values.get("batch_size"):
        check("batch_tokens", values["batch_size"] * max(1, values.get("max_words") or 1))
    start_from = values.get("start_from")
    if start_from and start_from not in [info.name for info in list_models()]:
        raise ConfigError(f"'{start_from[:60]}' is no shipped network to start from.")


def _values(recipe: Recipe) -> Iterator[tuple[str, Any]]:  # of whichever type
    yield from vars(recipe).items()
    model = getattr(recipe, "model", None)
    if model is not None:
        yield from vars(model).items()
