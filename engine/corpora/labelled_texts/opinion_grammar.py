"""Opinions about films that nobody made: a grammar, written for Unrolled, of sentences that praise or complain.

Half of the patterns turn on word order or on a small word ("not", "but", "although"): the same praising and complaining
words occur on both sides, so that counting them says little.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from engine.corpora.samples import write_splits

GOOD = (
    "bright brave clever tender funny warm honest graceful sharp moving witty lively rich gentle daring thoughtful "
    "touching splendid charming memorable patient surprising delicate generous playful radiant vivid exact joyful wise"
).split()
BAD = (
    "dull clumsy stale noisy hollow lazy muddled tired bland tedious shallow crude grim stiff careless pompous "
    "confused flat gloomy slow silly timid cheap dreary awkward empty loud sour rushed forgettable"
).split()
SINGULAR = (
    "film story script ending opening camera music dialogue plot pace cast hero villain humour setting editing title "
    "sequel romance chase finale lighting soundtrack premise mystery"
).split()
PLURAL = "actors songs costumes jokes scenes pictures dances fights speeches children".split()
DEGREES = ("", "", "", "very", "quite", "truly", "rather", "oddly", "always")
PRAISED = ("a joy", "a treat", "worth every minute", "a small wonder", "a pleasure to watch", "easy to love")
BLAMED = ("a chore", "a waste of an evening", "a long yawn", "hard to bear", "a missed chance", "easy to forget")
LOVE, HATE = ("loved", "admired", "enjoyed", "treasured"), ("disliked", "regretted", "hated", "endured")
ROWS = {"train": 3000, "validation": 300, "test": 300}

README = """# Opinions

{total:,} short English sentences about films that nobody made, each praising (label 1) or complaining (label 0), half
of each. Columns `sentence` (lower case, words and punctuation apart) and `label`. They are not collected from anywhere:
the grammar in `engine/corpora/labelled_texts/opinion_grammar.py`, written by hand for Unrolled, generates them with a
fixed
seed. They stand in for SST-2 where that cannot be reached; nobody should take what a network learns from them for an
understanding
of reviews.

| file | rows |
| --- | ---: |
{rows}

- **How it was made**: `engine.corpora.labelled_texts.opinion_grammar.write_dataset(folder)`;
  the same call writes the same rows.
- **Distinct**: no sentence occurs twice, within or across splits.
- **Order**: half of the patterns turn on word order or one small word ("not", "but", "although", "used to be").
"""


def thing(draw: random.Random) -> tuple[str, str]:
    """Return a part of a film and the form of "to be" that goes with it."""
    if draw.random() < 0.3:
        return f"the {draw.choice(PLURAL)}", "are"
    return f"the {draw.choice(SINGULAR)}", "is"


# What the names in a pattern stand for, given the label (1 praises): `agree` and `oppose` are adjectives on its side
# and on the other.
SYMBOLS: dict[str, Callable[[random.Random, int], str]] = {
    "agree": lambda draw, label: draw.choice(GOOD if label else BAD),
    "oppose": lambda draw, label: draw.choice(BAD if label else GOOD),
    "thing": lambda draw, label: thing(draw)[0],
    "thing_is": lambda draw, label: " ".join(thing(draw)),
    "singular": lambda draw, label: draw.choice(SINGULAR),
    "degree": lambda draw, label: draw.choice(DEGREES),
    "i_felt": lambda draw, label: f"i {draw.choice(LOVE if label else HATE)}",
    "verdict": lambda draw, label: draw.choice(PRAISED if label else BLAMED),
    "clause": lambda draw, label: expand("{thing_is} {degree} {agree}", draw, label),
    "counter": lambda draw, label: expand("{clause}", draw, 1 - label),
}
PATTERNS = (
    "{clause}",
    "{clause} and {clause}",
    "what a {agree} , {agree} {singular}",
    "{i_felt} {thing} and {thing}",
    "{clause} , and the whole is {verdict}",
    "{thing_is} not {oppose} , and neither is {thing}",
    "nobody could call {thing} {oppose} or {oppose}",
    "{counter} , but {clause} , and that is what stays",
    "what stays is that {clause} , although {counter}",
    "films like this used to be {oppose} ; this one is {agree}",
    "{thing_is} {agree} rather than {oppose}",
)


def expand(pattern: str, draw: random.Random, label: int) -> str:
    """Return the pattern with every name replaced by a draw of what it stands for, from left to right."""
    filled = re.sub(r"{(\w+)}", lambda found: SYMBOLS[found[1]](draw, label), pattern)
    return " ".join(filled.split())  # a degree may be nothing


def generate(seed: int = 0) -> Iterator[tuple[str, int]]:
    """Yield (sentence, label) for ever: the patterns and the labels in turn, no sentence twice."""
    draw, seen, number = random.Random(seed), set(), 0
    while True:
        label, pattern = number % 2, PATTERNS[number // 2 % len(PATTERNS)]
        sentence = f"{expand(pattern, draw, label)} ."
        if sentence not in seen:
            seen.add(sentence)
            yield sentence, label
            number += 1


def write_dataset(folder: Path | str, seed: int = 0) -> None:
    """Write the splits and the README of the built-in sample into `folder`."""
    write_splits(folder, generate(seed), ROWS, ["sentence", "label"], "text-classification", README)
