"""Learning to translate: every pair is read once a pass, batches follow from seed and position, padding costs
nothing."""

from __future__ import annotations

import random

import pytest
import torch
from torch.nn import functional

from engine.errors import ConfigError, DataError
from engine.models.translator import Translator
from engine.training.translation import IGNORED, TranslationObjective

PAD, BOS, EOS = 0, 1, 2
ORDER = random.Random(3)


def pairs(count: int, mark: int = 3) -> list[tuple[list[int], list[int]]]:
    """Return pairs that can be told apart: the source's first token says which one it is."""
    return [
        ([100 + i, *[mark] * ORDER.randint(0, 6)], [ORDER.randint(3, 8) for _ in range(ORDER.randint(1, 7))])
        for i in range(count)
    ]


MAIN, EXTRA = pairs(30), [([500 + i], [4, 5]) for i in range(20)]


def build(**options) -> TranslationObjective:
    given = {"bos_id": BOS, "eos_id": EOS, "pad_id": PAD, "max_steps": 100, "batch_tokens": 24} | options
    return TranslationObjective(given.pop("main", MAIN), given.pop("validation", MAIN[:5]), **given)


def names(plan) -> list[int]:
    return [source[0] for batch in plan for source, _ in batch]


def test_a_pass_reads_every_pair_once_in_batches_of_a_limited_size():
    plan = build().plan(0)
    assert sorted(names(plan)) == [100 + i for i in range(30)]
    for batch in plan:
        widest = max(len(target) + 1 for _, target in batch)
        assert len(batch) * widest <= 24 or len(batch) == 1
    assert max(len(batch) for batch in plan) > 1


def test_batches_hold_targets_of_similar_length_in_random_order():
    plan = build().plan(0)
    longest = [max(len(target) for _, target in batch) for batch in plan]
    shortest = [min(len(target) for _, target in batch) for batch in plan]
    ordered = sorted(zip(shortest, longest, strict=True))
    assert all(one[1] <= other[0] for one, other in zip(ordered, ordered[1:], strict=False))
    assert longest != sorted(longest)


def test_passes_and_seeds_differ_and_repeat():
    assert names(build().plan(0)) == names(build().plan(0))
    assert names(build().plan(0)) != names(build().plan(1))
    assert names(build().plan(0)) != names(build(seed=1).plan(0))


def test_each_pass_reads_the_next_of_the_extra_pairs_until_all_were_read():
    objective = build(extra_pairs=EXTRA, extra_pairs_per_epoch=8)
    read = []
    for epoch in range(5):
        found = [name for name in names(objective.plan(epoch)) if name >= 500]
        assert len(found) == 8
        assert sorted(name for name in names(objective.plan(epoch)) if name < 500) == [100 + i for i in range(30)]
        read += found
    assert {name: read.count(name) for name in read} == {500 + i: 2 for i in range(20)}


def test_more_extra_pairs_than_there_are_is_all_of_them():
    assert len(names(build(extra_pairs=EXTRA, extra_pairs_per_epoch=99).plan(0))) == 50


def test_a_batch_depends_on_seed_and_position_alone():
    forwards, jumping = build(), build()
    expected = [forwards.batch(i) for i in range(25)]
    for position in (24, 3, 24, 0, 11):
        for ours, theirs in zip(jumping.batch(position), expected[position], strict=True):
            assert torch.equal(torch.as_tensor(ours), torch.as_tensor(theirs))
    assert jumping.passes.epoch > 0  # positions beyond the first pass were reached


def test_a_batch_is_padded_and_shifted():
    batch = build().collate([([5, 6], [7]), ([8], [3, 4, 5])], position=9)
    assert batch.source_ids.tolist() == [[5, 6], [8, PAD]]
    assert batch.lengths.tolist() == [2, 1]
    assert batch.target_ids.tolist() == [[BOS, 7, PAD, PAD], [BOS, 3, 4, 5]]
    assert batch.labels.tolist() == [[7, EOS, IGNORED, IGNORED], [3, 4, 5, EOS]]
    assert batch.position == 9


def test_empty_and_overlong_pairs_are_left_out():
    odd = [([], [3]), ([3], []), ([3] * 61, [3]), ([3], [3] * 61), ([3] * 60, [3] * 60)]
    assert build(main=odd, validation=odd).main_pairs == [odd[-1]]
    for main, validation in ((odd[:4], MAIN), (MAIN, odd[:4]), ([], MAIN)):
        with pytest.raises(DataError, match="no sentence pair to learn from: all are empty or too long"):
            build(main=main, validation=validation)


def test_an_unknown_schedule_is_refused():
    with pytest.raises(ConfigError, match="Unknown teacher-forcing schedule 'never'"):
        build(teacher_forcing_schedule="never")


# The loss


SMALL = [([3 + i % 5, 4], [3 + (i + j) % 6 for j in range(1 + i % 4)]) for i in range(12)]


def translator(seed=0) -> Translator:
    torch.manual_seed(seed)
    model = Translator(9, 5, 6, 1, 1, dropout=0.0).eval()
    with torch.no_grad():
        model.embedding.weight.mul_(4)
    return model


