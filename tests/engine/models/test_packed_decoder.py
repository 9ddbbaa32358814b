"""Packed weights make the steps of a translator's own decoder, and of no other weights than its own."""

from __future__ import annotations

import pytest
import torch

from engine.decoding.beam import beam
from engine.models import packed_decoder as packing
from engine.models.packed_decoder import BFLOAT16, FLOAT16, PackedDecoder, packed_decoder
from engine.models.translator import Translator

HAS_HALF = "fbgemm" in torch.backends.quantized.supported_engines
needs_half = pytest.mark.skipif(not HAS_HALF, reason="no product with half precision here")

SOURCES, LENGTHS = torch.tensor([[4, 5, 6, 7], [8, 3, 0, 0], [5, 0, 0, 0]]), torch.tensor([4, 2, 1])
OPTIONS = {"beam_size": 4, "max_new_tokens": 8, "bos_id": 1, "eos_id": 2}


def halved(model: Translator) -> Translator:
    """Return the model with its weights rounded to half precision, as a model folder holds them."""
    model.load_state_dict({name: weight.half().float() for name, weight in model.state_dict().items()})
    return model.eval()


@pytest.fixture
def rounds_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "_is_faster_rounded", lambda model: True)


@needs_half
@pytest.mark.parametrize("attention", ["dot", "additive", "none"])
@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru", "min_gru"])
@torch.inference_mode()
def test_half_weights_take_the_decoders_own_steps(build_translator, cell: str, attention: str) -> None:
    model = halved(build_translator(attention=attention, cell=cell, scale=4.0, seed=8))
    packed = packed_decoder(model)
    assert isinstance(packed, PackedDecoder)
    own = theirs = model.start(SOURCES, LENGTHS)
    for token in (1, 5, 7):
        logits, own = model.step(torch.full((3,), token), own)
        again, theirs = packed.step(torch.full((3,), token), theirs)
        torch.testing.assert_close(again, logits, atol=1e-4, rtol=1e-4)
        torch.testing.assert_close(theirs.layers, own.layers, atol=1e-4, rtol=1e-4)
        torch.testing.assert_close(theirs.attention_weights, own.attention_weights, atol=1e-4, rtol=1e-4)


@needs_half
@pytest.mark.parametrize("attention", ["dot", "none"])
def test_the_search_finds_the_same_hypotheses_with_half_weights(build_translator, attention: str) -> None:
    model = halved(build_translator(attention=attention, scale=4.0, seed=8))
    for mine, theirs in zip(
        beam(packed_decoder(model), SOURCES, LENGTHS, **OPTIONS), beam(model, SOURCES, LENGTHS, **OPTIONS), strict=True
    ):
        assert [h.token_ids for h in mine] == [h.token_ids for h in theirs]
        assert [h.score for h in mine] == pytest.approx([h.score for h in theirs], abs=1e-4)
        torch.testing.assert_close(mine[0].attention_weights, theirs[0].attention_weights, atol=1e-4, rtol=1e-4)


@torch.inference_mode()
def test_rounded_products_are_near_and_rows_do_not_know_each_other(build_translator, rounds_everywhere: None) -> None:
    model = build_translator(attention="dot", seed=8)
    packed = packed_decoder(model, BFLOAT16)
    assert isinstance(packed, PackedDecoder)
    state = model.start(SOURCES, LENGTHS)
    exact, rounded = model.step(torch.full((3,), 5), state)[0], packed.step(torch.full((3,), 5), state)[0]
    assert 0 < float((exact - rounded).abs().max()) < 0.02 * float(exact.abs().max())
    alone = packed.step(torch.tensor([5]), model.start(SOURCES[:1], LENGTHS[:1]))[0]
    torch.testing.assert_close(alone, rounded[:1], atol=1e-2, rtol=1e-2)


def test_a_model_that_cannot_be_packed_steps_itself(build_translator, monkeypatch: pytest.MonkeyPatch) -> None:
    model = build_translator(seed=8)
    assert packed_decoder(model, FLOAT16) is model, "its weights are no half-precision numbers"
    assert packed_decoder(halved(model).train()) is model, "dropout is on"
    monkeypatch.setattr(packing, "_is_faster_rounded", lambda model: False)
    assert packed_decoder(model.eval(), BFLOAT16) is model, "this machine is not faster with rounded products"
    toy = object()
    assert packed_decoder(toy) is toy


@needs_half
@torch.no_grad()
def test_weights_that_change_are_packed_again(build_translator) -> None:
    model = halved(build_translator(seed=8))
    state = model.start(SOURCES, LENGTHS)
    before = packed_decoder(model).step(torch.full((3,), 5), state)[0]
    model.output_bias += 1
    after = packed_decoder(model).step(torch.full((3,), 5), state)[0]
    torch.testing.assert_close(after, before + 1, atol=1e-4, rtol=1e-4)
