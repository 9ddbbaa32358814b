"""What the Models page gives away, and that a token goes through it without a trace."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from engine.exchange import taking
from tests.pages.open import notes, open_page, sentences, written
from tests.pages.small_classifiers import add_classifiers

TOKEN = "hf_secretCanary123"


def test_a_model_is_offered_in_every_form_there_is() -> None:
    at = open_page("models", tool="take", model="small-lstm")
    assert not at.exception
    labels = [button.label for button in at.get("download_button")]
    assert labels[-3:] == ["Model folder (zip)", "Whole sequences (ONNX)", "One step (ONNX)"]
    assert 'load_model("./small-lstm")' in "".join(block.value for block in at.code)
    at = open_page("models", tool="take", model="small-en-fr-dot")
    assert "The encoder (ONNX)" in [button.label for button in at.get("download_button")]


def test_what_there_is_no_graph_of_is_said(models: Path) -> None:
    add_classifiers(models)
    at = open_page("models", tool="take", model="small-long-blind")
    assert "has no ONNX graph of one step: it reads a text as a whole" in written(at)


def test_the_token_is_used_once_and_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    used: list[Any] = []

    def push(folder: Any, repository: str, token: str, is_private: bool) -> str:
        used.append((folder.name, repository, token, is_private))
        return "https://hub.example/me/mine"

    monkeypatch.setattr(taking, "push_to_hub", push)
    at = open_page("models", tool="take", model="small-lstm")
    at.text_input(key="take-repository").set_value("me/mine")
    at.text_input(key="take-token").set_value(TOKEN)
    next(button for button in at.button if button.label == "Push").click().run()
    assert used == [("small-lstm", "me/mine", TOKEN, True)]
    assert any("on the Hub now" in note for note in notes(at))
    assert "https://hub.example/me/mine" in [block.value for block in at.code], "as it is, to be copied"
    assert TOKEN not in str(at.session_state)
    assert at.text_input(key="take-token").value == ""
    assert TOKEN not in str(at.query_params)


def test_a_push_without_a_token_is_one_sentence() -> None:
    at = open_page("models", tool="take", model="small-lstm")
    at.text_input(key="take-repository").set_value("me/mine")
    next(button for button in at.button if button.label == "Push").click().run()
    assert any("access token" in sentence for sentence in sentences(at))


def test_the_zip_of_the_page_is_the_folder() -> None:
    from pages.components.computing import cache

    data = taking.zip_folder(cache.model_folder("small-lstm"))
    assert "small-lstm/config.json" in zipfile.ZipFile(io.BytesIO(data)).namelist()
