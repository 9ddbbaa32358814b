"""Sampling: the distribution obeys its settings, frequencies obey the distribution, the same seed writes the same
text."""

from __future__ import annotations

import itertools
import math
import threading

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.decoding.sampling import Draws, draw_from, generate, next_distribution
from engine.models.steps import prefill

LOGITS = st.lists(st.floats(-30, 30, width=32, allow_subnormal=False), min_size=1, max_size=12)
TEMPERATURES = st.floats(0, 3)


def distribution(logits: list[float], *arguments, **options) -> torch.Tensor:
    return torch.from_numpy(next_distribution(np.array(logits, dtype=np.float32), *arguments, **options))


# The distribution


@given(LOGITS, TEMPERATURES, st.integers(0, 14), st.floats(0.01, 1))
def test_it_is_always_a_distribution(logits, temperature, top_k, top_p):
    found = distribution(logits, temperature, top_k, top_p)
    assert found.dtype == torch.float32
    assert bool((found >= 0).all())
    assert float(found.sum()) == pytest.approx(1, abs=1e-5)
    assert any(mass > 0 and logit >= max(logits) - 1e-6 for mass, logit in zip(found, logits, strict=True))


@given(LOGITS, st.floats(0.05, 3))
def test_without_cuts_it_is_the_softmax_at_that_temperature(logits, temperature):
    highest = max(logits)
    weights = [math.exp((logit - highest) / temperature) for logit in logits]
    expected = [weight / sum(weights) for weight in weights]
    assert distribution(logits, temperature).tolist() == pytest.approx(expected, abs=1e-5)


@given(LOGITS)
def test_temperature_zero_is_certain_of_the_likeliest(logits):
    found = distribution(logits, 0.0)
    assert int(found.argmax()) == int(torch.tensor(logits).argmax())
    assert sorted(found.tolist())[-1] == 1
    assert float(found.sum()) == 1


def test_the_set_is_the_smallest_whose_mass_reaches_p():
    """Half of the mass is reached by one of two equal tokens: the other is not needed."""
    assert distribution([0.0, 0.0], top_p=0.5).tolist() == [1, 0]
    assert distribution([0.0, 0.0], top_p=0.501).tolist() == [0.5, 0.5]
    assert distribution([0.0] * 4, top_p=0.75).tolist() == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0])


def test_a_p_of_one_cuts_nothing_however_little_is_left():
    found = distribution([50.0, 0.0, -1.0], top_p=1.0)
    assert float(found[0]) == 1, "the likeliest alone reaches 1 by rounding"
    assert torch.equal(found, torch.tensor([50.0, 0.0, -1.0]).softmax(-1))
    assert bool((found > 0).all())


def test_a_tiny_temperature_tells_almost_equal_tokens_apart():
    assert distribution([0.0, -1e-4], 1e-9).tolist() == [1, 0]


@given(LOGITS, st.sampled_from([1e-3, 1e-6, 1e-12, 1e-45, 1e-50, 1e-300, 5e-324]))
def test_a_temperature_near_zero_comes_near_to_that(logits, temperature):
    ordered = sorted(logits, reverse=True)
    assume(len(ordered) == 1 or ordered[0] - ordered[1] > 0.05)
    assert distribution(logits, temperature).tolist() == pytest.approx(distribution(logits, 0.0).tolist(), abs=1e-6)


@given(LOGITS, st.floats(0.05, 3))
def test_top_k_of_one_is_greedy_even_among_equals(logits, temperature):
    assert torch.equal(distribution(logits, temperature, top_k=1), distribution(logits, 0.0))
    assert torch.equal(
        distribution([2.0, 5.0, 5.0, 5.0], temperature, top_k=1), distribution([2.0, 5.0, 5.0, 5.0], 0.0)
    )


@given(st.lists(st.sampled_from([-1.0, 0.0, 1.0, 2.5]), min_size=1, max_size=12), st.integers(1, 14))
def test_top_k_keeps_k_of_the_likeliest_in_proportion(logits, top_k):
    found, full = distribution(logits, 1.0, top_k), distribution(logits, 1.0)
    kept = [i for i, mass in enumerate(found) if mass > 0]
    assert len(kept) == min(top_k, len(logits))
    assert min(logits[i] for i in kept) >= max(
        [logits[i] for i in range(len(logits)) if i not in kept], default=-math.inf
    )
    expected = full[kept] / full[kept].sum()
    assert found[kept].tolist() == pytest.approx(expected.tolist(), abs=1e-6)


