"""Files of a model folder that only nest, deeper than any reader goes, are damaged as others are."""

from __future__ import annotations

import shutil

import pytest

from engine.errors import ModelError
from engine.models.folder import list_models, load_model

NESTED = b"[" * 100_000


@pytest.mark.parametrize(
    ("file", "data", "words"),
    [
        ("config.json", NESTED, r"The config\.json in 'nested' is damaged"),
        ("tokenizer.json", NESTED, r"tokenizer\.json is (not a tokenizer|missing or damaged)"),
        (
            "model.safetensors",
            len(NESTED).to_bytes(8, "little") + NESTED,
            "The weights in 'nested' are cut short or dam",
        ),
    ],
)
def test_a_file_that_only_nests_is_damaged(language_model_folder, tmp_path, file, data, words):
    folder = tmp_path / "nested"
    shutil.copytree(language_model_folder, folder)
    (folder / file).write_bytes(data)
    with pytest.raises(ModelError, match=words):
        load_model("nested", root=tmp_path)
    assert [info.name for info in list_models(tmp_path)] == ["nested"]
