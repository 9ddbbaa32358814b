"""What models are called: no two of a list alike, those of one's own included."""

from __future__ import annotations

import shutil

from engine.models.folder import list_models


def test_a_model_that_would_be_called_as_another_has_its_name_behind_it(
    tmp_path, language_model_folder, translator_folder, change_config
):
    shutil.copytree(language_model_folder, tmp_path / "tiny-lstm")

    def calls() -> dict[str, str]:
        return {info.name: info.called(info.label or "LSTM") for info in list_models(tmp_path)}

    shutil.copytree(translator_folder, tmp_path / "tiny-en-fr")  # of another task
    assert calls() == {"tiny-lstm": "LSTM", "tiny-en-fr": "LSTM"}
    shutil.copytree(language_model_folder, tmp_path / "mine")
    change_config(tmp_path / "mine", corpora=["saltmarsh"])
    assert calls() == {"mine": "LSTM (mine)", "tiny-lstm": "LSTM (tiny-lstm)", "tiny-en-fr": "LSTM"}
    change_config(tmp_path / "mine", label="My own")
    assert calls() == {"mine": "My own", "tiny-lstm": "LSTM", "tiny-en-fr": "LSTM"}


def test_no_two_shipped_models_are_called_alike():
    assert [info.name for info in list_models() if info.is_ambiguous] == []
