"""Memory half-life against a slow loop, gradients by a hook and by finite differences, and curves whose half-life is
known."""

from __future__ import annotations

import copy
import dataclasses
import math
from collections import Counter

import numpy as np
import pytest
import torch

from engine.errors import InputError
from engine.inspection.gradients.half_life import (
    Stretch,
    curves,
    disagreement,
    draw_replacements,
    falls_to,
    fit_half_life,
    half_life,
)
from engine.models.ngram import NgramModel
from engine.models.transformer_language_model import TransformerLanguageModel

TEXT = "A dog sat on the boat."  # 22 characters: room for 17 distances, from 5 places
SIZES = {
    "lstm": {"cell": "lstm"},
    "gru": {"cell": "gru", "num_layers": 1},
    "rnn": {"cell": "rnn"},
    "tied": {"tie_embeddings": True},
}


@pytest.fixture
def readers(reader, build_language_model):
    """Small models of every kind on the reader's characters, in double precision."""
    size = reader.tokenizer.vocab_size
    models = {name: build_language_model(size, seed=5, scale=3.0, **options) for name, options in SIZES.items()}
    torch.manual_seed(6)
    models["transformer"] = TransformerLanguageModel(
        size, width=8, num_layers=2, num_heads=2, feedforward_size=12, window=9
    ).eval()
    return {name: dataclasses.replace(reader, model=model.double()) for name, model in models.items()}


def log_probs_after(model, ids) -> np.ndarray:
    """Return the log-probabilities of the next token, one token read at a time."""
    state = model.start(1)
    with torch.no_grad():
        for token in ids:
            logits, state = model.step(torch.tensor([token]), state)
    return logits[0].double().log_softmax(-1).numpy()


