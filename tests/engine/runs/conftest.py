"""Tiny data sets and runs that are over in a second."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine import runs
from engine.corpora import data_folder
from engine.corpora.labelled_texts import LABELLED_TEXTS
from engine.corpora.running_text import RUNNING_TEXT
from engine.recipes import Recipe
from engine.recipes.own import changed, default_recipe

TEXT = ["The ferry left at noon, and nobody waved.", "A dog, a log, a boat.", "The boat sat still. The fog sat."] * 12
SETTINGS = {
    "model.hidden_size": 8,
    "model.embedding_dim": 6,
    "training.max_steps": 12,
    "training.evaluate_every": 4,
    "training.checkpoint_every": 3,
    "training.log_every": 1,
    "training.precision": "float32",
}


@pytest.fixture
def text_data(tmp_path: Path, corpus_cache: None) -> Path:
    folder = tmp_path / "data" / "text"
    splits = {"train": {"text": TEXT}, "validation": {"text": TEXT[:3]}}
    data_folder.write(folder, splits, title="Ferries", content=RUNNING_TEXT, source={"kind": "paste"})
    return folder


@pytest.fixture
def labelled_data(tmp_path: Path, corpus_cache: None) -> Path:
    folder = tmp_path / "data" / "labelled"
    rows = [("calm grey fog", 0), ("loud red storm", 1), ("warm blue noon", 2)] * 8
    columns = {"text": [text for text, _ in rows], "label": [label for _, label in rows]}
    splits = {"train": columns, "validation": {name: values[:6] for name, values in columns.items()}}
    kind: dict[str, Any] = {"content": LABELLED_TEXTS, "labels": ["calm", "loud", "warm"]}
    data_folder.write(folder, splits, title="Weather", source={"kind": "paste"}, **kind)
    return folder


@pytest.fixture
def recipe(text_data: Path) -> Recipe:
    return changed(default_recipe("language_model", "lstm", str(text_data)), SETTINGS)


@pytest.fixture
def make(tmp_path: Path, recipe: Recipe) -> Callable[..., Path]:
    """Return a function that makes a run folder of the tiny recipe, with other training settings where given."""

    def make(name: str, **training: Any) -> Path:
        wanted = dataclasses.replace(recipe, training=dataclasses.replace(recipe.training, **training))
        return runs.create(tmp_path / "runs" / name, wanted, name).folder

    return make
