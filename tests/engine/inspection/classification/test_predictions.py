"""Texts to labels: batches equal single texts, places lie in the visitor's text, and what cannot be read is said in a
sentence."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.errors import InputError
from engine.inspection.classification import predictions as classification
from engine.inspection.classification.predictions import (
    classify_texts,
    looks_foreign,
    probabilities_by_direction,
    probabilities_of_words,
    split_text,
)
from engine.models.folder import load_model

ROWS = [["the", "food", "was", "not", "good"], ["good"], ["a", "funny", "film", "."] * 9, ["bad"], ["zebra", "good"]]


def test_many_texts_at_once_are_answered_as_each_by_itself(tiny_classifier, monkeypatch):
    monkeypatch.setattr(classification, "BATCH_WORDS", 12)
    found = probabilities_of_words(tiny_classifier, ROWS)
    assert found.shape == (5, 2)
    assert np.allclose(found.sum(1), 1, atol=1e-6)
    model, tokenizer = tiny_classifier.model, tiny_classifier.tokenizer
    for row, shares in zip(ROWS, found, strict=True):
        with torch.no_grad():
            logits = model(torch.tensor([tokenizer.encode_words(row)]), torch.tensor([len(row)]))
        assert np.allclose(logits.softmax(1)[0].numpy(), shares, atol=1e-6)
    assert np.ptp(found[:, 1]) > 0.01  # the answers differ, so that a wrong order would be seen


def test_every_direction_answers_by_itself(tiny_classifier, tiny_classifiers):
    found = probabilities_by_direction(tiny_classifier, ROWS)
    odds = {name: np.log(shares[:, 1]) - np.log(shares[:, 0]) for name, shares in found.items()}
    assert np.allclose((odds["forward"] + odds["backward"]) / 2, odds["both"], atol=1e-5)
    assert set(probabilities_by_direction(load_model("tiny-average", tiny_classifiers), ROWS)) == {"both"}
    single = probabilities_by_direction(load_model("tiny-lstm", tiny_classifiers), ROWS)
    assert np.allclose(single["forward"], single["both"], atol=1e-6)


def test_a_text_comes_back_with_its_label_words_and_unknown_ones(tiny_classifier):
    text = "The food wasn't good, zebra; zebra!"
    (found,) = classify_texts(tiny_classifier, (text,))
    assert found.words == ("the", "food", "was", "n't", "good", ",", "zebra", ";", "zebra", "!")
    assert found.unknown == (",", "zebra", ";")
    assert found.probability == max(found.probabilities)
    assert found.label == ("negative", "positive")[int(np.argmax(found.probabilities))]
    assert np.allclose(found.probabilities, probabilities_of_words(tiny_classifier, [found.words])[0], atol=1e-7)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("  \n ", r"^The text is empty; type at least one word\.$"),
        (
            "\N{GRINNING FACE} \N{GRINNING FACE}!",
            r"^The text has only signs or pictures in it; type at least one word\.$",
        ),
        ("good " * 5000, r"^The text has 5,000 words; at most 1,000 are read at once\.$"),
    ],
)
def test_what_cannot_be_read_is_refused(tiny_classifier, text, message):
    with pytest.raises(InputError, match=message):
        split_text(tiny_classifier, text)
    with pytest.raises(InputError, match=r"^Text 2 of 2: The text "):
        classify_texts(tiny_classifier, ("good", text))


def test_rows_without_words_or_with_too_many_are_refused(tiny_classifier):
    for row in ([], ["good"] * 1001):
        with pytest.raises(InputError, match=r"at least one word and at most 1,000"):
            probabilities_of_words(tiny_classifier, [["good"], row])


def test_html_is_read_as_signs_and_words(tiny_classifier):
    assert split_text(tiny_classifier, "<b>good</b>") == ["<", "b", ">", "good", "<", "/", "b", ">"]


@pytest.mark.parametrize(
    ("text", "is_foreign"),
    [
        ("映画はとても良かった", True),
        ("Das Essen war leider nicht gut.", True),
        ("the food was not good", False),
        ("the film said zebra", False),
        ("zebra quagga", False),
    ],
)
def test_another_language_is_said_to_be_one(tiny_classifier, text, is_foreign):
    sentence = looks_foreign(tiny_classifier, split_text(tiny_classifier, text))
    assert bool(sentence) == is_foreign
    assert not text.startswith("Das") or "does not know 6 of the 6 words" in sentence
