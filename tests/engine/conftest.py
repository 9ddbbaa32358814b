"""What the engine's tests share: no network, one thread, and tiny corpora and models that were trained for nothing."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import torch

from engine.corpora import sources
from engine.models.card import write_card
from engine.models.folder import LoadedModel, load_model, save_model
from engine.models.language_model import LanguageModel
from engine.models.tagger import Tagger
from engine.models.translator import Translator
from engine.text import TOKENIZERS
from engine.text.word_list import list_words

# A busy machine is not a failed test.
hypothesis.settings.register_profile("no deadline", deadline=None)
hypothesis.settings.load_profile("no deadline")

TINY_TEXT = (
    "The ferry left at noon, and nobody waved.\nMARA: Did you see the fog?\nTOM: I saw it; it saw me!\n"
    "A dog, a log, a boat. The boat sat still. The fog sat on the boat.\n"
)
TINY_PAIRS = [
    ("a dog runs", "un chien court"),
    ("a cat runs", "un chat court"),
    ("the dog sees a cat", "le chien voit un chat"),
    ("the cat sees the dog", "le chat voit le chien"),
    ("it's a small boat", "c'est un petit bateau"),
    ("the boat is not here", "le bateau n'est pas ici"),
    ("where is the cat?", "où est le chat ?"),
    ("two dogs run", "deux chiens courent"),
]
TINY_TAGGED = [
    ("Mara Berg works at Ferro in Oslo .", "B-per I-per O O B-org O B-geo O"),
    ("Tom left Oslo on Monday .", "B-per O B-geo O B-tim O"),
    ("Berg & Sons denied it .", "B-org I-org I-org O O O"),
    ("It rained .", "O O O"),
]
LOCAL_HOSTS = {None, "", "localhost", "127.0.0.1", "0.0.0.0", "::1", "::", socket.gethostname()}


class NetworkIsBlockedError(OSError):
    """A test tried to leave this machine."""


def _host(address: Any) -> Any:
    host = address[0] if isinstance(address, tuple) else None  # a Unix socket's address is a path
    return host.decode() if isinstance(host, bytes) else host


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Refuse every connection and name look-up that would leave this machine, at once; ask about the Hub afresh."""
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if _host(address) not in LOCAL_HOSTS:
            raise NetworkIsBlockedError(f"tests may not connect to {address}")
        connect(self, address)

    def guarded_look_up(host: Any, *rest: Any, **options: Any) -> Any:
        if _host((host,)) not in LOCAL_HOSTS:
            raise NetworkIsBlockedError(f"tests may not look up {host}")
        return look_up(host, *rest, **options)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_look_up)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    sources.forget_hub_answer()
    yield
    sources.forget_hub_answer()


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> None:
    """Tiny tensors are slower on many threads, and sums come out the same on every machine with one."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def corpus_cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder where `datasets` keeps its copies of what the tests read; pytest will remove it."""
    return tmp_path_factory.mktemp("datasets")


@pytest.fixture
def corpus_cache(corpus_cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the tests' corpora out of the cache in the home folder."""
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", corpus_cache_folder)


@pytest.fixture
def write_corpus(corpus_cache: None) -> Callable[..., Path]:
    """Return a function that writes splits of rows as a folder laid out like a Hub data set repository."""
    import pandas as pd

    def write(folder: Path, splits: dict[str, list[dict[str, Any]]], columns: list[str] | None = None) -> Path:
        folder.mkdir(parents=True)
        files = "".join(f"  - split: {split}\n    path: {split}.parquet\n" for split in splits)
        (folder / "README.md").write_text(
            f"---\nconfigs:\n- config_name: default\n  default: true\n  data_files:\n{files}---\n# {folder.name}\n"
        )
        for split, rows in splits.items():
            pd.DataFrame(rows, columns=columns).to_parquet(folder / f"{split}.parquet")
        return folder

    return write


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write_corpus: Callable[..., Path]) -> Path:
    """Return an UNROLLED_DATA folder with a few lines of each real corpus' shape in it."""
    root = tmp_path / "mirror"
    text = TINY_TEXT * 3
    write_corpus(root / "tiny_shakespeare", {s: [{"text": text}] for s in ("train", "validation", "test")})
    pairs = [{"en": en, "fr": fr} for en, fr in TINY_PAIRS]
    write_corpus(root / "multi30k_en_fr", {s: pairs for s in ("train", "validation", "test")})
    monkeypatch.setenv("UNROLLED_DATA", str(root))
    return root


@pytest.fixture
def build_language_model() -> Callable[..., LanguageModel]:
    """Return a function that builds a small language model in evaluation mode, its weights a function of `seed`."""

    def build(vocab_size: int = 7, seed: int = 0, scale: float = 1.0, **options: Any) -> LanguageModel:
        torch.manual_seed(seed)
        sizes = {"embedding_dim": 5, "hidden_size": 6, "num_layers": 2} | options
        model = LanguageModel(vocab_size, **sizes).eval()
        _spread(model, scale)
        return model

    return build