@pytest.mark.parametrize("name", ["lstm", "transformer"])
def test_divergences_are_those_of_a_slow_loop_over_distances(readers, name):
    loaded = readers[name]
    ids = loaded.tokenizer.encode("\n" + TEXT[:14])
    expected = np.mean([np.exp(log_probs_after(loaded.model, ids[: stop + 1])) for stop in range(len(ids))], axis=0)
    result = half_life(loaded, TEXT[:14], seed=3, positions=64, replacements=2)
    begins = range(1, 4)
    assert (result.positions, result.tokens, len(result.frame)) == (3, 14, 11)
    drawn = draw_replacements(expected, np.array([ids[begin] for begin in begins]), 2, seed=3)
    slow = np.zeros((3, 11))
    for position, begin in enumerate(begins):
        for distance in range(1, 12):
            true = log_probs_after(loaded.model, ids[: begin + distance])
            for token in drawn[position]:
                changed = [*ids[:begin], int(token), *ids[begin + 1 : begin + distance]]
                other = log_probs_after(loaded.model, changed)
                slow[position, distance - 1] += sum(math.exp(p) * (p - q) for p, q in zip(true, other, strict=True)) / 2
    np.testing.assert_allclose(result.frame["kl"], slow.mean(0), rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(result.frame["kl_low"], np.quantile(slow, 0.25, axis=0), rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(result.frame["kl_share"], slow.mean(0) / slow.mean(0)[0], rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize("name", [*SIZES, "transformer"])
def test_gradients_are_those_that_flow_back_through_the_whole_text(readers, name):
    loaded = readers[name]
    ids = loaded.tokenizer.encode("\n" + TEXT)
    model, kept = copy.deepcopy(loaded.model), []
    model.embedding.register_forward_hook(lambda module, inputs, output: kept.append(output) or output.retain_grad())
    squares = np.zeros(17)
    for begin in range(1, 6):  # the window is tokens begin..begin + 16; the next one is what is predicted
        kept.clear()
        logits, _ = model(torch.tensor([ids[: begin + 17]]))
        logits[0, -1].log_softmax(-1)[ids[begin + 17]].backward()
        squares += kept[0].grad[0, begin:].norm(dim=-1).flip(0).numpy() ** 2 / 5
    frame = half_life(loaded, TEXT, positions=64, replacements=1).frame
    np.testing.assert_allclose(frame["gradient_norm"], np.sqrt(squares), rtol=1e-8)
    np.testing.assert_allclose(frame["gradient_share"], squares / squares[0], rtol=1e-8)


def test_a_gradient_is_the_slope_that_a_small_change_has(readers):
    loaded = readers["lstm"]
    ids = loaded.tokenizer.encode("\n" + TEXT)
    model = copy.deepcopy(loaded.model)
    model.embedding = torch.nn.Embedding.from_pretrained(
        loaded.model.embedding.weight.detach()[torch.tensor(ids)]
    )  # a row per place
    frame = half_life(loaded, TEXT, positions=1, replacements=1).frame

    def value() -> float:
        with torch.no_grad():
            logits, _ = model(torch.arange(18)[None])  # the start and a window of 17
        return logits[0, -1].log_softmax(-1)[ids[18]].item()

    for distance in (1, 4, 17):
        row = model.embedding.weight.data[18 - distance]
        slopes = []
        for unit in range(len(row)):
            row[unit] += 1e-6
            above = value()
            row[unit] -= 2e-6
            slopes.append((above - value()) / 2e-6)
            row[unit] += 1e-6
        assert frame["gradient_norm"][distance - 1] == pytest.approx(math.hypot(*slopes), rel=1e-5)


def test_the_shared_model_stays_as_it_was(reader):
    before = copy.deepcopy(reader.model.state_dict())
    embedding = reader.model.embedding
    half_life(reader, TEXT)
    assert reader.model.embedding is embedding
    assert all(parameter.grad is None for parameter in reader.model.parameters())
    assert all(torch.equal(tensor, before[name]) for name, tensor in reader.model.state_dict().items())


def test_an_ngram_model_forgets_at_once_and_has_no_gradient(reader):
    ids = reader.tokenizer.encode(TEXT * 20)
    loaded = dataclasses.replace(reader, model=NgramModel.count(ids, reader.tokenizer.vocab_size, order=4))
    result = half_life(loaded, TEXT * 3)
    assert (result.frame["kl"][:3] > 0).any()
    assert (result.frame["kl"][3:] == 0).all()  # it looks at three tokens
    assert result.hundredth <= 4
    assert result.gradient_half_life is None
    assert math.isnan(result.rank_correlation)
    assert not result.frame["disagrees"].any()


def test_same_seed_same_curves_other_seed_others(reader):
    one, again, other = (half_life(reader, TEXT * 2, seed=seed).frame for seed in (1, 1, 2))
    assert one.equals(again)
    assert not np.allclose(one["kl"], other["kl"])
    np.testing.assert_array_equal(one["gradient_norm"], other["gradient_norm"])  # nothing is drawn for it


def test_replacements_follow_the_distribution_without_the_true_token():
    expected = np.array([0.5, 0.2, 0.0, 0.2, 0.1])
    drawn = draw_replacements(expected, np.array([0] * 500), 8, seed=0)
    counts = Counter(drawn.flatten().tolist())
    assert set(counts) == {1, 3, 4}
    for token, share in ((1, 0.4), (3, 0.4), (4, 0.2)):
        assert counts[token] / 4000 == pytest.approx(share, abs=0.03)
    assert draw_replacements(np.array([0.0, 1.0, 1e-9]), np.array([1]), 3, seed=0).tolist() == [[2, 2, 2]]


def test_known_curves_have_known_half_lives():
    distances = np.arange(1, 61)
    shares = 0.5 ** ((distances - 1) / 7)  # half is left 7 tokens after the first
    assert falls_to(shares, 1 / 2) == pytest.approx(8)
    assert falls_to(shares, 1 / 100) == pytest.approx(
        1 + 7 * math.log2(100), abs=0.05
    )  # a straight line between tokens
    fitted, r2 = fit_half_life(3.3 * shares)
    assert (fitted, r2) == (pytest.approx(8), pytest.approx(1))
    assert falls_to(np.array([1.0, 0.8, 0.4]), 1 / 2) == pytest.approx(2.75)
    assert falls_to(np.array([1.0, 0.9, 0.8]), 1 / 2) is None
    assert fit_half_life(np.linspace(1, 2, 9))[0] is None  # it grows
    assert fit_half_life(1 / distances**2)[1] < 0.9  # a power law is no exponential


def test_disagreement_is_where_one_curve_falls_another_way():
    distances = np.arange(1, 101)
    kl, gradient = 0.9 ** (distances - 1.0), np.sqrt(0.9 ** (distances - 1.0))
    same = curves(kl[None], gradient[None])
    assert not same["disagrees"].any()  # a squared gradient falls as fast as the divergence
    gradient[:40] = np.sqrt(0.5 ** (distances[:40] - 1.0))  # falls faster, then is too large by chance
    gradient[60:] *= 10
    frame = curves(kl[None], gradient[None])
    stretches = disagreement(frame)
    assert [stretch.gradient_says_more for stretch in stretches] == [False, True]
    assert 3 <= stretches[0].first <= 6  # (0.9 / 0.5)^2 is beyond 3
    assert stretches[1].last == 100
    assert stretches[0] == Stretch(stretches[0].first, stretches[0].last, False)
    assert frame.loc[stretches[0].first - 1 : stretches[0].last - 1, "disagrees"].all()


def test_places_and_distances_are_what_the_text_has_room_for(reader):
    assert (half_life(reader, TEXT, farthest=5).frame["distance"] == np.arange(1, 6)).all()
    long = half_life(reader, TEXT * 12, farthest=200, positions=6, replacements=1)
    assert (len(long.frame), long.positions, long.tokens) == (200, 6, 264)
    assert long.characters_per_token == 1
    assert long.processor_seconds > 0
    shortest = half_life(reader, "A dog sa")
    assert (len(shortest.frame), shortest.positions) == (6, 2)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"text": ""}, "The text has 0 tokens for this network; it needs 8 to 4,000, and 250 for all 200 distances."),
        ({"text": "A dog s"}, "has 7 tokens"),
        ({"text": "A dog " * 1000}, "has 6,000 tokens"),
        ({"text": TEXT + "\ud800"}, "not UTF-8"),
        ({"farthest": 0}, "The farthest distance must lie between 1 and 200, not 0."),
        ({"farthest": 100_000}, "between 1 and 200, not 100,000"),
        ({"positions": 0}, "The number of places must lie between 1 and 64"),
        ({"replacements": 99}, "The number of replacements must lie between 1 and 32"),
        ({"seed": -1}, "The seed must lie between 0"),
    ],
)
def test_what_cannot_be_measured_is_said_in_a_sentence(reader, options, sentence):
    with pytest.raises(InputError, match=sentence.replace("(", r"\(")):
        half_life(reader, **({"text": TEXT} | options))