@given(LOGITS, TEMPERATURES)
def test_top_k_of_zero_and_top_p_of_one_change_nothing(logits, temperature):
    plain = distribution(logits, temperature)
    assert torch.equal(distribution(logits, temperature, 0, 1.0), plain)
    assert torch.equal(distribution(logits, temperature, len(logits), 1.0), plain)


@given(LOGITS, st.floats(0.01, 0.999))
def test_top_p_keeps_the_smallest_set_of_likeliest_whose_mass_reaches_p(logits, top_p):
    found, full = distribution(logits, 1.0, 0, top_p), distribution(logits, 1.0)
    kept = [i for i, mass in enumerate(found) if mass > 0]
    left = [i for i in range(len(logits)) if i not in kept and full[i] > 0]
    assert all(full[i] >= full[j] for i, j in itertools.product(kept, left))
    mass = float(full[kept].double().sum())
    assert mass >= top_p - 1e-5
    assert len(kept) == 1 or mass - float(min(full[i] for i in kept)) < top_p + 1e-5
    assert found[kept].tolist() == pytest.approx((full[kept] / full[kept].sum()).tolist(), abs=1e-5)


def test_top_p_by_hand():
    logits = [math.log(mass) for mass in (0.5, 0.25, 0.15, 0.1)]
    assert distribution(logits, top_p=0.45).tolist() == pytest.approx([1, 0, 0, 0])
    assert distribution(logits, top_p=0.55).tolist() == pytest.approx([2 / 3, 1 / 3, 0, 0])
    assert distribution(logits, top_p=0.8).tolist() == pytest.approx([50 / 90, 25 / 90, 15 / 90, 0])
    # Top-k comes first: of the three left the first two hold 5/9 + 2.5/9 of the mass.
    assert distribution(logits, top_k=3, top_p=0.82).tolist() == pytest.approx([2 / 3, 1 / 3, 0, 0])
    assert distribution(logits, top_k=3, top_p=0.84).tolist() == pytest.approx([50 / 90, 25 / 90, 15 / 90, 0])


def test_temperature_comes_before_the_cuts():
    logits = [math.log(mass) for mass in (0.5, 0.25, 0.15, 0.1)]
    flat = distribution(logits, 2.0)
    assert float(flat[0]) < 0.45
    assert (distribution(logits, 2.0, 0, 0.45) > 0).tolist() == [True, True, False, False]


def test_rows_of_a_batch_are_cut_each_by_itself():
    rows = np.array([[0.0, 1.0, 2.0, 3.0], [3.0, 0.0, 2.9, 1.0]], dtype=np.float32)
    for options in (
        {"top_k": 2},
        {"top_p": 0.7},
        {"temperature": 0},
        {"temperature": 0.5, "top_k": 3, "top_p": 0.9},
    ):
        found = next_distribution(rows, **options)
        for row, expected in zip(rows, found, strict=True):
            np.testing.assert_allclose(next_distribution(row, **options), expected)


def test_the_logits_given_are_left_alone():
    logits = np.array([1.0, 2.0, 3.0], dtype=np.float32)
    next_distribution(logits, 0.5, 2, 0.5)
    assert logits.tolist() == [1, 2, 3]


def by_sorting(logits: np.ndarray, temperature: float, top_k: int, top_p: float) -> np.ndarray:
    """Return the distribution as the definition reads, in double precision: sorted whole, likeliest first."""
    order = sorted(range(len(logits)), key=lambda i: -logits[i])  # stable: the first ones among equals
    kept = order[: top_k or None]
    weights = np.exp((logits[kept].astype(float) - logits.max()) / temperature)
    weights /= weights.sum()
    if top_p < 1:
        weights[np.cumsum(weights) - weights >= top_p] = 0
        weights /= weights.sum()
    found = np.zeros(len(logits))
    found[kept] = weights
    return found


