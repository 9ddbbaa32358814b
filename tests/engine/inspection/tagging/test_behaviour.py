"""Taggers judged on cases: exactly the expected entities of the kinds they know, or the same kinds as before a
change."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from engine.behaviour import Case
from engine.inspection.tagging import behaviour
from engine.inspection.tagging.behaviour import judge
from engine.inspection.tagging.predictions import Span, Tagging

EMPTY = np.zeros((1, 1))


def tagging(words: str, *spans: Span) -> Tagging:
    return Tagging(tuple(words.split()), (), EMPTY, EMPTY, EMPTY, EMPTY, EMPTY, (), spans, ())


MARKED = {
    "Ann lives in Rome": tagging("Ann lives in Rome", Span(0, 1, "PER", 0.9), Span(3, 4, "LOC", 0.7)),
    "Bo lives in Rome": tagging("Bo lives in Rome", Span(3, 4, "LOC", 0.8)),
}
PLACE = "Rome (geo)"


@pytest.mark.parametrize(
    ("text", "expected", "beside", "fails"),
    [
        ("Ann lives in Rome", ("Ann (per)", PLACE), "", False),
        ("Ann lives in Rome", ("Ann (per)", PLACE, "May (tim)"), "", False),
        ("Bo lives in Rome", ("Bo (per)", PLACE), "", True),
        ("Ann lives in Rome", (PLACE,), "", True),
        ("Ann lives in Rome", ("Ann (geo)", PLACE), "", True),
        ("Bo lives in Rome", (), "Ann lives in Rome", True),
        ("Ann lives in Rome", (), "Ann lives in Rome", False),
    ],
)
def test_a_case_fails_unless_exactly_its_entities_are_marked(
    monkeypatch: pytest.MonkeyPatch, text: str, expected: tuple[str, ...], beside: str, fails: bool
) -> None:
    monkeypatch.setattr(behaviour, "tag_many", lambda _, rows: [MARKED[" ".join(row)] for row in rows])
    loaded = SimpleNamespace(model=SimpleNamespace(labels=("O", "B-PER", "I-PER", "B-LOC", "I-LOC")))
    (judged,) = judge(loaded, [Case("C", "t", "", text, expected, beside)])
    assert judged.fails == fails
    assert judged.answer == ("Ann (PER), Rome (LOC)" if text.startswith("Ann") else "Rome (LOC)")
    assert judged.score == (0.7 if text.startswith("Ann") else 0.8), "of the least likely entity"
