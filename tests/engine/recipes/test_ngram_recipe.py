"""Counting as a recipe: the same command and folder as training, without an update."""

from __future__ import annotations

import torch

from engine.corpora import load_corpus
from engine.corpora.running_text import RUNNING_TEXT
from engine.models.folder import load_model
from engine.recipes import RECIPES
from engine.recipes.ngram_recipe import NgramRecipe
from engine.recipes.run import train_recipe
from engine.training import Finished


def test_a_counted_model_is_written_like_a_trained_one(mirror, tmp_path, monkeypatch):
    recipe = NgramRecipe("tiny-counts", "Tiny counts", "tiny_shakespeare", 3, label="3-gram")
    monkeypatch.setitem(RECIPES._entries, recipe.name, recipe)
    _, event = train_recipe("tiny-counts", tmp_path / "tiny-counts")
    assert isinstance(event, Finished)
    assert (event.step, event.reason) == (0, "counted")
    loaded = load_model(tmp_path / "tiny-counts")
    text = load_corpus("tiny_shakespeare").read(RUNNING_TEXT)
    grams = {text[position : position + 3] for position in range(len(text) - 2)}
    assert loaded.info.parameters == len(grams)
    assert int(loaded.model.counts.sum()) == len(text) - 2
    assert loaded.info.config["training"]["stopped_by"] == "counted"
    assert "Counted in one pass" in loaded.info.card_text
    assert "recurrent-neural-network" not in loaded.info.card_text
    _, state = loaded.model(torch.tensor([loaded.tokenizer.encode("The")]))
    assert loaded.tokenizer.decode(state[0].tolist()) == "he"
