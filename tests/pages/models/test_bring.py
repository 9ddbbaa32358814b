"""A network brought along on the Models page: recognised, given its words, proved, kept, and there on its page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from engine import owners
from engine.models.folder import load_model
from tests.engine.exchange import originals
from tests.engine.exchange.test_layouts import IDS, WORDS, as_file, scrambled
from tests.pages.open import notes, open_page, sentences, written

SECRET = "a" * 22
OTHER = "b" * 22


@pytest.fixture(autouse=True)
def own_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNROLLED_RUNS", str(tmp_path))


def given(at: Any, key: str, name: str, data: bytes) -> Any:
    return at.file_uploader(key=key).set_value((name, data, "application/octet-stream")).run()


def opened(network: torch.nn.Module) -> Any:
    """Return the page after a network's weights and words were given."""
    at = open_page("models", secret=SECRET, tool="bring")
    assert not at.exception
    at = given(at, "bring-weights", "model.safetensors", as_file(network))
    return given(at, "bring-Vocabulary", "words.json", json.dumps(WORDS).encode())


def test_a_classifier_is_recognised_proved_kept_and_opens_on_its_page() -> None:
    network = scrambled(originals.Sentiment("LSTM", 1))
    at = opened(network)
    assert not at.exception
    assert "Recognised: Sentiment classifier, first edition" in written(at)
    tensors = next(frame.value for frame in at.dataframe if "tensor" in frame.value)
    assert set(tensors["tensor"]) == set(network.state_dict())
    assert tensors["tensor"].iloc[0] == "embedding.weight"
    at.text_area(key="bring-labels").set_value("negative\npositive").run()
    reference = json.dumps({"ids": IDS.tolist(), "logits": network(IDS).tolist()}).encode()
    at = given(at, "bring-reference", "reference.json", reference)
    assert any(note.startswith("Proved: ") for note in notes(at))
    at.text_input(key="bring-title").set_value("Mine")  # typed last: the page was drawn with another
    at.text_input(key="bring-licence").set_value("MIT")
    at.text_input(key="bring-origin").set_value("trained by Ada ![on](https://a.example/pixel.png)")
    at.button(key="bring-keep").click().run()
    assert not at.exception
    folder = owners.listed(owners.folder_of(SECRET), "models")[0]
    card = load_model(folder).info.card_text
    assert "- The network: trained by Ada !\\[on\\](https://a.example/pixel.png). Licence: MIT." in card
    assert load_model(folder).info.config["labels"] == ["negative", "positive"]
    assert any("“Mine” is kept" in note for note in notes(at))
    page = open_page("sentiment", secret=SECRET, network=f"own-{folder.name}")
    assert not page.exception
    assert "Mine (yours)" in written(page) + str([each.options for each in page.selectbox])
    stranger = open_page("models", secret=OTHER, tool="take", model=f"own-{folder.name}")
    assert "Mine" not in written(stranger)


def test_what_does_not_fit_is_said_and_nothing_can_be_kept() -> None:
    at = open_page("models", secret=SECRET, tool="bring")
    at = given(at, "bring-weights", "model.safetensors", b"\x80\x04not weights")
    assert any("is a Python pickle" in sentence for sentence in sentences(at))
    at = given(at, "bring-weights", "model.safetensors", as_file(originals.Sentiment("LSTM", 1)))
    at = given(at, "bring-Vocabulary", "words.json", b'["a"]')
    assert any("“embedding.weight” is for 9" in sentence for sentence in sentences(at))
    assert not [button for button in at.button if button.key == "bring-keep"]
    at = opened(originals.Sentiment("LSTM", 1))
    at = given(at, "bring-reference", "reference.json", b'{"ids": [[1]], "logits": [[77.0]]}')
    assert any("computes something else" in sentence for sentence in sentences(at))
    assert not [button for button in at.button if button.key == "bring-keep"]


def test_a_language_model_opens_on_generation() -> None:
    at = opened(scrambled(originals.WordLanguageModel("GRU", 9, 5, 6, 1)))
    at.button(key="bring-keep").click().run()
    assert not at.exception
    folder = owners.listed(owners.folder_of(SECRET), "models")[0]
    page = open_page("generation", secret=SECRET, tool="next_token", model=f"own-{folder.name}")
    assert not page.exception
    cells = open_page("cells", secret=SECRET, network=f"own-{folder.name}")
    assert not cells.exception


def test_a_network_is_renamed_shared_deleted_and_brought_back() -> None:
    at = opened(scrambled(originals.WordLanguageModel("GRU", 9, 5, 6, 1)))
    at.button(key="bring-keep").click().run()
    item = owners.listed(owners.folder_of(SECRET), "models")[0].name
    at = open_page("models", secret=SECRET, tool="take", model=f"own-{item}")
    at.text_input(key=f"models-title-{item}").set_value("Better")
    at.button(key=f"models-rename-{item}").click().run()
    assert "Better (yours)" in str(at.selectbox(key="model").options)
    at.toggle(key=f"models-share-{item}").set_value(True).run()
    assert "Better" in str(open_page("models", secret=OTHER, model=f"own-{item}").selectbox(key="model").options)
    at.button(key=f"models-delete-{item}").click().run()
    assert not at.exception
    assert "Better (yours)" not in str(at.selectbox(key="model").options)
    at.button(key="models-undo").click().run()
    assert not at.exception
    assert "Better (yours)" in str(at.selectbox(key="model").options)
