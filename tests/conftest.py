"""The order of the suite: the engine's and the pages' tests, then the browser, then, with nothing beside them, the
timings.

And the tiny classifiers, which engine and pages are both tested with.
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from engine.models.folder import LoadedModel
    from tests.load.server import Server


def pytest_configure(config: pytest.Config) -> None:
    """Keep steps that tests export, and what runs them, out of the user's cache."""
    os.environ.setdefault("UNROLLED_CACHE", tempfile.mkdtemp(prefix="unrolled-cache-"))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Move browser tests towards the end and benchmarks to the very end; the rest stays as it was."""
    items.sort(key=lambda item: ("browser" in item.keywords) + 2 * ("benchmark" in item.keywords))


def pytest_collection_finish() -> None:
    """Take what is there for good, libraries and five thousand tests, out of what Python searches for cycles again and
    again: a twentieth of the time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def own_main_module() -> Iterator[None]:
    """Put this process's main module back after each test.

    Streamlit's AppTest leaves the page's in its place, and a process that is spawned later would run that page first.
    """
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(scope="session")
def hosted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a server for hosts, warmed up; it must not fail behind its visitors' backs."""
    from tests.load.server import host

    place = tmp_path_factory.mktemp("hosted")
    with host(place / "runs", log=place / "log.txt") as server:
        server.wait_until("/readyz")
        yield server
    assert "Traceback" not in (place / "log.txt").read_text(encoding="utf-8")


TINY_OPINIONS = (
    ("a good and funny film .", 1),
    ("the food was good !", 1),
    ("he said the story was great", 1),
    ("it is n't bad at all", 1),
    ("a bad and boring film .", 0),
    ("the food was not good", 0),
    ("she said the story was awful", 0),
    ("it 's never funny", 0),
)
TINY_CLASSIFIERS = {
    "tiny-bilstm": {"cell": "lstm", "hidden_size": 7, "num_layers": 2, "bidirectional": True},
    "tiny-lstm": {"cell": "lstm", "hidden_size": 7, "num_layers": 2, "bidirectional": False},
    "tiny-gru": {"cell": "gru", "hidden_size": 7, "num_layers": 1, "bidirectional": True},
    "tiny-average": {"cell": "average", "hidden_size": 0, "num_layers": 0, "bidirectional": False},
}


@pytest.fixture(scope="session")
def tiny_classifiers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with four classifiers of random weights that know some thirty words, as data/pretrained holds
    models."""
    import torch

    from engine.models.card import write_card
    from engine.models.classifier import Classifier
    from engine.models.folder import save_model
    from engine.text.treebank import FORMS, SPECIAL, TreebankTokenizer

    root = tmp_path_factory.mktemp("classifiers")
    tokenizer = TreebankTokenizer.train([text for text, _ in TINY_OPINIONS], len(FORMS) + len(SPECIAL) + 30)
    for seed, (name, shape) in enumerate(TINY_CLASSIFIERS.items()):
        torch.manual_seed(seed)
        model = Classifier(
            tokenizer.vocab_size, 6, **shape, dropout=0.5, embedding_dropout=0.5, pad_id=tokenizer.pad_id
        )
        with torch.no_grad():
            torch.nn.init.normal_(model.embedding.weight[1:])
            model.output.weight.mul_(3)
            model.output.bias.copy_(torch.tensor([0.2, -0.1]))
        facts = {
            "model": "classifier",
            "title": f"Tiny {name}",
            "corpora": ["opinions"],
            "labels": ["negative", "positive"],
        }
        card = write_card(name, model.config | facts | {"task": model.task, "parameters": model.parameter_count()})
        save_model(root / name, model, tokenizer, facts, card)
    return root


@pytest.fixture(scope="session")
def tiny_classifier(tiny_classifiers: Path) -> LoadedModel:
    """Return the tiny classifier with two directions, loaded."""
    from engine.models.folder import load_model

    return load_model("tiny-bilstm", tiny_classifiers)