@pytest.mark.parametrize("size", [66, 2000])
@pytest.mark.parametrize(("temperature", "scale"), [(1.0, 3.0), (0.3, 1.0), (3.0, 0.1)])
def test_partitions_keep_what_sorting_keeps(size, temperature, scale):
    """From a few tokens to nearly all of them, and with many that are equally likely."""
    generator = np.random.default_rng(size)
    for is_rounded, top_k, top_p in itertools.product((False, True), (0, 1, 7, 500, 5000), (1.0, 0.999, 0.9, 0.31)):
        logits = (generator.normal(size=size) * scale).astype(np.float32)
        logits = np.round(logits, 1) if is_rounded else logits
        expected = by_sorting(logits, temperature, min(top_k, size), top_p)
        found = next_distribution(logits, temperature, top_k, top_p)
        off = int((found > 0).sum()) - int((expected > 0).sum())
        assert abs(off) <= (top_p < 1)  # a sum of floats may be a hair off
        if not off:
            np.testing.assert_array_equal(found > 0, expected > 0)
            np.testing.assert_allclose(found, expected, rtol=2e-4, atol=1e-9)


# Drawing


@pytest.mark.parametrize("size", [7, 66, 2000])
@pytest.mark.parametrize("seed", [0, 5, 2**31 - 1, 2**31 + 7 * 1_000_003, 2**32 + 1])
def test_draws_are_those_of_torchs_generator(size, seed):
    """What was written with a seed before is written with it still."""
    generator, draws = torch.Generator().manual_seed(seed), Draws(seed)
    for _ in range(3):
        expected = torch.empty(size).exponential_(generator=generator).numpy()
        np.testing.assert_array_equal(draws.waiting_times(size), expected)
    chances = np.random.default_rng(1).dirichlet(np.ones(size)).astype(np.float32)
    chances[::3] = 0
    waiting = torch.empty(size).exponential_(generator=generator)
    assert draw_from(chances, draws) == int((torch.from_numpy(chances) / waiting).argmax())
    draws.skip(2, size)
    torch.empty(2 * size).exponential_(generator=generator)
    assert draws.waiting_times(1)[0] == pytest.approx(float(torch.empty(1).exponential_(generator=generator)))


class Fixed:
    """A step model whose next token never depends on what was read."""

    def __init__(self, logits: list[float]) -> None:
        self.logits = torch.tensor([logits])

    def start(self, batch_size: int = 1) -> torch.Tensor:
        return torch.zeros(batch_size)

    def step(self, token_ids: torch.Tensor, state: torch.Tensor):
        return self.logits.expand(len(token_ids), -1), state + 1


def chi_square(counts: list[int], probabilities: list[float]) -> float:
    total = sum(counts)
    return sum((count - total * p) ** 2 / (total * p) for count, p in zip(counts, probabilities, strict=True))


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_frequencies_follow_the_softmax(temperature):
    logits = [0.0, 1.0, 2.0, 0.5, -1.0]
    drawn = [
        token.token_id for token in generate(Fixed(logits), [0], max_new_tokens=4000, temperature=temperature, seed=11)
    ]
    expected = torch.tensor(logits).double().div(temperature).softmax(-1).tolist()
    counts = [drawn.count(i) for i in range(5)]
    assert chi_square(counts, expected) < 18.47  # 4 degrees of freedom: exceeded once in a thousand seeds
    wrong = torch.tensor(logits).double().div(temperature * 1.3).softmax(-1).tolist()
    assert chi_square(counts, wrong) > 18.47  # and the test would notice a temperature that is off


def test_what_the_cuts_exclude_is_never_drawn():
    logits = [0.0, 1.0, 2.0, 0.5, -1.0]
    assert {t.token_id for t in generate(Fixed(logits), [0], max_new_tokens=500, top_k=2, seed=1)} == {1, 2}
    assert {t.token_id for t in generate(Fixed(logits), [0], max_new_tokens=500, top_p=0.5, seed=1)} == {2}
    assert {t.token_id for t in generate(Fixed(logits), [0], max_new_tokens=50, temperature=0, seed=1)} == {2}


def test_log_probs_are_the_models_own_whatever_the_temperature():
    logits = [0.0, 1.0, 2.0]
    expected = torch.tensor(logits).log_softmax(-1)
    for options in (
        {"temperature": 0},
        {"temperature": 0.3},
        {"top_k": 1},
        {"temperature": 2.0, "top_p": 0.5},
    ):
        for token in generate(Fixed(logits), [0], max_new_tokens=20, seed=2, **options):
            assert token.log_prob == pytest.approx(float(expected[token.token_id]), abs=1e-5)


