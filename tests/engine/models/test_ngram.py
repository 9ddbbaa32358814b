"""The n-gram model against Chen and Goodman's formulas written out plainly, and against what a model must be."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.decoding.sampling import generate
from engine.decoding.scoring import score_stream, score_windows, surprise_stream
from engine.errors import ConfigError, ModelError
from engine.models.base import select
from engine.models.folder import load_model
from engine.models.ngram import LEAST_DISCOUNT, NgramModel
from engine.text import TOKENIZERS
from tests.engine.conftest import TINY_TEXT, write_model_folder

TOKENIZER = TOKENIZERS.get("character").train([TINY_TEXT])
IDS = TOKENIZER.encode(TINY_TEXT * 2)
ORDER = 4


def by_hand(ids: list[int], order: int, vocab_size: int, context: list[int], token: int) -> float:
    """Return the probability of `token` after `context`, by recursion over dictionaries; slow, and nothing shared."""
    grams = {order: Counter(tuple(ids[i : i + order]) for i in range(len(ids) - order + 1))}
    for length in range(order - 1, 0, -1):
        grams[length] = Counter(gram[1:] for gram in grams[length + 1])

    def discount(length: int, count: int) -> float:
        n = [0] + [sum(1 for value in grams[length].values() if value == times) for times in (1, 2, 3, 4)]
        y = n[1] / (n[1] + 2 * n[2]) if n[1] else 0.5
        times = min(count, 3)
        value = times - (times + 1) * y * n[times + 1] / n[times] if n[times] else y
        return min(max(value, LEAST_DISCOUNT), times)

    def probability(history: tuple[int, ...]) -> float:
        lower = probability(history[1:]) if history else 1 / vocab_size
        followers = {gram[-1]: count for gram, count in grams[len(history) + 1].items() if gram[:-1] == history}
        if not followers:
            return lower
        total, length = sum(followers.values()), len(history) + 1
        left = sum(discount(length, count) for count in followers.values()) / total
        own = followers.get(token, 0)
        return (own - discount(length, own) if own else 0.0) / total + left * lower

    return probability(tuple(context[-(order - 1) :]))


@pytest.fixture(scope="module")
def model() -> NgramModel:
    return NgramModel.count(IDS, TOKENIZER.vocab_size, ORDER)


@pytest.mark.parametrize("context", ["", "T", "The", "The fog sat on the b", "zzz", "\n", "boa", "e?!"])
def test_probabilities_are_those_of_the_formulas(model: NgramModel, context: str) -> None:
    ids = TOKENIZER.encode(context)
    state = model.start(1)
    for token_id in ids:
        logits, state = model.step(torch.tensor([token_id]), state)
    found = logits[0].exp().numpy() if ids else model._lowest
    truth = [by_hand(IDS, ORDER, model.vocab_size, ids, token) for token in range(model.vocab_size)]
    np.testing.assert_allclose(found, truth, rtol=2e-6)


@settings(max_examples=25)
@given(st.lists(st.integers(0, 4), max_size=40), st.integers(2, 5), st.lists(st.integers(0, 4), min_size=1, max_size=8))
def test_every_text_gives_distributions_in_which_nothing_is_impossible(
    ids: list[int], order: int, read: list[int]
) -> None:
    model = NgramModel.count(ids, 5, order)
    logits, _ = model(torch.tensor([read]))
    assert torch.isfinite(logits).all()
    np.testing.assert_allclose(logits.double().exp().sum(-1), 1, atol=1e-6)
    truth = [by_hand(ids, order, 5, read, token) for token in range(5)]
    np.testing.assert_allclose(logits[0, -1].exp(), truth, rtol=1e-5)


def test_whole_sequences_equal_single_steps_and_any_cut(model: NgramModel) -> None:
    ids = torch.tensor([IDS[:30], IDS[40:70]])
    whole, last = model(ids)
    state, steps = model.start(2), []
    for position in range(30):
        logits, state = model.step(ids[:, position], state)
        steps.append(logits)
    assert torch.equal(whole, torch.stack(steps, dim=1))
    assert torch.equal(last, state)
    first, state = model(ids[:, :11])
    rest, state = model(ids[:, 11:], state)
    assert torch.equal(whole, torch.cat([first, rest], dim=1))
    assert torch.equal(state, last)


def test_states_can_be_picked(model: NgramModel) -> None:
    _, state = model(torch.tensor([IDS[:9], IDS[9:18]]))
    picked = select(state, torch.tensor([1, 1, 0]))
    assert picked.tolist() == [IDS[15:18], IDS[15:18], IDS[6:9]]


def test_scoring_and_writing_work_unchanged(model: NgramModel) -> None:
    ids = torch.tensor(IDS[:60])
    surprise = surprise_stream(model, ids, first_id=IDS[0])
    by_formula = [-math.log(by_hand(IDS, ORDER, model.vocab_size, [IDS[0], *IDS[:i]], IDS[i])) for i in range(60)]
    np.testing.assert_allclose(surprise, by_formula, rtol=1e-4, atol=1e-6)
    assert score_stream(model, ids, IDS[0]) == pytest.approx(np.mean(by_formula), rel=1e-5)
    assert score_windows(model, ids, 7, IDS[0]) > score_stream(model, ids, IDS[0])
    one, two = ([t.token_id for t in generate(model, IDS[:3], max_new_tokens=40, seed=5)] for _ in range(2))
    assert one == two
    assert set(one) <= set(range(model.vocab_size))


def test_a_folder_keeps_the_counts_exactly(model: NgramModel, tmp_path) -> None:
    facts = {"model": "ngram", "cell": "ngram", "title": "Counts", "label": "4-gram", "group": "baseline"}
    folder = write_model_folder(tmp_path / "counts", model, TOKENIZER, facts)
    loaded = load_model(folder)
    assert torch.equal(loaded.model.ngrams, model.ngrams)
    assert torch.equal(loaded.model.counts, model.counts)
    ids = torch.tensor([IDS[:50]])
    assert torch.equal(loaded.model(ids)[0], model(ids)[0])
    info = loaded.info
    assert (info.architecture, info.label, info.group, info.has_units) == ("ngram", "4-gram", "baseline", False)
    assert info.parameters == len(Counter(zip(*(IDS[i:] for i in range(ORDER)), strict=False)))
    assert "4 characters in a row" in info.card_text
    weights = folder / "model.safetensors"
    config = (folder / "config.json").read_text()
    (folder / "config.json").write_text(config.replace('"num_ngrams": ', '"num_ngrams": 1'))
    with pytest.raises(ModelError, match="its weights have no such size"):
        load_model(folder)
    weights.write_bytes(weights.read_bytes()[:-3])
    with pytest.raises(ModelError, match="cut short"):
        load_model(folder)


@pytest.mark.parametrize(("vocab_size", "order"), [(10, 1), (10, 13), (100_000, 6)])
def test_an_order_that_cannot_be_is_one_sentence(vocab_size: int, order: int) -> None:
    with pytest.raises(ConfigError, match=f"order must lie between 2 and 12 and fit the vocabulary, not {order}"):
        NgramModel(vocab_size, order)
