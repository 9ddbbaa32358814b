"""What is taken away works elsewhere: in a fresh process, on ONNX Runtime, on the Hub."""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch

from engine.errors import InputError, ModelError
from engine.exchange import taking
from engine.exchange.onnx_graphs import ENCODER, SEQUENCE, STEP, onnx_model
from engine.models.classifier import Classifier
from engine.models.folder import load_model
from engine.models.transformer_language_model import TransformerLanguageModel
from engine.text.word_list import list_words
from tests.engine.conftest import write_model_folder
from tests.engine.exchange.test_layouts import scrambled

ROOT = Path(__file__).parents[3]
TOKEN = "hf_secretCanary123"


@pytest.fixture(scope="module")
def classifier_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tokenizer = list_words([["He", "said", "the", "food", "was", "good", "."]], 20)
    model = scrambled(Classifier(tokenizer.vocab_size, 5, 6))
    facts = {"model": "classifier", "title": "Judge", "corpora": ["sst2"], "labels": ["negative", "positive"]}
    folder = tmp_path_factory.mktemp("models") / "tiny-judge"
    return write_model_folder(folder, model, tokenizer, facts)


@pytest.fixture(scope="module")
def transformer_folder(language_model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    tokenizer = load_model(language_model_folder).tokenizer
    model = scrambled(TransformerLanguageModel(tokenizer.vocab_size, 8, 1, 2, 12, window=16))
    facts = {"model": "transformer_language_model", "cell": "transformer", "title": "Looker", "corpora": []}
    return write_model_folder(tmp_path_factory.mktemp("models") / "tiny-looker", model, tokenizer, facts)


FOLDERS = ("language_model", "transformer", "translator", "tagger", "classifier")


def test_zips_load_in_a_fresh_process_with_three_lines_and_give_the_same(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    said, read = [], []
    for folder in (request.getfixturevalue(f"{name}_folder") for name in FOLDERS):
        with zipfile.ZipFile(io.BytesIO(taking.zip_folder(folder))) as archive:
            archive.extractall(tmp_path)
            lines = archive.read(f"{folder.name}/LOAD.txt").decode().rpartition("Python:")[2].strip()
        assert len(lines.splitlines()) == 3
        read.append(lines)
        with contextlib.redirect_stdout(io.StringIO()) as here:
            exec(lines.replace(f"./{folder.name}", str(folder)), {})
        said.append(here.getvalue())
        assert len(said[-1]) > 2
    ran = subprocess.run(
        [sys.executable, "-c", "\nprint('---')\n".join(read)],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=100,
    )
    assert ran.returncode == 0, ran.stderr.decode()
    assert ran.stdout.decode().split("---\n") == said


def test_a_zip_has_the_recipe_and_nothing_else_of_a_run(language_model_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    for file in language_model_folder.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    (folder / "recipe.json").write_text("{}")
    (folder / "control.json").write_text("{}")
    names = zipfile.ZipFile(io.BytesIO(taking.zip_folder(folder))).namelist()
    assert {name.partition("/")[2] for name in names} == {*taking.TAKEN, "LOAD.txt"}
    assert taking.recipe_file(folder) == b"{}"
    assert taking.recipe_file(language_model_folder) is None


def test_step_and_sequence_as_onnx_agree_with_torch(language_model_folder: Path) -> None:
    model = load_model(language_model_folder).model
    ids = torch.tensor([[3, 1, 4, 1, 5]])
    wanted = model(ids)[0].detach().numpy()
    whole = onnxruntime.InferenceSession(onnx_model(language_model_folder, SEQUENCE))
    assert np.abs(whole.run(["logits"], {"token_ids": ids.numpy()})[0] - wanted).max() < 1e-4
    step = onnxruntime.InferenceSession(onnx_model(language_model_folder, STEP))
    state = np.zeros((1, step.get_inputs()[1].shape[1]), dtype=np.float32)
    for time, token in enumerate(ids[0].numpy()):
        logits, state = step.run(["logits", "new_state"], {"token_ids": np.array([token]), "state": state})
        assert np.abs(logits[0] - wanted[0, time]).max() < 1e-4


def test_what_has_no_graph_says_so(language_model_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no ONNX graph of the encoder"):
        onnx_model(language_model_folder, ENCODER)
    with pytest.raises(ModelError, match="incomplete"):
        onnx_model(tmp_path, STEP)
    with pytest.raises(ModelError, match="incomplete"):
        taking.zip_folder(tmp_path)


class Hub:
    """Stands in for the Hub's client: notes what it is asked."""

    asked: list[tuple[str, Any]] = []
    endpoint = "https://hub.example"
    error: Exception | None = None

    def __init__(self, token: str) -> None:
        self.asked.append(("token", token))

    def create_repo(self, name: str, **options: Any) -> None:
        self.asked.append(("create", (name, options)))
        if self.error is not None:
            raise self.error

    def upload_folder(self, **options: Any) -> None:
        self.asked.append(("upload", options))


def test_a_folder_is_pushed_with_the_visitors_token(
    language_model_folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("huggingface_hub.HfApi", Hub)
    monkeypatch.setattr(Hub, "asked", [])
    address = taking.push_to_hub(language_model_folder, "me/mine", TOKEN)
    assert address == "https://hub.example/me/mine"
    assert Hub.asked[0] == ("token", TOKEN)
    assert Hub.asked[1] == ("create", ("me/mine", {"private": True, "exist_ok": True}))
    assert Hub.asked[2][1]["repo_id"] == "me/mine"
    assert "control.json" not in Hub.asked[2][1]["allow_patterns"]
    assert TOKEN not in caplog.text


def test_a_push_that_fails_says_why_and_never_the_token(
    language_model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for repository, token, words in (
        ("mine", TOKEN, "owner/name"),
        ("../me/mine", TOKEN, "owner/name"),
        ("me/..", TOKEN, "owner/name"),
        ("me/mine", "", "access token"),
    ):
        with pytest.raises(InputError, match=words):
            taking.push_to_hub(language_model_folder, repository, token)
    monkeypatch.setattr("huggingface_hub.HfApi", Hub)
    monkeypatch.setattr(Hub, "error", OSError(f"no route with {TOKEN}"))
    with pytest.raises(InputError, match="cannot be reached") as caught:
        taking.push_to_hub(language_model_folder, "me/mine", TOKEN)
    assert TOKEN not in str(caught.value)
    assert caught.value.__cause__ is None
