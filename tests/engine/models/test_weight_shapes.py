"""Sizes in a config.json that its weights do not have: refused by the header of the weights, before memory is taken."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.errors import ModelError
from engine.models.folder import load_model


@pytest.fixture
def folder(language_model_folder: Path, tmp_path: Path) -> Path:
    """Return a model folder that may be changed."""
    return Path(shutil.copytree(language_model_folder, tmp_path / "tiny-lstm"))


@pytest.mark.parametrize("size", [200_000_000, 2**62])
def test_a_size_far_beyond_those_of_the_weights_is_refused(
    folder: Path, change_config: Callable[..., None], size: int
) -> None:
    change_config(folder, hidden_size=size)
    with pytest.raises(ModelError, match=f"hidden_size is {size:,}, and its weights have no such size"):
        load_model(folder)


def test_no_memory_is_taken_to_find_out_that_shapes_differ(
    folder: Path, change_config: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.models.base.LEAST_ALLOWED", 10**9)  # so that the shapes themselves are compared
    change_config(folder, hidden_size=1_000_000)  # 16 TB, were they taken
    with pytest.raises(ModelError, match="numbers, and config.json asks for "):
        load_model(folder)
