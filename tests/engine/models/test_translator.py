"""The translator: its encoder equals torch's bidirectional layer, padding changes nothing, forced equals step by
step."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from engine.cells import CELLS
from engine.cells.lstm import LSTMState
from engine.errors import ConfigError
from engine.layers import stacked_layer
from engine.models.base import select
from engine.models.translator import Translator

CELL_NAMES = ("rnn", "lstm", "gru")
KINDS = ("dot", "additive", "none")
EXACT = {"rtol": 1e-12, "atol": 1e-12}


def build(cell="lstm", attention="dot", seed=0, **options) -> Translator:
    """Return a small translator in float64 whose biases are not zero."""
    torch.manual_seed(seed)
    sizes = {"vocab_size": 9, "embedding_dim": 5, "hidden_size": 6} | options
    model = Translator(cell=cell, attention=attention, **sizes).double().eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "bias" in name:
                parameter.normal_()
    return model


def batch(lengths: list[int], seed: int = 0, width: int | None = None, filler: int = 0):
    """Return random source ids (B, S), padded with `filler`, and their lengths."""
    generator = torch.Generator().manual_seed(seed)
    ids = torch.full((len(lengths), width or max(lengths)), filler)
    for row, length in enumerate(lengths):
        ids[row, :length] = torch.randint(1, 9, (length,), generator=generator)
    return ids, torch.tensor(lengths)


TARGET = torch.tensor([[1, 4, 5, 2], [1, 8, 8, 3], [1, 2, 6, 0]])


@pytest.mark.parametrize("cell", CELL_NAMES)
@pytest.mark.parametrize("bidirectional", [True, False])
@pytest.mark.parametrize("embedding_dim", [5, 6])  # 6 = hidden size: the first layer has a residual connection too
def test_the_encoder_equals_torchs_packed_layers_with_copied_weights(cell, bidirectional, embedding_dim):
    model = build(cell, embedding_dim=embedding_dim, bidirectional=bidirectional, encoder_layers=2)
    source, lengths = batch([5, 2, 4], width=6)
    with torch.no_grad():
        encoded = model.encode(source, lengths)
        hidden = model.embedding(source)
        for index in range(2):
            size = 3 if bidirectional else 6
            inputs = embedding_dim if index == 0 else 6
            layer = stacked_layer(CELLS.get(cell), inputs, size, batch_first=True, bidirectional=bidirectional).double()
            weights = dict(model.encoder_forward[index].state_dict())
            if bidirectional:
                weights |= {f"{k}_reverse": v for k, v in model.encoder_backward[index].state_dict().items()}
            layer.load_state_dict(weights)
            packed, last = layer(pack_padded_sequence(hidden, lengths, batch_first=True, enforce_sorted=False))
            outputs, _ = pad_packed_sequence(packed, batch_first=True, total_length=6)
            last = last[0] if cell == "lstm" else last  # (directions, B, H)
            torch.testing.assert_close(encoded.final[index], torch.cat(list(last), dim=-1), **EXACT)
            hidden = hidden + outputs if hidden.shape == outputs.shape else outputs
    for row, length in enumerate(lengths.tolist()):
        torch.testing.assert_close(encoded.outputs[row, :length], hidden[row, :length], **EXACT)
    assert encoded.mask.tolist() == [[i < length for i in range(6)] for length in lengths.tolist()]


@pytest.mark.parametrize("attention", KINDS)
@settings(max_examples=15)
@given(
    lengths=st.lists(st.integers(1, 6), min_size=1, max_size=4),
    extra=st.integers(0, 3),
    filler=st.integers(0, 8),
)
def test_padding_changes_nothing_whatever_it_is_filled_with(attention, lengths, extra, filler):
    model = build("lstm", attention)
    source, sizes = batch(lengths, width=max(lengths) + extra, filler=filler)
    target = TARGET[:1].expand(len(lengths), -1)
    with torch.no_grad():
        logits, weights = model(source, sizes, target)
        encoded = model.encode(source, sizes)
        for row, length in enumerate(lengths):
            alone = source[row : row + 1, :length]
            expected, expected_weights = model(alone, sizes[row : row + 1], target[:1])
            torch.testing.assert_close(logits[row], expected[0], **EXACT)
            torch.testing.assert_close(weights[row, :, :length], expected_weights[0], **EXACT)
            own = model.encode(alone, sizes[row : row + 1])
            torch.testing.assert_close(encoded.outputs[row, :length], own.outputs[0], **EXACT)
            for ours, theirs in zip(encoded.final, own.final, strict=True):
                torch.testing.assert_close(ours[row], theirs[0], **EXACT)


@pytest.mark.parametrize("cell", CELL_NAMES)
@pytest.mark.parametrize("attention", KINDS)
@pytest.mark.parametrize(("decoder_layers", "embedding_dim"), [(1, 5), (2, 6), (4, 5)])
def test_forced_reading_equals_step_by_step(cell, attention, decoder_layers, embedding_dim):
    model = build(cell, attention, decoder_layers=decoder_layers, embedding_dim=embedding_dim)
    source, lengths = batch([5, 2, 4])
    with torch.no_grad():
        expected, expected_weights = model(source, lengths, TARGET)
        state = model.start(source, lengths)
        assert not state.attention_weights.any()
        for time, now in enumerate(TARGET.unbind(1)):
            logits, state = model.step(now, state)
            torch.testing.assert_close(logits, expected[:, time], **EXACT)
            torch.testing.assert_close(state.attention_weights, expected_weights[:, time], **EXACT)
    assert len(state.layers) == decoder_layers
    assert isinstance(state.layers[0], LSTMState) == (cell == "lstm")


@pytest.mark.parametrize("attention", ["dot", "additive"])
def test_attention_is_a_distribution_over_real_words(attention):
    model = build("gru", attention)
    source, lengths = batch([5, 1, 3], width=7)
    with torch.no_grad():
        _, weights = model(source, lengths, TARGET)
    assert model.has_attention
    torch.testing.assert_close(weights.sum(-1), torch.ones(3, 4, dtype=torch.float64), **EXACT)
    for row, length in enumerate(lengths.tolist()):
        assert (weights[row, :, :length] > 0).all()
        assert not weights[row, :, length:].any()


def test_without_attention_only_the_last_encoder_state_is_seen():
    model = build(attention="none")
    assert not model.has_attention
    source, lengths = batch([4, 3])
    with torch.no_grad():
        encoded = model.encode(source, lengths)
        garbled = encoded._replace(outputs=torch.randn_like(encoded.outputs))
        plain, odd = (model.step(TARGET[:2, 0], model.start_from(one)) for one in (encoded, garbled))
    assert torch.equal(plain[0], odd[0])
    assert not plain[1].attention_weights.any()


def test_with_attention_the_encoder_outputs_are_seen():
    model = build(attention="dot")
    encoded = model.encode(*batch([4, 3]))
    garbled = encoded._replace(outputs=torch.randn_like(encoded.outputs))
    plain, odd = (model.step(TARGET[:2, 0], model.start_from(one))[0] for one in (encoded, garbled))
    assert not torch.allclose(plain, odd)


@pytest.mark.parametrize("attention", KINDS)
def test_the_order_of_a_batch_does_not_matter(attention):
    model, order = build(attention=attention), torch.tensor([2, 0, 1])
    source, lengths = batch([5, 2, 4])
    with torch.no_grad():
        logits, weights = model(source, lengths, TARGET)
        shuffled, shuffled_weights = model(source[order], lengths[order], TARGET[order])
        torch.testing.assert_close(shuffled, logits[order], **EXACT)
        torch.testing.assert_close(shuffled_weights, weights[order], **EXACT)
        state = select(model.start(source, lengths), order)
        torch.testing.assert_close(model.step(TARGET[order, 0], state)[0], logits[order, 0], **EXACT)


def test_the_decoder_starts_from_the_matching_encoder_layer_the_top_one_where_there_is_none():
    model = build("lstm", encoder_layers=2, decoder_layers=3)
    source, lengths = batch([4, 2])
    with torch.no_grad():
        encoded = model.encode(source, lengths)
        state = model.start_from(encoded)
        for layer, index in zip(range(3), (0, 1, 1), strict=True):
            both = torch.tanh(model.bridge[layer](encoded.final[index]))  # (B, 2 H)
            torch.testing.assert_close(state.layers[layer].hidden, both[:, :6], **EXACT)
            torch.testing.assert_close(state.layers[layer].cell, both[:, 6:], **EXACT)
    assert torch.equal(state.summary, encoded.final[-1])


# Scheduled sampling


def test_sampling_with_ratio_one_equals_forced_reading():
    model = build(seed=2)
    source, lengths = batch([5, 2, 4])
    with torch.no_grad():
        expected = model(source, lengths, TARGET)[0]
        for seed in range(20):
            sampled = model.forward_sampled(source, lengths, TARGET, 1.0, torch.Generator().manual_seed(seed))
            torch.testing.assert_close(sampled, expected, **EXACT)


def test_sampling_with_ratio_zero_never_reads_the_target_after_its_beginning():
    model = build(seed=2)
    source, lengths = batch([5, 2, 4])
    other = TARGET.clone()
    other[:, 1:] = (TARGET[:, 1:] + 3) % 9
    with torch.no_grad():
        one, two = (
            model.forward_sampled(source, lengths, t, 0.0, torch.Generator().manual_seed(0)) for t in (TARGET, other)
        )
        assert torch.equal(one, two)
        own = torch.cat([TARGET[:, :1], one.argmax(-1)[:, :-1]], dim=1)
        torch.testing.assert_close(one, model(source, lengths, own)[0], **EXACT)
        assert not torch.allclose(one, model(source, lengths, TARGET)[0])


@pytest.mark.parametrize("ratio", [0.25, 0.5, 0.75])
def test_sampling_tosses_a_coin_per_sequence_and_step_from_the_given_generator(ratio):
    model = build(seed=2)
    source, lengths = batch([5, 2, 4])
    sides = set()
    for seed in range(10):
        with torch.no_grad():
            found = model.forward_sampled(source, lengths, TARGET, ratio, torch.Generator().manual_seed(seed))
            coins = torch.Generator().manual_seed(seed)
            inputs = TARGET[:, :1]
            for time in range(1, 4):
                logits = model(source, lengths, inputs)[0]
                is_true = torch.rand(3, generator=coins) < ratio
                chosen = torch.where(is_true, TARGET[:, time], logits[:, -1].argmax(-1))
                inputs = torch.cat([inputs, chosen[:, None]], dim=1)
                sides |= set(is_true.tolist())
            torch.testing.assert_close(found, model(source, lengths, inputs)[0], **EXACT)
    assert sides == {True, False}


def test_sampling_trains_the_model():
    model = build()
    model.forward_sampled(*batch([5, 2, 4]), TARGET, 0.5, torch.Generator().manual_seed(0)).sum().backward()
    assert model.encoder_forward[0].weight_ih_l0.grad.abs().sum() > 0


# What is refused, and what is kept


def test_dropout_acts_in_training_only():
    torch.manual_seed(0)
    model = Translator(9, 5, 6, dropout=0.5)
    source, lengths = batch([5, 2, 4])
    with torch.no_grad():
        assert not torch.equal(model.train()(source, lengths, TARGET)[0], model(source, lengths, TARGET)[0])
        assert torch.equal(model.eval()(source, lengths, TARGET)[0], model(source, lengths, TARGET)[0])


def test_the_padding_vector_is_zero_and_stays_so():
    model = Translator(9, 5, 6, pad_id=3)
    assert not model.embedding.weight[3].any()
    source, lengths = batch([5, 2, 4], filler=3)
    model.encode(source, lengths).outputs.sum().backward()
    assert not model.embedding.weight.grad[3].any()


def test_two_visitors_at_once_do_not_disturb_each_other():
    model = build()
    attributes = set(vars(model))
    one, two = batch([5], seed=1), batch([3], seed=2)
    with torch.no_grad():
        apart = [model(*source, TARGET[:1])[0] for source in (one, two)]
        states = [model.start(*one), model.start(*two)]
        for time in range(4):
            for who in (0, 1):
                logits, states[who] = model.step(TARGET[:1, time], states[who])
                torch.testing.assert_close(logits, apart[who][:, time], **EXACT)
    assert set(vars(model)) == attributes


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"encoder_layers": 0}, "encoder_layers must lie between 1 and 4, not 0"),
        ({"decoder_layers": 5}, "decoder_layers must lie between 1 and 4, not 5"),
        ({"hidden_size": 7}, "hidden_size must be even for a bidirectional encoder, not 7"),
        ({"attention": "self"}, "Unknown attention 'self'; choose one of: dot, additive, none"),
        ({"cell": "lstn"}, "Unknown cell 'lstn'"),
    ],
)
def test_what_cannot_be_built_is_refused_in_words(options, sentence):
    with pytest.raises(ConfigError, match=sentence):
        Translator(9, **options)


def test_an_odd_size_will_do_for_one_direction():
    assert Translator(9, 5, 7, bidirectional=False).encode(*batch([2])).outputs.shape == (1, 2, 7)


def test_locked_dropout_leaves_the_same_units_out_at_every_step_and_word_dropout_whole_tokens() -> None:
    torch.manual_seed(0)
    locked = Translator(vocab_size=12, embedding_dim=8, hidden_size=8, dropout=0.5, locked_dropout=True).train()
    dropped = locked._drop(torch.ones(3, 5, 8))
    assert (dropped == dropped[:, :1]).all()
    assert set(dropped.unique().tolist()) == {0.0, 2.0}
    words = Translator(vocab_size=12, embedding_dim=8, hidden_size=8, dropout=0.0, word_dropout=0.5).train()
    read, whole = words._read(torch.full((40, 20), 5)), words.embedding.weight[5]
    missing = (read == 0).all(dim=-1)
    assert 0.4 < missing.float().mean() < 0.6
    assert torch.allclose(read[~missing], 2 * whole.expand_as(read[~missing]))
    assert torch.equal(words.eval()._read(torch.tensor([[5]]))[0, 0], whole)
