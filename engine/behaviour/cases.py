"""One sentence of a behaviour suite with what it expects, and what a network made of it."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """A sentence and what is expected of it.

    Attributes:
        capability: what is tested ("Negation"); test: how ("not before the adjective").
        domain: what the sentence is about ("film"), "" where that is not told apart.
        expected: what its family says is right (a label, the entities with their kinds, all references); none where the
            answer must be that to `beside`.
        beside: the sentence it is a variant of, in an invariance test; "" in a minimum functionality test.
        checks: patterns that the answer must match, for families whose answers are texts.
    """

    capability: str
    test: str
    domain: str
    text: str
    expected: tuple[str, ...] = ()
    beside: str = ""
    checks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judgement:
    """What a network made of a case.

    Attributes:
        answer: in the words of its family.
        fails: whether that is wrong.
        score: how sure it was, or how near it came, as its family measures; nan where it does not.
    """

    answer: str
    fails: bool
    score: float = math.nan
