"""Keras networks open here and give the logits that Keras gives; what ours cannot do is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.errors import InputError
from engine.exchange.bringing import answers, bring
from engine.exchange.details import Details
from engine.exchange.recognition import Recognised, recognise
from engine.exchange.vocabularies import Vocabulary
from engine.exchange.weight_files import read_weights
from tests.engine.exchange.test_layouts import IDS, WORDS, same


@pytest.fixture(scope="module", autouse=True)
def _keras() -> None:
    """Import Keras for the first test: it takes seconds, and every process of a run collects this file."""
    global keras, layers
    import keras

    layers = keras.layers


def network(*parts: Any) -> Any:
    """Return a Keras network over nine tokens whose weights are large enough that every mistake shows."""
    made = keras.Sequential([keras.Input((None,), dtype="int32"), layers.Embedding(9, 5), *parts])
    random = np.random.default_rng(3)
    made.set_weights([random.normal(scale=0.6, size=weight.shape) for weight in made.get_weights()])
    return made


def opened(made: Any, folder: Path, ending: str) -> Recognised:
    """Return what is recognised in a network's file."""
    path = folder / f"network.{ending}"
    made.save(path) if ending == "keras" else made.save_weights(path)
    return recognise(read_weights(path.name, path.read_bytes()))


NETWORKS: dict[str, tuple[Callable[[], Any], str]] = {
    "LSTM classifier": (lambda: network(layers.LSTM(6), layers.Dense(3)), "classification"),
    "GRU classifier of both directions": (
        lambda: network(layers.Bidirectional(layers.GRU(6)), layers.Dropout(0.5), layers.Dense(3)),
        "classification",
    ),
    "two layers of both directions": (
        lambda: network(
            layers.Bidirectional(layers.LSTM(6, return_sequences=True)),
            layers.Bidirectional(layers.LSTM(6)),
            layers.Dense(2),
        ),
        "classification",
    ),
    "SimpleRNN language model": (
        lambda: network(*(layers.SimpleRNN(6, return_sequences=True) for _ in range(2)), layers.Dense(9)),
        "language_model",
    ),
    "GRU tagger": (
        lambda: network(layers.Bidirectional(layers.GRU(6, return_sequences=True)), layers.Dense(3)),
        "tagging",
    ),
    "LSTM without biases": (lambda: network(layers.LSTM(6, use_bias=False), layers.Dense(3)), "classification"),
}


@pytest.mark.parametrize("ending", ["keras", "weights.h5"])
@pytest.mark.parametrize("name", NETWORKS)
def test_the_logits_are_those_of_keras(name: str, ending: str, tmp_path: Path) -> None:
    make, task = NETWORKS[name]
    made = make()
    found = opened(made, tmp_path, ending)
    assert task in found.tasks
    brought = bring(found, {"Vocabulary": Vocabulary(WORDS)}, Details(task=task))
    assert same(answers(brought, IDS), torch.from_numpy(np.array(made.predict(IDS.numpy(), verbose=0))))


def test_a_keras_file_says_what_its_network_does_at_every_word(tmp_path: Path) -> None:
    pooled = network(layers.GRU(6, return_sequences=True), layers.GlobalMaxPooling1D(), layers.Dense(3))
    found = opened(pooled, tmp_path, "keras")
    assert found.tasks == ("classification",)
    assert found.facts == {"pooling": "max"}
    brought = bring(found, {"Vocabulary": Vocabulary(WORDS)}, Details(**found.facts))
    assert same(answers(brought, IDS), torch.from_numpy(np.array(pooled.predict(IDS.numpy(), verbose=0))))


def test_one_sigmoid_is_two_labels(tmp_path: Path) -> None:
    made = network(layers.LSTM(6), layers.Dense(1, activation="sigmoid"))
    found = opened(made, tmp_path, "keras")
    brought = bring(found, {"Vocabulary": Vocabulary(WORDS)}, Details(labels=("negative", "positive")))
    shares = brought.built.model(IDS, torch.tensor([6, 6])).softmax(1)[:, 1:]
    assert float((shares - torch.from_numpy(np.array(made.predict(IDS.numpy(), verbose=0)))).abs().max()) < 1e-5


REFUSED = {
    "reset_after=False": lambda: network(layers.GRU(6, reset_after=False), layers.Dense(3)),
    "recurrent_activation=relu": lambda: network(layers.LSTM(6, recurrent_activation="relu"), layers.Dense(3)),
    "is a Conv1D": lambda: network(layers.Conv1D(4, 3), layers.LSTM(6), layers.Dense(3)),
    "merge_mode=sum": lambda: network(layers.Bidirectional(layers.LSTM(6), merge_mode="sum"), layers.Dense(3)),
    "ends in relu": lambda: network(layers.LSTM(6), layers.Dense(4, activation="relu"), layers.Dense(3)),
    "only reads backwards": lambda: network(layers.LSTM(6, go_backwards=True), layers.Dense(3)),
    "has the shape": lambda: network(layers.LSTM(6, return_sequences=True), layers.LSTM(4), layers.Dense(3)),
    "belongs to none of its parts": lambda: network(layers.LSTM(6), layers.Dense(4), layers.Dense(3)),
}


@pytest.mark.parametrize("words", REFUSED)
def test_what_ours_cannot_do_is_refused_by_name(words: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=words):
        opened(REFUSED[words](), tmp_path, "keras")
    if words in ("reset_after=False", "has the shape"):
        with pytest.raises(InputError, match=words):
            opened(REFUSED[words](), tmp_path, "weights.h5")
