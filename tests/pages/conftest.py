"""What the pages' tests share: small models trained for nothing, in a folder of their own instead of
data/pretrained."""

from __future__ import annotations

import functools
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import streamlit as st
import torch
from streamlit.components.v2 import manifest_scanner

from engine.models import folder as model_folder
from engine.models.card import write_card
from engine.models.language_model import LanguageModel
from engine.models.transformer_language_model import TransformerLanguageModel
from engine.models.translator import Translator
from engine.plotting.figure import Figure
from engine.text import TOKENIZERS
from pages.components.computing import cache, writing
from pages.components.drawing import figures
from tests.pages import own_networks
from tests.pages.shared_jobs import AtOnce
from tests.pages.small_taggers import save_taggers
from tests.plotly_figures import read

LETTERS = "\n !,.:;?'-ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
PAIRS = ["A black dog runs on the beach .", "Un chien noir court sur la plage ."] * 4
METRICS = {
    "test_set": "a made-up text",
    "measured_on": "2026-01-01",
    "hardware": "no machine",
    "commit": "0000000",
}


@pytest.fixture(scope="session", autouse=True)
def components_looked_up_once() -> Iterator[None]:
    """Let an AppTest look through the installed packages for Streamlit's components once, not each anew: a third of the
    time that opening a page takes."""
    with pytest.MonkeyPatch.context() as patch:
        look_up = functools.cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", look_up)
        yield


def _save(root: Path, name: str, model: torch.nn.Module, tokenizer: object, facts: dict) -> None:
    described = model.config | facts | {"task": model.task, "parameters": model.parameter_count()}
    model_folder.save_model(root / name, model, tokenizer, facts, write_card(name, described))


@pytest.fixture(scope="session")
def small_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of three language models and two translators, each of a few thousand parameters."""
    root = tmp_path_factory.mktemp("pretrained")
    characters = TOKENIZERS.get("character").train([LETTERS])
    for position, cell in enumerate(("rnn", "lstm", "gru")):
        torch.manual_seed(position)
        model = LanguageModel(characters.vocab_size, embedding_dim=8, hidden_size=12, num_layers=1, cell=cell)
        torch.nn.init.normal_(model.output_bias, std=1.5)
        metrics = METRICS | {"nats_per_character": 1.5 + position / 100, "bits_per_character": 2.2}
        facts = {"model": "language_model", "title": f"Small {cell.upper()}", "metrics": metrics}
        _save(root, f"small-{cell}", model, characters, facts)
    pieces = TOKENIZERS.get("bpe").train(PAIRS, 120)
    for attention in ("dot", "none"):
        torch.manual_seed(7)
        model = Translator(
            pieces.vocab_size,
            embedding_dim=8,
            hidden_size=12,
            encoder_layers=1,
            decoder_layers=1,
            attention=attention,
            pad_id=pieces.pad_id,
        )
        facts = {
            "model": "translator",
            "title": f"Small translator, attention: {attention}",
            "source_language": "en",
            "target_language": "fr",
            "metrics": METRICS | {"bleu": 12.5},
        }
        _save(root, f"small-en-fr-{attention}", model, pieces, facts)
    return root


@pytest.fixture(autouse=True)
def models(small_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the folder the pages find instead of data/pretrained: a copy, so that a test may damage it. What visitors
    keep is kept beside it."""
    root = tmp_path / "pretrained"
    monkeypatch.setenv("UNROLLED_RUNS", str(tmp_path / "runs"))
    shutil.copytree(small_models, root)
    monkeypatch.setattr(model_folder, "PRETRAINED", root)
    st.cache_data.clear()
    yield root
    st.cache_data.clear()


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep pages that are opened for their looks from starting a worker."""
    monkeypatch.setattr(cache, "is_worker_ready", lambda: False)


@pytest.fixture(autouse=True)
def worker_of_tools(monkeypatch: pytest.MonkeyPatch) -> AtOnce:
    """Let what tools have computed on a worker be computed at once; for tests that want to see it go on, another
    double."""
    worker = AtOnce()
    monkeypatch.setattr(cache, "shared_jobs", lambda: worker)
    return worker


@pytest.fixture(autouse=True)
def figures_that_plotly_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hand every figure that a page sends to plotly's schema: a property it does not know ends the test."""
    to_json = Figure.to_json

    def checked(figure: Figure) -> str:
        spec = to_json(figure)
        read(spec)
        return spec

    monkeypatch.setattr(Figure, "to_json", checked)


@pytest.fixture(autouse=True)
def everything_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Open the tables and receipts below all figures, which a visitor opens one by one."""
    monkeypatch.setattr(figures, "is_open", lambda container: True)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the live line on the home page be written as fast as it can, not at reading pace."""
    monkeypatch.setattr(writing, "time", SimpleNamespace(perf_counter=time.perf_counter, sleep=lambda seconds: None))


@pytest.fixture
def transformer(models: Path) -> Path:
    """Add a Transformer to the models on the page; return its folder."""
    tokenizer = TOKENIZERS.get("character").train([LETTERS])
    torch.manual_seed(0)
    model = TransformerLanguageModel(
        tokenizer.vocab_size, width=8, num_layers=1, num_heads=2, feedforward_size=8, window=16
    )
    facts = {"model": "transformer_language_model", "cell": "transformer", "title": "Small Transformer"}
    _save(models, "small-transformer", model, tokenizer, facts)
    return models / "small-transformer"


@pytest.fixture(scope="session")
def small_taggers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of four taggers, see `tests.pages.small_taggers`."""
    root = tmp_path_factory.mktemp("taggers")
    save_taggers(root)
    return root


@pytest.fixture
def taggers(models: Path, small_taggers: Path) -> Path:
    """Return the folder the pages find their models in, now with four taggers."""
    shutil.copytree(small_taggers, models, dirs_exist_ok=True)
    return models


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of networks as a visitor trains them, see `tests.pages.own_networks`."""
    root = tmp_path_factory.mktemp("trained")
    for name, recipe in own_networks.RECIPES.items():
        own_networks.train(recipe, root / name)
    return root
