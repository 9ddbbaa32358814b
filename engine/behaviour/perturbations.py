"""Small changes to a sentence after which a reader would still say the same of it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from engine.registry import Registry

Perturbation = Callable[[str, random.Random], str]

PERTURBATIONS: Registry[Perturbation] = Registry("perturbation")
LONG_WORD = re.compile(r"[a-z]{5,}")  # a shorter one is soon another word


@PERTURBATIONS.register("upper")
def upper(text: str, draw: random.Random) -> str:
    """Return the text in capitals."""
    return text.upper()


@PERTURBATIONS.register("lower")
def lower(text: str, draw: random.Random) -> str:
    """Return the text without capitals."""
    return text.lower()


@PERTURBATIONS.register("exclaim")
def exclaim(text: str, draw: random.Random) -> str:
    """Return the text with its last mark shouted."""
    return f"{text.rstrip('.!')}!!!"


@PERTURBATIONS.register("swap_letters")
def swap_letters(text: str, draw: random.Random) -> str:
    """Return the text with two neighbouring letters exchanged within one of its long words."""
    return _within_a_word(text, draw, lambda word, at: word[:at] + word[at + 1] + word[at] + word[at + 2 :])


@PERTURBATIONS.register("drop_letter")
def drop_letter(text: str, draw: random.Random) -> str:
    """Return the text without one letter within one of its long words."""
    return _within_a_word(text, draw, lambda word, at: word[:at] + word[at + 1 :])


@PERTURBATIONS.register("stretch")
def stretch(text: str, draw: random.Random) -> str:
    """Return the text with the first vowel of one of its long words drawn out."""
    places = [found for found in LONG_WORD.finditer(text) if re.search("[aeiou]", found.group())]
    if not places:
        return text
    word = draw.choice(places)
    vowel = word.start() + next(place for place, letter in enumerate(word.group()) if letter in "aeiou")
    return text[: vowel + 1] + 3 * text[vowel] + text[vowel + 1 :]


def _within_a_word(text: str, draw: random.Random, change: Callable[[str, int], str]) -> str:
    """Return the text with one long word changed at one of its inner letters, which differs from the next."""
    places = [
        (word, at)
        for word in LONG_WORD.finditer(text)
        for at in range(1, len(word.group()) - 2)
        if word.group()[at] != word.group()[at + 1]
    ]
    if not places:
        return text
    word, at = draw.choice(places)
    return text[: word.start()] + change(word.group(), at) + text[word.end() :]