def test_writing_stops_at_the_limit_or_before_the_stop_token():
    assert len(list(generate(Fixed([0.0, 1.0]), [0], max_new_tokens=7))) == 7
    assert list(generate(Fixed([0.0, 1.0]), [0], max_new_tokens=0)) == []
    found = [t.token_id for t in generate(Fixed([0.0, 3.0]), [0], max_new_tokens=500, seed=3, stop_id=0)]
    assert 0 < len(found) < 500
    assert set(found) == {1}


def test_the_written_tokens_are_read_back_by_the_model(build_language_model):
    model = build_language_model(scale=8.0, seed=1)
    found = list(generate(model, [1, 3], max_new_tokens=12, temperature=0))
    ids = [1, 3]
    for token in found:
        with torch.no_grad():
            log_probs = model(torch.tensor([ids]))[0][0, -1].log_softmax(-1)
        assert token.token_id == int(log_probs.argmax())
        assert token.log_prob == pytest.approx(float(log_probs.max()), abs=1e-5)
        ids.append(token.token_id)
    assert len(set(ids[3:])) > 1  # not one token for ever


# Seeds


def write(model, seed: int, **options) -> list[tuple[int, float]]:
    return [tuple(t) for t in generate(model, [1], max_new_tokens=40, seed=seed, **options)]


def test_the_same_seed_writes_the_same_and_another_seed_another(build_language_model):
    model = build_language_model()
    assert write(model, 5) == write(model, 5)
    assert write(model, 5) != write(model, 6)


def test_the_seed_of_the_process_is_neither_read_nor_changed(build_language_model):
    model = build_language_model()
    torch.manual_seed(1)
    before = torch.get_rng_state()
    first = write(model, 5)
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(2)
    assert write(model, 5) == first


def test_the_same_seed_writes_the_same_while_others_write(build_language_model):
    model = build_language_model(hidden_size=32)
    alone = {seed: write(model, seed) for seed in range(3)}
    is_over = threading.Event()

    def keep_busy(seed: int) -> None:
        while not is_over.is_set():
            write(model, seed)
            torch.rand(5)

    others = [threading.Thread(target=keep_busy, args=(100 + i,)) for i in range(4)]
    for thread in others:
        thread.start()
    try:
        for _ in range(3):
            assert {seed: write(model, seed) for seed in range(3)} == alone
    finally:
        is_over.set()
        for thread in others:
            thread.join()


def test_two_writers_taking_turns_do_not_disturb_each_other(build_language_model):
    model = build_language_model()
    turns = zip(*(generate(model, [1], max_new_tokens=20, seed=seed) for seed in (1, 2)), strict=True)
    together = list(zip(*turns, strict=True))
    for seed, found in zip((1, 2), together, strict=True):
        assert list(found) == list(generate(model, [1], max_new_tokens=20, seed=seed))


# The prompt


@settings(max_examples=20)
@given(st.lists(st.integers(0, 6), min_size=1, max_size=8), st.integers(0, 8))
def test_priming_at_once_or_in_two_parts_or_step_by_step_is_the_same(ids, cut):
    from engine.models.language_model import LanguageModel

    torch.manual_seed(0)
    model = LanguageModel(7, 5, 6, 2).eval()
    logits, state = prefill(model, ids)
    assert logits.shape == (1, 7)
    first, second = ids[:cut], ids[cut:]
    if first and second:
        again, _ = prefill(model, second, prefill(model, first)[1])
        torch.testing.assert_close(again, logits)
    by_steps = model.start(1)
    with torch.no_grad():
        for token_id in ids:
            stepped, by_steps = model.step(torch.tensor([token_id]), by_steps)
    torch.testing.assert_close(stepped, logits)
    torch.testing.assert_close(by_steps[1].cell, state[1].cell)


def test_priming_leaves_no_graph(build_language_model):
    logits, state = prefill(build_language_model(), [1, 2, 3])
    assert not logits.requires_grad
    assert not state[0].hidden.requires_grad
