"""Classifiers judged on cases: by the expected label, by the label before a change, and by how sure they are where
there is no opinion."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.behaviour import Case
from engine.inspection.classification.behaviour import SURE, judge
from engine.inspection.classification.predictions import classify_texts
from engine.models.folder import load_model
from tests.pages.small_classifiers import BLIND, SENTENCES, add_classifiers


@pytest.mark.parametrize("expected", [("positive",), ("neither",), ()])
def test_failures_are_those_of_the_labels(tmp_path: Path, expected: tuple[str, ...]) -> None:
    loaded = load_model(str(add_classifiers(tmp_path) / BLIND))
    found = classify_texts(loaded, SENTENCES)
    beside = "" if expected else SENTENCES[0]
    cases = [Case("C", "t", "film", text, expected, beside) for text in SENTENCES]
    judged = judge(loaded, cases)
    fails = {
        ("positive",): [each.label != "positive" for each in found],
        ("neither",): [each.probability > SURE for each in found],
        (): [each.label != found[0].label for each in found],
    }[expected]
    assert [each.fails for each in judged] == fails
    assert len(set(fails)) == 2, "the sentences tell nothing"
    assert [each.answer for each in judged] == [each.label for each in found]
    assert [each.score for each in judged] == pytest.approx([each.probability for each in found], abs=1e-4)
