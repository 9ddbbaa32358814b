"""One translation opened up: every number is the decoder's own; sentences repeat the numbers."""

from __future__ import annotations

import dataclasses
import math
import pickle

import numpy as np
import pytest
import torch

from engine.decoding import text
from engine.decoding.text import encode_sources, search, translate
from engine.inspection.translation.translations import (
    confidence_sentence,
    confidence_table,
    inspect_translation,
)
from engine.models.folder import LoadedModel

SOURCE = "the dog sees a cat"


def test_report_repeats_the_best_translation(interpreter: LoadedModel) -> None:
    found = search(interpreter, *encode_sources(interpreter, [SOURCE]), 3, 1.0)[0][0]
    report = inspect_translation(interpreter, SOURCE, 3, 1.0)
    assert report.text == interpreter.tokenizer.decode(found.token_ids)
    ended = [report.end_log_prob] if report.is_finished else []
    assert report.log_probs + ended == found.log_probs
    assert math.isclose(report.total_log_prob, sum(found.log_probs))
    assert report.weights.shape == (len(report.target_pieces), len(report.source_pieces))
    assert torch.equal(torch.from_numpy(report.weights), found.attention_weights[: len(report.target_pieces)])
    assert np.allclose(report.weights.sum(axis=1), 1, atol=1e-5)


def test_report_holds_no_tensors_and_can_be_stored(interpreter: LoadedModel) -> None:
    report = inspect_translation(interpreter, SOURCE, 1, 0.0)
    assert b"torch" not in pickle.dumps(report)


def test_runners_up_are_not_described_unless_shown(interpreter: LoadedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    described: list[int] = []
    for name in ("group_pieces", "display_pieces"):
        original = getattr(text, name)
        monkeypatch.setattr(text, name, lambda tokens, own=original: described.append(1) or own(tokens))
    best, *others = translate(interpreter, SOURCE, beam_size=4)
    assert others
    assert not described
    assert best.word_probabilities
    assert len(described) == 1
    assert best.word_probabilities
    assert len(described) == 1


def test_a_word_is_as_likely_as_all_its_pieces_together(interpreter: LoadedModel) -> None:
    report = inspect_translation(interpreter, SOURCE, 1, 0.0)
    assert math.isclose(math.prod(report.word_probabilities), math.exp(sum(report.log_probs)), rel_tol=1e-6)
    table = confidence_table(report)
    assert list(table["probability"]) == pytest.approx(report.word_probabilities, abs=1e-4)
    assert list(table["word"]) == [word.text for word in report.target_words]
    least = table.loc[table["log_probability_nats"].idxmin(), "word"]
    assert f"“{least}”" in confidence_sentence(report)


def test_unknown_characters_are_named(interpreter: LoadedModel) -> None:
    assert inspect_translation(interpreter, "the 漢 dog", 1, 0.0).unknown == ["漢"]


@pytest.mark.parametrize(
    ("source", "written", "doubt"),
    [
        ("It costs $30.", "Cela coûte 130.", "it wrote 130, and the sentence has 30."),
        ("In 1,000 days.", "En 1 000 jours.", ""),  # the same number, as the French write it
        ("At 9:30 or 5.", "À 9:30 ou 6.", "it wrote 6, and the sentence has 9:30 and 5."),
        ("Two dogs.", "2 chiens.", ""),
    ],
)
def test_numbers_that_do_not_stand_in_the_source_are_doubted(
    interpreter: LoadedModel, source: str, written: str, doubt: str
) -> None:
    found = dataclasses.replace(translate(interpreter, SOURCE)[0], source=source, text=written)
    if not found.target_words:
        found = dataclasses.replace(found, target_tokens=["a"], log_probs=[-0.1])
    sentence = confidence_sentence(found)
    assert sentence.endswith(doubt)
    assert ("Do not trust the numbers" in sentence) == bool(doubt)