@pytest.fixture
def build_translator() -> Callable[..., Translator]:
    """Return a function that builds a small translator in evaluation mode, its weights a function of `seed`."""

    def build(vocab_size: int = 9, seed: int = 0, scale: float = 1.0, **options: Any) -> Translator:
        torch.manual_seed(seed)
        sizes = {"embedding_dim": 5, "hidden_size": 6, "encoder_layers": 2, "decoder_layers": 2} | options
        model = Translator(vocab_size, **sizes).eval()
        _spread(model, scale)
        return model

    return build


def _spread(model: torch.nn.Module, scale: float) -> None:
    """Make an untrained model opinionated: its logits grow by `scale`, and no two tokens are equally likely."""
    with torch.no_grad():
        model.output_bias.normal_(std=0.3)
        for weight in (model.embedding.weight, getattr(getattr(model, "output", None), "weight", None)):
            if weight is not None:
                weight.mul_(scale)


def write_model_folder(folder: Path, model: Any, tokenizer: Any, facts: dict[str, Any]) -> Path:
    described = model.config | facts | {"task": model.task, "parameters": model.parameter_count()}
    return save_model(folder, model, tokenizer, facts, write_card(folder.name, described))


@pytest.fixture(scope="session")
def language_model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a model folder of an untrained character LSTM."""
    tokenizer = TOKENIZERS.get("character").train([TINY_TEXT])
    torch.manual_seed(3)
    model = LanguageModel(tokenizer.vocab_size, embedding_dim=8, hidden_size=12, num_layers=2, cell="lstm", dropout=0.5)
    _spread(model, 3.0)
    facts = {"model": "language_model", "title": "Tiny reader", "corpora": ["tiny_shakespeare"]}
    return write_model_folder(tmp_path_factory.mktemp("models") / "tiny-lstm", model, tokenizer, facts)


@pytest.fixture(scope="session")
def translator_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a model folder of an untrained translator with attention."""
    tokenizer = TOKENIZERS.get("bpe").train([side for pair in TINY_PAIRS for side in pair] * 2, 120)
    torch.manual_seed(4)
    model = Translator(tokenizer.vocab_size, embedding_dim=8, hidden_size=12, attention="dot", pad_id=tokenizer.pad_id)
    _spread(model, 3.0)
    facts = {
        "model": "translator",
        "title": "Tiny translator",
        "corpora": ["multi30k_en_fr"],
        "source_language": "en",
        "target_language": "fr",
    }
    return write_model_folder(tmp_path_factory.mktemp("models") / "tiny-en-fr", model, tokenizer, facts)


@pytest.fixture(scope="session")
def tagger_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a model folder of an untrained tagger in both directions with a CRF."""
    tokenizer = list_words([words.split() for words, _ in TINY_TAGGED], 40)
    torch.manual_seed(5)
    labels = ["O", "B-geo", "I-geo", "B-org", "I-org", "B-per", "I-per", "B-tim", "I-tim"]
    model = Tagger(tokenizer.vocab_size, labels, 8, 5, 6, 3, 10)
    with torch.no_grad():
        model.forward_emission.weight.mul_(4)
        for part in model.crf.parameters():
            part.add_(torch.randn_like(part))
    facts = {"model": "tagger", "title": "Tiny tagger", "corpora": ["ner_gmb"]}
    return write_model_folder(tmp_path_factory.mktemp("models") / "tiny-tagger", model, tokenizer, facts)


@pytest.fixture(scope="session")
def tiny_tagger(tagger_folder: Path) -> LoadedModel:
    """Return the untrained tagger, loaded."""
    return load_model(tagger_folder)


@pytest.fixture
def tagged_mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write_corpus: Callable[..., Path]) -> Path:
    """Return an UNROLLED_DATA folder with a few tagged sentences in it, as GMB."""
    rows = [{"tokens": words.split(), "ner_tags": tags.split()} for words, tags in TINY_TAGGED]
    write_corpus(tmp_path / "tagged" / "ner_gmb", {split: rows for split in ("train", "validation", "test")})
    monkeypatch.setenv("UNROLLED_DATA", str(tmp_path / "tagged"))
    return tmp_path / "tagged"


@pytest.fixture(scope="session")
def reader(language_model_folder: Path) -> LoadedModel:
    """Return the untrained character LSTM, loaded."""
    return load_model(language_model_folder)


@pytest.fixture(scope="session")
def interpreter(translator_folder: Path) -> LoadedModel:
    """Return the untrained translator, loaded."""
    return load_model(translator_folder)


@pytest.fixture
def change_config() -> Callable[..., None]:
    """Return a function that changes entries of a model folder's config.json; None takes an entry out."""

    def change(folder: Path, **entries: Any) -> None:
        file = folder / "config.json"
        config = json.loads(file.read_text()) | entries
        file.write_text(json.dumps({name: value for name, value in config.items() if value is not None}))

    return change
