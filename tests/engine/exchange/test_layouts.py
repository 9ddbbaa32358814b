"""Networks of the layouts that tutorials teach open here and give the logits of the code they were trained by."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import safetensors.torch
import torch
from torch import Tensor, nn

from engine.exchange.bringing import BroughtNetwork, answers, bring, keep, prove
from engine.exchange.details import Details
from engine.exchange.layouts.base import Built
from engine.exchange.recognition import recognise
from engine.exchange.vocabularies import Vocabulary
from engine.exchange.weight_files import read_weights
from engine.models.folder import load_model
from tests.engine.exchange import originals

WORDS = ("<unk>", "<pad>", "the", "a", "dog", "cat", "sees", "runs", ".")
IDS = torch.tensor([[2, 4, 6, 3, 5, 8], [3, 5, 7, 0, 2, 4]])
STACKS = {
    "language model, LSTM": (originals.WordLanguageModel("LSTM", 9, 5, 6, 2), "word-language-model", "language_model"),
    "language model, GRU": (originals.WordLanguageModel("GRU", 9, 5, 6, 1), "word-language-model", "language_model"),
    "language model, RNN": (originals.WordLanguageModel("RNN", 9, 5, 6, 3), "word-language-model", "language_model"),
    "language model, tied": (
        originals.WordLanguageModel("LSTM", 9, 6, 6, 2, True),
        "word-language-model",
        "language_model",
    ),
    "sentiment 1": (originals.Sentiment("RNN", 1, 1, False), "sentiment-rnn", "classification"),
    "sentiment 2": (originals.Sentiment("LSTM", 1), "sentiment-rnn", "classification"),
    "sentiment, GRU of one direction": (originals.Sentiment("GRU", 4, 2, False), "sentiment-rnn", "classification"),
    "sentiment, second edition": (originals.LaterSentiment("LSTM", 2, name="lstm"), "sentiment-lstm", "classification"),
    "bag of words": (originals.Bag(), "average", "classification"),
    "names": (originals.NameClassifier(), "one-hot", "classification"),
    "names, linear layers": (originals.LinearNameClassifier(), "linear-rnn", "classification"),
    "tagger": (originals.TutorialTagger(), "lstm-tagger", "tagging"),
    "tagger of two layers and directions": (originals.TutorialTagger(2, True), "lstm-tagger", "tagging"),
    "other names": (originals.Sentiment("GRU", 3, name="recurrence"), "recurrent", "classification"),
}


@torch.no_grad()
def scrambled(network: nn.Module) -> nn.Module:
    """Return a network with weights large enough that every mistake shows."""
    torch.manual_seed(5)
    for weight in network.parameters():
        weight.normal_(std=0.6)
    return network.eval()


def as_file(network: nn.Module) -> bytes:
    return safetensors.torch.save({name: tensor.clone() for name, tensor in network.state_dict().items()})


def same(own: Tensor, wanted: Tensor) -> bool:
    """Return whether logits are the same to 1e-5, as such or as log-probabilities."""
    return min(float((own - wanted).abs().max()), float((own.log_softmax(-1) - wanted).abs().max())) < 1e-5


@pytest.mark.parametrize("name", STACKS)
def test_the_logits_are_those_of_the_original(name: str, tmp_path: Path) -> None:
    network, layout, task = STACKS[name]
    wanted = scrambled(network)(IDS).detach()
    found = recognise(read_weights("weights.safetensors", as_file(network)))
    assert found.layout.name == layout
    assert len(found.rows()) == len(network.state_dict())
    settings = {key: value for key, value in found.facts.items() if task == "classification"}
    brought = bring(found, {"Vocabulary": Vocabulary(WORDS)}, Details(task=task, title="Mine", **settings))
    assert same(answers(brought, IDS), wanted)
    loaded = load_model(keep(brought, tmp_path / "mine"))
    kept = BroughtNetwork(Built(loaded.model, loaded.tokenizer, brought.built.columns), {})
    assert same(answers(kept, IDS), wanted), "single precision is kept where half would change the weights"
    assert loaded.info.title == "Mine"
    assert loaded.tokenizer.encode("the dog") == [2, 4]
    reference = json.dumps({"ids": IDS.tolist(), "logits": wanted.tolist()}).encode()
    assert prove(brought, "reference.json", reference).holds


@pytest.mark.parametrize(
    ("names", "width"),
    [
        (("embedding", "rnn", "fc"), 6),
        (("zmatrix", "layers", "answers"), 5),  # told apart by their widths
        (("word_emb", "layers", "answers"), 6),
    ],
)
def test_a_linear_layer_without_a_bias_is_read(names: tuple[str, str, str], width: int) -> None:
    network = scrambled(originals.WordLanguageModel("GRU", 9, width, 6, 1))
    network.decoder.bias = None
    modules = zip(names, (network.encoder, network.rnn, network.decoder), strict=True)
    state = {
        key: tensor.clone()
        for name, module in modules
        for key, tensor in module.state_dict(prefix=f"net.{name}.").items()
    }
    found = recognise(read_weights("weights.safetensors", safetensors.torch.save(state)))
    brought = bring(found, {"Vocabulary": Vocabulary(WORDS)}, Details(task="language_model"))
    assert same(answers(brought, IDS), network(IDS).detach())


def test_a_reference_of_another_network_is_not_proved() -> None:
    network = scrambled(originals.LaterSentiment("LSTM", 2, name="lstm"))
    found = recognise(read_weights("weights.safetensors", as_file(network)))
    wrong = bring(found, {"Vocabulary": Vocabulary(WORDS)}, Details(task="classification", backward_first=False))
    reference = json.dumps({"ids": IDS.tolist(), "logits": network(IDS).tolist()}).encode()
    proof = prove(wrong, "reference.json", reference)
    assert not proof.holds
    assert "something else" in proof.sentence


def test_what_the_vocabulary_lacks_is_added_and_never_written() -> None:
    network = scrambled(originals.WordLanguageModel("GRU", 9, 5, 6, 1))
    found = recognise(read_weights("weights.safetensors", as_file(network)))
    letters = Vocabulary(tuple("abcdefgh\n"))
    brought = bring(found, {"Vocabulary": letters}, Details(task="language_model"))
    model, tokenizer = brought.built.model, brought.built.tokenizer
    assert tokenizer.kind == "character"
    assert tokenizer.encode("az") == [0, 9]
    assert model(IDS)[0].softmax(-1)[..., 9].max() == 0
    assert same(answers(brought, IDS), network(IDS).detach())
