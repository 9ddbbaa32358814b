"""Whole sequences on ONNX Runtime give torch's logits, for every cell and every kind of model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from engine.cells import CELLS
from engine.exchange.bringing import model_name
from engine.exchange.onnx_graphs import ENCODER, GRAPHS, SEQUENCE, STEP, graphs_of
from engine.models.attention import ATTENTION
from engine.models.base import MODELS, PretrainedModel
from engine.models.classifier import Classifier
from engine.models.encoder_decoder import EncoderDecoder
from engine.models.folder import ModelInfo
from engine.models.language_model import LanguageModel
from engine.models.tagger import Tagger
from engine.models.transformer_language_model import TransformerLanguageModel
from engine.models.translator import Translator
from engine.models.word_features import read_words
from engine.text.word_list import list_words
from tests.engine.exchange.test_layouts import scrambled

IDS = torch.tensor([[3, 1, 4, 1, 5], [2, 6, 5, 3, 0]])
LENGTHS = torch.tensor([5, 3])


def session_of(graph: onnx.ModelProto) -> onnxruntime.InferenceSession:
    onnx.checker.check_model(graph, full_check=True)
    return onnxruntime.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])


def graph_of(model: PretrainedModel, part: str = SEQUENCE) -> onnx.ModelProto:
    return GRAPHS[model_name(model)].builders[part](model)


def run(model: PretrainedModel, **given: torch.Tensor) -> torch.Tensor:
    """Return what ONNX Runtime makes of a model's graph."""
    session = session_of(graph_of(model))
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
@pytest.mark.parametrize("cell", CELLS.names())
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


@pytest.mark.parametrize("cell", CELLS.names())
@pytest.mark.parametrize("attention", ATTENTION.names())
def test_translators(attention: str, cell: str) -> None:
    both = cell not in ("rnn", "min_gru")
    check_translator(scrambled(Translator(9, 6, 6, 2, 2, cell, both, attention)))


PAIRS = {
    "plain": EncoderDecoder(9, 5, 6, 7, 7, 2, 2, "lstm", output_context=True, output_embedding=True),
    "bahdanau": EncoderDecoder(
        9, 5, 6, 4, 7, 1, 1, "gru", True, False, True, "additive", True, True, True, output_embedding=True
    ),
    "chatbot": EncoderDecoder(
        9, 5, 6, 7, 7, 2, 2, "gru", True, True, attention="dot", asks_first=False, output_context=True, combine=True
    ),
    "tutorial": EncoderDecoder(9, 5, 7, 7, 7, 1, 1, "gru", attention="additive", reads_context=True, relu=True),
}


@pytest.mark.parametrize("name", PAIRS)
def test_encoder_decoders_of_tutorials(name: str) -> None:
    check_translator(scrambled(PAIRS[name]))


def check_translator(model: Translator | EncoderDecoder) -> None:
    """Hold the three graphs of a translator to torch, and the encoder with repeated steps to the whole."""
    source, target = IDS, torch.tensor([[1, 7, 8], [1, 2, 0]])
    wanted, weights = model(source, LENGTHS, target)
    assert close(run(model, source_ids=source, lengths=LENGTHS, token_ids=target), wanted)
    encoder, step = (session_of(graph_of(model, part)) for part in (ENCODER, STEP))
    read = {"source_ids": source.numpy(), "lengths": LENGTHS.numpy()}
    given = dict(zip([one.name for one in encoder.get_outputs()], encoder.run(None, read), strict=True))
    names = [one.name for one in step.get_outputs()]
    for time, token_ids in enumerate(target.unbind(1)):
        asked = given | {"token_ids": token_ids.numpy()} | ({"lengths": LENGTHS.numpy()} if model.has_attention else {})
        said = dict(zip(names, step.run(None, asked), strict=True))
        given["state"] = said["new_state"]
        assert close(torch.from_numpy(said["logits"]), wanted[:, time])
        assert close(
            torch.from_numpy(said.get("attention_weights", weights[:, time].detach().numpy())), weights[:, time]
        )


def test_transformers() -> None:
    model = scrambled(TransformerLanguageModel(7, 8, 2, 2, 12, window=4))
    ids = torch.tensor([[3, 1, 4, 1, 5, 2, 6], [2, 6, 5, 3, 0, 1, 1]])
    wanted, _ = model(ids)
    assert close(run(model, token_ids=ids), wanted)
    step = session_of(graph_of(model, STEP))
    state = np.zeros((2, step.get_inputs()[1].shape[1]), dtype=np.float32)
    for time, token_ids in enumerate(ids.unbind(1)):
        logits, state = step.run(["logits", "new_state"], {"token_ids": token_ids.numpy(), "state": state})
        assert close(torch.from_numpy(logits), wanted[:, time])


def test_every_model_has_its_graphs_or_a_sentence() -> None:
    for name in MODELS.names():
        graphs = graphs_of(ModelInfo("tiny", Path(), config={"model": name}))
        assert graphs.builders or graphs.why
        assert {SEQUENCE, STEP} <= {*graphs.builders, *graphs.lacking}
