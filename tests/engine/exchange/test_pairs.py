"""Encoder-decoders of the layouts that tutorials teach open here, give the same logits, and translate."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from engine.decoding.text import translate
from engine.errors import InputError
from engine.exchange.bringing import answers, bring, keep
from engine.exchange.details import Details
from engine.exchange.recognition import recognise
from engine.exchange.vocabularies import Vocabulary
from engine.exchange.weight_files import read_weights
from engine.models.folder import load_model
from tests.engine.exchange import pairs
from tests.engine.exchange.test_layouts import as_file, same, scrambled

SOURCE = Vocabulary(("<unk>", "<pad>", "<bos>", "<eos>", "the", "dog", "cat", "sees", "runs", "table"))
TARGET = Vocabulary(("<unk>", "<pad>", "<bos>", "<eos>", "le", "chien", "chat", "voit", "table"))
PAIRS = {
    "1": (pairs.Plain(), "seq2seq"),
    "1 with GRUs": (pairs.Plain("GRU", 1), "seq2seq"),
    "2": (pairs.ReadsContext(), "seq2seq"),
    "3 and 4": (pairs.Attends(), "seq2seq-attention"),
    "tutorial": (pairs.Tutorial(), "tutorial"),
    "tutorial with attention": (pairs.TutorialAttends(), "tutorial-attention"),
    "chatbot": (pairs.Chatbot(), "chatbot"),
}
GIVEN = torch.tensor([[4, 5, 7, 9], [4, 6, 8, 3]])
WRITTEN = torch.tensor([[2, 4, 5, 7, 8], [2, 4, 6, 0, 3]])


@pytest.mark.parametrize("name", PAIRS)
@torch.no_grad()
def test_the_logits_are_those_of_the_original(name: str, tmp_path: Path) -> None:
    network, layout = PAIRS[name]
    wanted = scrambled(network)(GIVEN.T, WRITTEN.T).detach()
    found = recognise(read_weights("weights.safetensors", as_file(network)))
    assert found.layout.name == layout
    assert [table.rows for table in found.vocabularies.values()] == [10, 9]
    vocabularies = dict(zip(found.vocabularies, (SOURCE, TARGET), strict=True))
    brought = bring(found, vocabularies, Details(source_language="en", target_language="fr"))
    assert same(answers(brought, WRITTEN, GIVEN), wanted)
    loaded = load_model(keep(brought, tmp_path / "pair"))
    model, tokenizer = loaded.model, loaded.tokenizer
    source = torch.tensor([[*tokenizer.encode("the dog sees"), 0], tokenizer.encode("the cat sees table")])
    lengths = torch.tensor([3, 4])
    logits, _ = model(source, lengths, WRITTEN)
    alone, _ = model(source[:1, :3], lengths[:1], WRITTEN[:1])
    assert float((logits[:1] - alone).abs().max()) < 1e-5, "padding changes nothing"
    state = model.read(WRITTEN[:, :4], model.start(source, lengths))
    assert float((model.step(WRITTEN[:, 4], state)[0] - logits[:, 4]).abs().max()) < 1e-5
    written = translate(loaded, "the dog sees the table")[0]
    assert not set(written.target_tokens) - set(TARGET.tokens), "nothing is written that only the source knows"


def test_a_decoder_without_a_first_token_is_refused() -> None:
    found = recognise(read_weights("weights.safetensors", as_file(pairs.Plain())))
    words = Vocabulary(("a", "b", "c", "d", "e", "f", "g", "h", "i"))
    with pytest.raises(InputError, match="no token “<bos>”"):
        bring(found, dict(zip(found.vocabularies, (SOURCE, words), strict=True)), Details())
