"""What classifiers make of a behaviour suite: the label that is expected, or the same label as before a change."""

from __future__ import annotations

from collections.abc import Sequence

from engine.behaviour import Case, Judgement
from engine.inspection.classification.predictions import Classification, classify_texts
from engine.models.folder import LoadedModel

NEITHER = "neither"  # expected of a text without an opinion
SURE = 0.8  # a network that knows two labels only can at most be less sure than this of both


def judge(loaded: LoadedModel, cases: Sequence[Case]) -> list[Judgement]:
    """Return the likeliest label of each case with its probability.

    It fails where it is not the expected label, not that of the sentence the case is a variant of or, where neither
    label is right, where it is given more than SURE.

    Raises:
        InputError: a text has no word in it or too many.
    """
    texts = list(dict.fromkeys(text for case in cases for text in (case.text, case.beside) if text))
    found = dict(zip(texts, classify_texts(loaded, tuple(texts)), strict=True))
    return [_answer(case, found) for case in cases]


def _answer(case: Case, found: dict[str, Classification]) -> Judgement:
    given = found[case.text]
    if case.beside:
        fails = given.label != found[case.beside].label
    elif case.expected == (NEITHER,):
        fails = given.probability > SURE
    else:
        fails = given.label not in case.expected
    return Judgement(given.label, fails, round(given.probability, 4))
