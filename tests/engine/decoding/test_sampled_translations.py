"""Translations by chance: as likely as the model says, the same for the same seed, and told with the model's own
log-probabilities."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from engine.decoding.forced import forced
from engine.decoding.greedy import greedy
from engine.decoding.limits import SamplingSettings
from engine.decoding.sampled_translations import drawn
from engine.decoding.text import encode_sources, sample_translations, translate, translate_lines
from engine.errors import InputError

MARKS = {"bos_id": 1, "eos_id": 2, "max_new_tokens": 12}


@pytest.fixture
def model(build_translator):
    return build_translator(9, seed=3, scale=2.0)


def draw_from(model, seeds, **settings):
    return drawn(model, torch.tensor([[4, 5, 6]]), torch.tensor([3]), seeds=seeds, **MARKS, **settings)


def test_first_tokens_are_drawn_as_often_as_the_model_says(model):
    seeds = list(range(3000))
    counts = torch.zeros(9)
    for found in drawn(
        model, torch.tensor([[4, 5, 6]]), torch.tensor([3]), seeds=seeds, **(MARKS | {"max_new_tokens": 1})
    ):
        counts[found.token_ids[0] if found.token_ids else MARKS["eos_id"]] += 1
    logits, _ = model.step(torch.tensor([1]), model.start(torch.tensor([[4, 5, 6]]), torch.tensor([3])))
    expected = logits[0].softmax(dim=-1).detach() * len(seeds)
    chi_square = float(((counts - expected) ** 2 / expected).sum())
    assert chi_square < 26.1  # 0.1 % of fair draws exceed it at 8 degrees of freedom


def test_the_same_seed_gives_the_same_text_whatever_is_drawn_beside_it(model):
    alone = draw_from(model, [7])[0]
    beside = draw_from(model, [3, 7, 11])
    assert beside[1].token_ids == alone.token_ids
    assert beside[1].log_probs == alone.log_probs
    assert len({tuple(found.token_ids) for found in draw_from(model, list(range(20)))}) > 5


@pytest.mark.parametrize("settings", [{"temperature": 0.0}, {"top_k": 1}, {"top_p": 0.01}])
def test_without_freedom_it_is_greedy(model, settings):
    (best,) = greedy(model, torch.tensor([[4, 5, 6]]), torch.tensor([3]), **MARKS)
    for found in draw_from(model, [1, 2], **settings):
        assert found.token_ids == best.token_ids
        assert found.log_probs == pytest.approx(best.log_probs, abs=1e-6)


def test_log_probabilities_are_those_of_a_forced_decoding_whatever_the_temperature(model):
    for found in draw_from(model, list(range(12)), temperature=1.7, top_k=5):
        taught = forced(model, torch.tensor([[4, 5, 6]]), torch.tensor([3]), found.token_ids, bos_id=1, eos_id=2)
        count = len(found.log_probs)
        assert found.log_probs == pytest.approx(taught.log_probs[:count].tolist(), abs=1e-5)
        assert found.score == pytest.approx(sum(found.log_probs))
        assert torch.allclose(found.attention_weights, taught.attention_weights[:count], atol=1e-6)
        assert count == len(found.token_ids) + found.is_finished


def test_sentences_are_drawn_with_consecutive_seeds(interpreter):
    settings = SamplingSettings(temperature=1.5, seed=4)
    three = sample_translations(interpreter, "a dog runs", settings, 3)
    for position, found in enumerate(three):
        (alone,) = sample_translations(interpreter, "a dog runs", dataclasses.replace(settings, seed=4 + position))
        assert (alone.text, alone.log_probs) == (found.text, found.log_probs)
    cold = SamplingSettings(temperature=0.0)
    assert sample_translations(interpreter, "a dog runs", cold)[0].text == translate(interpreter, "a dog runs")[0].text


def test_a_line_is_drawn_the_same_whatever_stands_beside_it(interpreter):
    settings = SamplingSettings(temperature=1.5, seed=4)
    lines = ["the cat sees the dog", "", "a boat"]
    found = dict(translate_lines(interpreter, lines, sampling=settings))
    assert found[1] == ""
    for index in (0, 2):
        assert found[index] == sample_translations(interpreter, lines[index], settings)[0].text


def test_bad_settings_are_refused(interpreter):
    with pytest.raises(InputError, match="temperature"):
        sample_translations(interpreter, "a dog", SamplingSettings(temperature=-1.0))
    with pytest.raises(InputError, match="nothing to translate"):
        sample_translations(interpreter, " ", SamplingSettings())
    source, lengths = encode_sources(interpreter, ["a dog"])
    assert drawn(interpreter.model, source, lengths, seeds=[], **MARKS) == []
