"""Whole sequences on ONNX Runtime give torch's logits, for every cell and every kind of model."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from engine.cells import CELLS
from engine.errors import ModelError
from engine.exchange.onnx_sequences import sequence_graph
from engine.models.classifier import Classifier
from engine.models.folder import LoadedModel, ModelInfo
from engine.models.language_model import LanguageModel
from engine.models.tagger import Tagger
from engine.models.word_features import read_words
from engine.text.word_list import list_words
from tests.engine.exchange.test_layouts import scrambled

IDS = torch.tensor([[3, 1, 4, 1, 5], [2, 6, 5, 3, 0]])
LENGTHS = torch.tensor([5, 3])
TORCH_CELLS = [name for name, cell in CELLS.items() if cell.trained_by is not None]


def run(model: torch.nn.Module, **given: torch.Tensor) -> torch.Tensor:
    """Return what ONNX Runtime makes of a model's graph."""
    info = ModelInfo("tiny", None)  # type: ignore[arg-type]
    graph = sequence_graph(LoadedModel(info, model, None))
    onnx.checker.check_model(graph, full_check=True)
    session = onnxruntime.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
    return torch.from_numpy(session.run(["logits"], {name: np.asarray(value) for name, value in given.items()})[0])


def close(own: torch.Tensor, wanted: torch.Tensor) -> bool:
    return own.shape == wanted.shape and float((own - wanted.detach()).abs().max()) < 1e-4


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("cell", CELLS.names())
def test_language_models(cell: str, tied: bool) -> None:
    model = scrambled(LanguageModel(7, 6, 6, 2, cell, tie_embeddings=tied))
    assert close(run(model, token_ids=IDS), model(IDS)[0])


@pytest.mark.parametrize("joined", [False, True])
@pytest.mark.parametrize("pooling", ["max", "mean", "last"])
@pytest.mark.parametrize("cell", TORCH_CELLS)
def test_classifiers(cell: str, pooling: str, joined: bool) -> None:
    model = scrambled(Classifier(7, 5, 6, 2, cell, True, 3, pooling=pooling, joined=joined))
    assert close(run(model, token_ids=IDS, lengths=LENGTHS), model(IDS, LENGTHS))


def test_classifiers_of_one_direction_and_of_none() -> None:
    for model in (Classifier(7, 5, 6, 1, "gru", False, 3), Classifier(7, 5, 0, 0, "average", False, 3)):
        assert close(run(scrambled(model), token_ids=IDS, lengths=LENGTHS), model(IDS, LENGTHS))


@pytest.mark.parametrize(
    ("bidirectional", "layers", "filters"), [(True, 1, 4), (True, 2, 0), (False, 1, 0), (False, 2, 4)]
)
def test_taggers(bidirectional: bool, layers: int, filters: int) -> None:
    words = [["Mara", "works", "at", "Ferro", "."], ["It", "rained", "."]]
    tokenizer = list_words(words, 20)
    settings = {"character_filters": filters, "shape_dim": filters, "bidirectional": bidirectional}
    model = scrambled(Tagger(tokenizer.vocab_size, ["O", "B-x"], 5, hidden_size=6, num_layers=layers, **settings))
    features = read_words(tokenizer, words)
    given = {"token_ids": features.word_ids, "lengths": features.lengths}
    spelt = {"characters": features.characters, "shapes": features.shapes, "spelling": features.spelling}
    own, wanted = run(model, **given, **(spelt if filters else {})), model(features)
    for row, length in enumerate(features.lengths.tolist()):
        assert close(own[row, :length], wanted[row, :length])


def test_what_the_standard_has_no_operator_for_is_said() -> None:
    with pytest.raises(ModelError, match="no operator"):
        run(Classifier(7, 5, 6, 1, "min_gru", True, 3), token_ids=IDS, lengths=LENGTHS)
    with pytest.raises(ModelError, match="No ONNX graph"):
        run(torch.nn.Linear(2, 2), token_ids=IDS)
