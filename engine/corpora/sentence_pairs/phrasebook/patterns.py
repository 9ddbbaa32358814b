"""The registry of sentence patterns and what finishes a sentence."""

import re
from collections.abc import Callable
from random import Random

from .french import elide
from .grammar_types import Pair

Pattern = Callable[[Random], Pair]

PATTERNS: dict[str, Pattern] = {}


def pattern(function: Pattern) -> Pattern:
    """Return `function` unchanged after listing it in PATTERNS under its own name.

    Raises:
        ValueError: two patterns have the same name.
    """
    if function.__name__ in PATTERNS:
        raise ValueError(f"There are two patterns called {function.__name__}.")
    PATTERNS[function.__name__] = function
    return function


def _finish(text: str, ending: str) -> str:
    text = re.sub(r" +", " ", text).strip()
    return text[0].upper() + text[1:] + ending


def sentence(en: str, fr: str, mark: str = ".") -> Pair:
    """Return the finished pair: elided, capitalised, with `mark` (French puts a space before ? and !)."""
    return Pair(_finish(en, mark), _finish(elide(fr), mark if mark == "." else f" {mark}"))


def question(en: str, fr: str) -> Pair:
    """Return a finished pair of questions."""
    return sentence(en, fr, "?")
