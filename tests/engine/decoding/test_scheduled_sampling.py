"""Between forced and free: the ends are the forced and the greedy decoder's, the middle is the model's own scheduled
sampling."""

from __future__ import annotations

import pytest
import torch

from engine.decoding.forced import forced
from engine.decoding.greedy import greedy
from engine.decoding.scheduled_sampling import Put, decode_mixed, toss_coins

BOS, EOS = 1, 2
SOURCE, LENGTHS = torch.tensor([[4, 5, 6, 7]]), torch.tensor([4])
TARGET = [3, 8, 5, 7, 4]
IDS = {"bos_id": BOS, "eos_id": EOS}


@pytest.fixture
def model(build_translator):
    return build_translator(seed=3, scale=3.0, attention="dot")


def flags(*rows):
    return torch.tensor(rows, dtype=torch.bool)


def test_always_told_is_the_forced_decoding(model):
    found = decode_mixed(model, SOURCE, LENGTHS, TARGET, flags([True] * 5), max_new_tokens=30, **IDS)
    taught = forced(model, SOURCE, LENGTHS, TARGET, **IDS)
    assert found.own_ids[0].tolist() == taught.argmax_ids.tolist()
    assert found.read_ids[0].tolist() == [*TARGET, EOS]
    assert int(found.lengths[0]) == len(TARGET) + 1
    assert torch.allclose(-found.losses(TARGET, EOS)[0], taught.log_probs, atol=1e-5)


@pytest.mark.parametrize("seed", range(6))
def test_never_told_is_the_greedy_decoding(build_translator, seed):
    model = build_translator(seed=seed, scale=3.0)
    found = decode_mixed(model, SOURCE, LENGTHS, TARGET, flags([False] * 5), max_new_tokens=18, **IDS)
    own = greedy(model, SOURCE, LENGTHS, max_new_tokens=18, **IDS)[0]
    ended = [EOS] if own.is_finished else []
    assert found.own_ids[0, : found.lengths[0]].tolist() == own.token_ids + ended
    assert found.log_probs[0, : found.lengths[0]].max(dim=-1).values.tolist() == pytest.approx(own.log_probs, abs=1e-5)


def test_a_row_that_would_have_ended_goes_on_with_what_is_put_into_its_mouth(build_translator):
    """Its own choice at that step is the end mark, which it never reads."""
    ending = (build_translator(seed=seed, scale=3.0) for seed in range(50))
    owns = ((model, greedy(model, SOURCE, LENGTHS, max_new_tokens=18, **IDS)[0]) for model in ending)
    model, own = next((model, own) for model, own in owns if own.is_finished)
    step = len(own.token_ids)
    put = Put(step, [7], flags([True, False])[0])
    told = flags([False] * 5, [False] * 5)
    found = decode_mixed(model, SOURCE, LENGTHS, TARGET, told, put=put, max_new_tokens=18, **IDS)
    assert found.own_ids[:, step].tolist() == [EOS, EOS]
    assert found.read_ids[:, step].tolist() == [7, EOS]
    assert found.lengths.tolist()[1] == step + 1
    assert found.lengths.tolist()[0] > step + 1


@pytest.mark.parametrize("seed", range(8))
def test_coins_and_losses_are_those_of_scheduled_sampling_in_training(model, seed):
    """The same seed and ratio give the same inputs and so the same losses as `Translator.forward_sampled`."""
    told = toss_coins(0.5, seed, len(TARGET))
    found = decode_mixed(model, SOURCE, LENGTHS, TARGET, told[None], max_new_tokens=9, **IDS)
    inputs, labels = torch.tensor([[BOS, *TARGET]]), torch.tensor([*TARGET, EOS])
    with torch.no_grad():
        logits = model.forward_sampled(SOURCE, LENGTHS, inputs, 0.5, torch.Generator().manual_seed(seed))[0]
    expected = torch.nn.functional.cross_entropy(logits, labels, reduction="none")
    assert torch.allclose(found.losses(TARGET, EOS)[0], expected, atol=1e-5)


def test_a_chance_of_one_tells_all_and_of_none_nothing():
    assert toss_coins(1.0, 3, 50).all()
    assert not toss_coins(0.0, 3, 50).any()
    assert not len(toss_coins(0.5, 3, 0))
    assert toss_coins(0.25, 0, 4000).float().mean() == pytest.approx(0.25, abs=0.03)


def test_each_step_reads_what_its_switch_says(model):
    told = [True, False, True, False, False]
    found = decode_mixed(model, SOURCE, LENGTHS, TARGET, flags(told), max_new_tokens=12, **IDS)
    own, read = found.own_ids[0].tolist(), found.read_ids[0].tolist()
    assert read[:5] == [given if flag else chosen for flag, given, chosen in zip(told, TARGET, own, strict=False)]
    state, token = model.start(SOURCE, LENGTHS), BOS
    with torch.no_grad():
        for position in range(found.own_ids.shape[1]):  # the row by hand
            logits, state = model.step(torch.tensor([token]), state)
            assert int(logits.argmax()) == own[position]
            token = read[position]


def test_rows_do_not_disturb_each_other(model):
    rows = [[True] * 5, [False] * 5, [True, True, False, False, True]]
    together = decode_mixed(model, SOURCE, LENGTHS, TARGET, flags(*rows), max_new_tokens=15, **IDS)
    for position, row in enumerate(rows):
        alone = decode_mixed(model, SOURCE, LENGTHS, TARGET, flags(row), max_new_tokens=15, **IDS)
        length = int(alone.lengths[0])
        assert int(together.lengths[position]) == length
        assert torch.allclose(together.log_probs[position, :length], alone.log_probs[0, :length], atol=1e-5)


def test_a_word_is_put_into_one_row_only_and_all_its_tokens_are_read(model):
    told = flags([True] * 5, [True] * 5)
    plain = decode_mixed(model, SOURCE, LENGTHS, TARGET, told[:1], max_new_tokens=9, **IDS)
    found = decode_mixed(
        model, SOURCE, LENGTHS, TARGET, told, put=Put(1, [7, 3, 6], flags([False, True])[0]), max_new_tokens=9, **IDS
    )
    assert torch.allclose(found.log_probs[0], plain.log_probs[0], atol=1e-5)
    assert torch.allclose(found.log_probs[1, :2], plain.log_probs[0, :2], atol=1e-5), "nothing changes before the word"
    state = model.start(SOURCE, LENGTHS)
    with torch.no_grad():
        for token in (BOS, TARGET[0], 7, 3, 6):  # by hand: the second piece gives way to three
            logits, state = model.step(torch.tensor([token]), state)
        assert torch.allclose(found.log_probs[1, 2], logits[0].log_softmax(-1), atol=1e-5)
        logits, _ = model.step(torch.tensor([TARGET[2]]), state)
        assert torch.allclose(found.log_probs[1, 3], logits[0].log_softmax(-1), atol=1e-5)
