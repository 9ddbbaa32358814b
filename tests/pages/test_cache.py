"""The cache: one model for everybody, a new one when its files change, and nothing outside the shipped folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.errors import DataError, ModelError
from engine.experiments import results
from pages.components import cache


def touch(folder: Path) -> None:
    """Make a model's files look newer than they were."""
    for file in folder.iterdir():
        os.utime(file, (file.stat().st_mtime + 60,) * 2)


def test_a_model_is_loaded_once_and_again_when_its_files_change(models: Path) -> None:
    first = cache.load_model("small-lstm")
    assert cache.load_model("small-lstm") is first
    assert not first.model.training
    touch(models / "small-lstm")
    assert cache.load_model("small-lstm") is not first


def test_only_shipped_models_are_loaded(models: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (models / "small-gru").rename(elsewhere / "small-gru")
    for name in (str(elsewhere / "small-gru"), "../elsewhere/small-gru", "owner/name", "", "."):
        with pytest.raises(ModelError, match="There is no model"):
            cache.load_model(name)


def test_listing_sees_a_folder_that_came_or_went(models: Path, tmp_path: Path) -> None:
    assert "small-rnn" in cache.model_names("language_model")
    (models / "small-rnn").rename(tmp_path / "away")
    assert cache.model_names("language_model") == ["small-gru", "small-lstm"]
    (tmp_path / "away").rename(models / "small-rnn")
    assert "small-rnn" in cache.model_names("language_model")


def test_errors_are_not_remembered(models: Path) -> None:
    weights = models / "small-lstm" / "model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[:50])
    with pytest.raises(ModelError, match="cut short"):
        cache.load_model("small-lstm")
    weights.write_bytes(whole)
    assert cache.load_model("small-lstm").info.name == "small-lstm"


@pytest.mark.parametrize("name", ["nothing", "../shipped", "/etc/passwd"])
def test_unknown_results_are_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "RESULTS", tmp_path)
    with pytest.raises(DataError):
        cache.load_results(name)
    assert cache.result_names() == []
