"""Which tasks fit a corpus, and the names of all settings."""

from __future__ import annotations

import pytest

from engine.recipes.fitting import fitting_tasks, setting_names


@pytest.mark.parametrize(
    ("corpus", "task"),
    [
        ("saltmarsh", "language_model"),
        ("opinions", "classification"),
        ("phrasebook_en_fr", "translation"),
        ("visits", "tagging"),
    ],
)
def test_each_sample_fits_its_task(corpus: str, task: str) -> None:
    assert fitting_tasks(corpus) == (task,)


def test_settings_of_every_kind_are_known() -> None:
    assert {"hidden_size", "learning_rate", "batch_tokens", "crf", "attention", "window"} <= setting_names()
