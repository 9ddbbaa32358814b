"""Networks that a visitor trained: one or two per family, each after a few updates on a built-in sample, in the
visitor's folder of runs."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

from engine import owners
from engine.models.card import write_card
from engine.models.classifier import ClassifierConfig
from engine.models.folder import save_model
from engine.models.language_model import LanguageModelConfig
from engine.models.tagger import TaggerConfig
from engine.models.translator import TranslatorConfig
from engine.recipes.base import Recipe
from engine.recipes.classification_recipe import ClassificationRecipe
from engine.recipes.language_model_recipe import LanguageModelRecipe
from engine.recipes.tagging_recipe import TaggingRecipe
from engine.recipes.translation_recipe import TranslationRecipe
from engine.training import Finished, Trainer, TrainingSettings

TRAINING = TrainingSettings(max_steps=3, evaluate_every=3, checkpoint_every=0)
MODEL = LanguageModelConfig(embedding_dim=8, hidden_size=12, num_layers=1)
RECIPES: dict[str, Recipe] = {
    "writer": LanguageModelRecipe("writer", "My writer", "saltmarsh", model=MODEL, training=TRAINING),
    "minimal": LanguageModelRecipe(
        "minimal",
        "My minimal writer",
        "saltmarsh",
        model=dataclasses.replace(MODEL, cell="min_gru", num_layers=3, hidden_size=9),
        tokenizer="pieces",
        vocab_size=300,
        training=TRAINING,
    ),
    "judge": ClassificationRecipe(
        "judge",
        "My judge",
        "opinions",
        model=ClassifierConfig(embedding_dim=6, hidden_size=7, cell="gru", bidirectional=False),
        training=TRAINING,
    ),
    "translator": TranslationRecipe(
        "translator",
        "My translator",
        "phrasebook_en_fr",
        model=TranslatorConfig(8, 12, 1, 1, cell="gru", bidirectional=False, attention="none"),
        vocab_size=300,
        source_language="fr",
        target_language="en",
        training=TRAINING,
    ),
    "attentive": TranslationRecipe(
        "attentive",
        "My attentive translator",
        "phrasebook_en_fr",
        model=TranslatorConfig(8, 12, 1, 1, cell="rnn", attention="additive"),
        vocab_size=300,
        training=TRAINING,
    ),
    "tagger": TaggingRecipe(
        "tagger",
        "My tagger",
        "visits",
        model=TaggerConfig(8, 4, 8, 4, 8, cell="gru", bidirectional=False, crf=False),
        training=TRAINING,
    ),
}


def train(recipe: Recipe, folder: Path) -> None:
    """Train a recipe's network and write it and its title into a run's folder."""
    prepared = recipe.prepare(recipe.training)
    *_, end = Trainer(prepared.model, prepared.objective, prepared.settings).run()
    assert isinstance(end, Finished)
    facts = prepared.facts | {"title": recipe.title, "metrics": {}}
    described = prepared.model.config | facts
    described |= {"task": prepared.model.task, "parameters": prepared.model.parameter_count()}
    card = write_card(recipe.name, described)
    save_model(folder / "model", prepared.model, prepared.tokenizer, facts, card)
    (folder / "about.json").write_text(json.dumps({"title": recipe.title, "created": 0}), encoding="utf-8")


def relabel(trained: Path, labels: list[str]) -> None:
    """Call a trained classifier's labels otherwise."""
    file = trained / "model" / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8")) | {"labels": labels}), encoding="utf-8")


def give(secret: str, trained: Path, title: str = "") -> str:
    """Put a copy of a trained network among the runs of the visitor with this secret, under another title where one is
    given; return the name pages know it by."""
    folder = owners.new_folder(owners.folder_of(secret), "runs")
    shutil.copytree(trained, folder, dirs_exist_ok=True)
    if title:
        (folder / "about.json").write_text(json.dumps({"title": title, "created": 0}), encoding="utf-8")
    return f"own-{folder.name}"
