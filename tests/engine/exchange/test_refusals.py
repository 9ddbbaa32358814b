"""Files that are no network, or not one that fits: one sentence each, which names the tensor or the fault."""

from __future__ import annotations

import io
import json
import pickle
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace

import pytest
import safetensors.torch
import torch
from torch import Tensor

from engine import limits
from engine.errors import EngineError, InputError
from engine.exchange.bringing import bring, prove
from engine.exchange.details import Details
from engine.exchange.recognition import recognise
from engine.exchange.vocabularies import Vocabulary, read_vocabulary
from engine.exchange.weight_files import read_weights
from tests.engine.exchange import originals, pairs
from tests.engine.exchange.test_layouts import WORDS, as_file

State = dict[str, Tensor]


class Harmful:
    """What runs code when a pickle is opened."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return pytest.fail, ("the pickle was opened",)


def state() -> State:
    return {name: tensor.clone() for name, tensor in originals.Sentiment("LSTM", 1).state_dict().items()}


def without(name: str) -> State:
    return {key: tensor for key, tensor in state().items() if key != name}


def header_of(size: int) -> bytes:
    """Return a safetensors file that promises a matrix of this many rows."""
    entry = {"fc.weight": {"dtype": "F32", "shape": [size, 1000], "data_offsets": [0, 4000 * size]}}
    written = json.dumps(entry).encode()
    return len(written).to_bytes(8, "little") + written


def torch_saved(content: object) -> bytes:
    stream = io.BytesIO()
    torch.save(content, stream)
    return stream.getvalue()


def zipped(**files: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def encrypted() -> bytes:
    data = bytearray(zipped(weights=b"abc"))
    data[6] |= 1  # the flag in the entry's head
    data[data.index(b"PK\x01\x02") + 8] |= 1  # and in the directory
    return bytes(data)


FILES: dict[str, tuple[bytes, str]] = {
    "either may be the embedding": (
        safetensors.torch.save(
            torch.nn.GRU(6, 6).state_dict(prefix="r.")
            | {"one.weight": torch.ones(9, 6), "two.weight": torch.ones(9, 6)}
        ),
        "“one.weight” and “two.weight” could both be the embedding",
    ),
    "missing matrix": (safetensors.torch.save(without("rnn.weight_hh_l1")), "“rnn.weight_hh_l1” is missing"),
    "missing direction": (
        safetensors.torch.save(without("rnn.bias_ih_l0_reverse")),
        "“rnn.bias_ih_l0_reverse” is missing",
    ),
    "extra": (safetensors.torch.save(state() | {"norm.scale": torch.ones(3)}), "“norm.scale” belongs to none"),
    "extra in a module": (
        safetensors.torch.save(state() | {"rnn.weight_hr_l0": torch.ones(3, 3)}),
        "“rnn.weight_hr_l0” projects",
    ),
    "wrong shape": (
        safetensors.torch.save(state() | {"fc.weight": torch.ones(1, 11)}),
        re.escape("“fc.weight” has the shape (1, 11); beside the other tensors it must be (any, 12)"),
    ),
    "wrong gates": (
        safetensors.torch.save(state() | {"rnn.weight_hh_l0": torch.ones(30, 6)}),
        "that of no RNN, GRU or LSTM",
    ),
    "bias of an embedding": (
        safetensors.torch.save(pairs.Plain().state_dict() | {"encoder.embedding.bias": torch.ones(10)}),
        "“encoder.embedding” is to hold a matrix and nothing else",
    ),
    "no matrix": (
        safetensors.torch.save(
            originals.WordLanguageModel("GRU", 9, 5, 6, 1).state_dict() | {"decoder.weight": torch.ones(3, 3, 3)}
        ),
        "“decoder” is to hold a matrix and, if any, a bias",
    ),
    "another network": (
        safetensors.torch.save({"convs.0.weight": torch.ones(3, 1, 2, 5), "embedding.weight": torch.ones(9, 5)}),
        "comes nearest to .* but .* is missing|“convs.0.weight” belongs",
    ),
    "not finite": (
        safetensors.torch.save(state() | {"fc.bias": torch.tensor([float("nan")])}),
        "“fc.bias” .* not finite",
    ),
    "whole numbers": (safetensors.torch.save(state() | {"fc.bias": torch.tensor([1])}), "“fc.bias” .* holds I64"),
    "nothing": (safetensors.torch.save({}), "holds no tensors"),
    "cut short": (safetensors.torch.save(state())[:-9], "cut short or damaged"),
    "text": (b"the quick brown fox jumps over the lazy dog", "not a safetensors file"),
    "no bytes": (b"", "not a safetensors file"),
    "deep header": (b"\x10\x27\0\0\0\0\0\0" + b"[" * 10_000, "not a safetensors file"),
    "pickle in disguise": (pickle.dumps(Harmful()), "is a Python pickle"),
    "torch file in disguise": (torch_saved(state()), "is a Python pickle"),
    "promises too much": (header_of(50_000), "parameters must lie"),
    "encrypted zip": (encrypted(), "encrypted zip"),
    "corrupt zip": (b"PK\x03\x04" + b"\0" * 40, "damaged zip"),
    "zip of something": (zipped(readme=b"hello"), "zip without weights"),
    "damaged Keras": (zipped(**{"model.weights.h5": b"abc", "config.json": b"{}"}), "damaged HDF5"),
    "damaged HDF5": (b"\x89HDF\r\n\x1a\n" + b"\0" * 100, "damaged HDF5"),
}


@pytest.mark.parametrize("name", FILES)
def test_one_sentence_says_what_is_wrong(name: str) -> None:
    data, words = FILES[name]
    with pytest.raises(EngineError, match=words) as caught:
        recognise(read_weights("model.safetensors", data))
    sentence = str(caught.value)
    assert sentence[0].isupper() or sentence.startswith(("“", "model.safetensors"))
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_a_file_that_is_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    small = replace(limits.limits(), weights_mebibytes=1)
    monkeypatch.setitem(limits.PROFILES, "hosted", small)
    with pytest.raises(InputError, match="has 2 MiB; at most 1"):
        read_weights("model.safetensors", bytes(2 * 2**20))
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", bytes(2 * 2**20))
    with pytest.raises(InputError, match="unpacks to more than 1 MiB"):
        read_weights("model.pt", bomb.getvalue())


def test_torch_files_open_where_the_app_is_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(limits.VARIABLE, "local")
    for content in (state(), {"state_dict": state(), "epoch": 3}, {f"module.{k}": v for k, v in state().items()}):
        assert recognise(read_weights("model.pt", torch_saved(content))).layout.name == "sentiment-rnn"
    with pytest.raises(InputError, match="more than tensors"):
        read_weights("model.pt", pickle.dumps(Harmful()))
    with pytest.raises(InputError, match="more than tensors"):
        read_weights("model.pt", torch_saved(originals.Bag()))
    with pytest.raises(InputError, match="no state dictionary"):
        read_weights("model.pt", torch_saved([1, 2]))


def test_weights_that_do_not_fit_their_task_are_refused() -> None:
    found = recognise(read_weights("m.safetensors", as_file(originals.Sentiment("LSTM", 3))))
    assert found.tasks == ("classification", "tagging")
    words = {"Vocabulary": Vocabulary(WORDS)}
    with pytest.raises(InputError, match="can do classification or tagging, not language model"):
        bring(found, words, Details(task="language_model"))
    with pytest.raises(InputError, match="tells 3 labels apart; give 3 different names, not 2"):
        bring(found, words, Details(task="tagging", labels=("A", "B")))
    with pytest.raises(InputError, match="has 8 tokens, but “embedding.weight” is for 9"):
        bring(found, {"Vocabulary": Vocabulary(WORDS[:8])}, Details())
    with pytest.raises(InputError, match="Source vocabulary: give its tokens"):
        bring(recognise(read_weights("m.safetensors", as_file(pairs.Plain()))), {}, Details())


VOCABULARIES: dict[str, tuple[bytes, str]] = {
    "twice": (b'["a", "b", "a"]', "“a” stands twice"),
    "a mark twice": (b'["<unk>", "[UNK]"]', "“<unk>” stands twice"),
    "numbers": (b"[1, 2]", "not one of texts"),
    "gaps": (b'{"a": 0, "b": 2}', "are not 0 to 1, each once"),
    "nothing": (b"", "holds no tokens"),
    "no text": (b"\xff\xfe\x00", "not UTF-8"),
    "no tokenizer": (b'{"model": {}, "pre_tokenizer": null}', "not a tokenizer"),
}


@pytest.mark.parametrize("name", VOCABULARIES)
def test_a_vocabulary_that_is_none_is_refused(name: str) -> None:
    data, words = VOCABULARIES[name]
    with pytest.raises(InputError, match=words):
        read_vocabulary("vocabulary.json", data)


@pytest.mark.parametrize(
    "data",
    [
        json.dumps(["[PAD]", "[UNK]", "the", "dog"]).encode(),
        json.dumps({"the": 2, "<pad>": 0, "<unk>": 1, "dog": 3}).encode(),
        json.dumps({"0": "PAD", "1": "UNK", "2": "the", "3": "dog"}).encode(),
        b"<pad>\n<unk>\nthe\ndog\n",
        b"\xef\xbb\xbf<pad>\r\n<unk>\r\nthe\r\ndog",
        Vocabulary(("<pad>", "<unk>", "the", "dog")).tokenizer().backend.to_str().encode(),
        json.dumps(["", "[UNK]", "the", "dog"]).encode(),
    ],
)
def test_every_form_of_a_vocabulary_is_read(data: bytes) -> None:
    read = read_vocabulary("vocabulary", data)
    assert read.tokens == ("<pad>", "<unk>", "the", "dog")
    tokenizer = read.tokenizer()
    assert tokenizer.encode("The dog <pad>") in ([2, 3, 1], [2, 3, 1, 1, 1])
    assert tokenizer.vocab_size == 4


def test_a_reference_that_is_none_is_refused() -> None:
    found = recognise(read_weights("m.safetensors", as_file(originals.Sentiment("LSTM", 3))))
    brought = bring(found, {"Vocabulary": Vocabulary(WORDS)}, Details())
    for given, words in (
        (b"{", "is no reference"),
        (b'{"ids": [[1, 2]]}', "is no reference"),
        (b'{"ids": [[1, 99]], "logits": [[1, 2, 3]]}', "between 0 and 8"),
        (b'{"ids": [[1, 2]], "logits": [[1, 2]]}', "have the shape"),
        (b'{"ids": [[1, 2], [3]], "logits": [[1, 2]]}', "is no reference"),
    ):
        with pytest.raises(InputError, match=words):
            prove(brought, "reference.json", given)