def small(**options) -> TranslationObjective:
    return build(main=SMALL, validation=SMALL, **options)


def test_the_loss_is_the_mean_over_real_tokens_only():
    objective, model = small(label_smoothing=0.0), translator()
    batch = objective.collate(SMALL)
    loss, carry = objective.loss(model, batch, None)
    assert carry is None
    total, count = 0.0, 0
    with torch.no_grad():
        for source, target in SMALL:
            logits, _ = model(torch.tensor([source]), torch.tensor([len(source)]), torch.tensor([[BOS, *target]]))
            total += float(functional.cross_entropy(logits[0], torch.tensor([*target, EOS]), reduction="sum"))
            count += len(target) + 1
    assert loss.item() == pytest.approx(total / count, rel=1e-5)


def test_smoothing_moves_a_tenth_of_the_mass_to_all_tokens():
    model = translator()
    batch = small().collate(SMALL[:3])
    logits, _ = model(batch.source_ids, batch.lengths, batch.target_ids)
    log_probs = logits.log_softmax(-1)
    is_real = batch.labels != IGNORED
    given = log_probs.gather(-1, batch.labels.clamp(min=0)[..., None])[..., 0]
    expected = -(0.9 * given + 0.1 * log_probs.mean(-1))[is_real].mean()
    torch.testing.assert_close(small(label_smoothing=0.1).loss(model, batch, None)[0], expected)


def test_validation_gives_the_smoothed_and_the_plain_loss_over_all_pairs():
    many = SMALL * 7  # more than the 64 read at once
    objective, model = build(main=SMALL, validation=many, label_smoothing=0.1), translator()
    with torch.no_grad():
        found = objective.evaluate(model)
        batch = objective.collate(many)
        smoothed = float(small(label_smoothing=0.1).loss(model, batch, None)[0])
        plain = float(small(label_smoothing=0.0).loss(model, batch, None)[0])
    assert found == {
        "loss": pytest.approx(smoothed, rel=1e-5),
        "nats_per_token": pytest.approx(plain, rel=1e-5),
    }


# Scheduled sampling


def test_full_teacher_forcing_never_samples(monkeypatch):
    monkeypatch.setattr(Translator, "forward_sampled", None)
    objective = small(teacher_forcing_ratio=1.0)
    assert torch.isfinite(objective.loss(translator(), objective.batch(50), None)[0])


def test_the_ratio_follows_the_schedule_over_the_run(monkeypatch):
    ratios = []
    real = Translator.forward_sampled

    def spy(self, source_ids, lengths, target_ids, ratio, generator):
        ratios.append(ratio)
        return real(self, source_ids, lengths, target_ids, ratio, generator)

    monkeypatch.setattr(Translator, "forward_sampled", spy)
    objective = small(teacher_forcing_ratio=0.2, teacher_forcing_schedule="linear")
    for position in (0, 25, 50, 100):
        objective.loss(translator(), objective.collate(SMALL, position), None)
    assert ratios == pytest.approx([0.8, 0.6, 0.2])  # at position 0 the ratio is 1: forced


def test_coins_are_a_function_of_seed_and_position():
    model = translator(2)

    def loss(seed, position):
        objective = small(teacher_forcing_ratio=0.5, seed=seed)
        return objective.loss(model, objective.collate(SMALL, position), None)[0].item()

    assert loss(0, 3) == loss(0, 3)
    assert len({loss(0, 3), loss(0, 4), loss(1, 3), loss(0, 5)}) > 1


def test_sampled_training_never_reads_the_target_where_the_ratio_is_zero():
    model, objective = translator(2), small(teacher_forcing_ratio=0.0, label_smoothing=0.0)
    batch = objective.collate(SMALL)
    other = batch._replace(target_ids=torch.cat([batch.target_ids[:, :1], batch.target_ids[:, 1:].flip(0)], 1))
    assert torch.equal(objective.loss(model, batch, None)[0], objective.loss(model, other, None)[0])


def test_the_free_loss_is_that_of_the_reference_read_by_a_decoder_that_reads_its_own_choices() -> None:
    torch.manual_seed(0)
    model = Translator(vocab_size=9, embedding_dim=6, hidden_size=6, dropout=0.0).eval()
    pairs = [([4, 5, 6], [6, 5, 4, 7]), ([5, 4], [7, 8])]
    objective = TranslationObjective(pairs, pairs, bos_id=1, eos_id=2, pad_id=0, max_steps=1, measures_free=True)
    total, tokens = 0.0, 0
    with torch.no_grad():
        for source, target in pairs:
            state, token = model.start(torch.tensor([source]), torch.tensor([len(source)])), 1
            for given in [*target, 2]:
                logits, state = model.step(torch.tensor([token]), state)
                total -= float(logits[0].log_softmax(dim=-1)[given])
                token, tokens = int(logits[0].argmax()), tokens + 1
        measured = objective.evaluate(model)
    assert measured["free_nats_per_token"] == pytest.approx(total / tokens, abs=1e-5)
    assert measured["free_nats_per_token"] != pytest.approx(measured["nats_per_token"], abs=1e-3)
