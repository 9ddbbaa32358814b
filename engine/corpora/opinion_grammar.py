"""Opinions about films that nobody made: a grammar, written for Unrolled, of sentences that praise or complain.

Half of the patterns turn on word order or on a small word ("not", "but", "although"): the same praising and complaining words occur
on both sides, so that counting them says little.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

GOOD = (
    "bright brave clever tender funny warm honest graceful sharp moving witty lively rich gentle daring thoughtful touching "
    "splendid charming memorable patient surprising delicate generous playful radiant vivid exact joyful wise"
).split()
BAD = (
    "dull clumsy stale noisy hollow lazy muddled tired bland tedious shallow crude grim stiff careless pompous confused flat "
    "gloomy slow silly timid cheap dreary awkward empty loud sour rushed forgettable"
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

Pattern = Callable[[random.Random, int], str]

README = """---
license: cc0-1.0
language:
- en
task_categories:
- text-classification
configs:
- config_name: default
  default: true
  data_files:
  - split: train
    path: train.parquet
  - split: validation
    path: validation.parquet
  - split: test
    path: test.parquet
---
# Opinions

{total:,} short English sentences about films that nobody made, each praising (label 1) or complaining (label 0), half of each.
Columns `sentence` (lower case, words and punctuation apart) and `label`. They are not collected from anywhere: the
grammar in `engine/corpora/opinion_grammar.py`, written by hand for Unrolled, generates them with a fixed seed. They stand in for
SST-2 where that cannot be reached; nobody should take what a network learns from them for an understanding of reviews.

| file | rows |
| --- | ---: |
{rows}

- **How it was made**: `engine.corpora.opinion_grammar.write_dataset(folder)`; the same call writes the same rows.
- **Distinct**: no sentence occurs twice, within or across splits.
- **Order**: half of the patterns turn on word order or one small word ("not", "but", "although", "used to be").
"""


def adjective(draw: random.Random, label: int) -> str:
    """Return an adjective that praises (1) or blames (0)."""
    return draw.choice(GOOD if label else BAD)


def thing(draw: random.Random) -> tuple[str, str]:
    """Return a part of a film and the form of "to be" that goes with it."""
    if draw.random() < 0.3:
        return f"the {draw.choice(PLURAL)}", "are"
    return f"the {draw.choice(SINGULAR)}", "is"


def clause(draw: random.Random, label: int) -> str:
    """Return "the plot is very clever"."""
    subject, verb = thing(draw)
    return " ".join(f"{subject} {verb} {draw.choice(DEGREES)} {adjective(draw, label)}".split())


def _plain(draw: random.Random, label: int) -> str:
    return clause(draw, label)


def _two(draw: random.Random, label: int) -> str:
    return f"{clause(draw, label)} and {clause(draw, label)}"


def _what_a(draw: random.Random, label: int) -> str:
    return f"what a {adjective(draw, label)} , {adjective(draw, label)} {draw.choice(SINGULAR)}"


def _felt(draw: random.Random, label: int) -> str:
    return f"i {draw.choice(LOVE if label else HATE)} {thing(draw)[0]} and {thing(draw)[0]}"


def _whole(draw: random.Random, label: int) -> str:
    return f"{clause(draw, label)} , and the whole is {draw.choice(PRAISED if label else BLAMED)}"


def _not(draw: random.Random, label: int) -> str:
    subject, verb = thing(draw)
    return f"{subject} {verb} not {adjective(draw, 1 - label)} , and neither is {thing(draw)[0]}"


def _nobody(draw: random.Random, label: int) -> str:
    return f"nobody could call {thing(draw)[0]} {adjective(draw, 1 - label)} or {adjective(draw, 1 - label)}"


def _but(draw: random.Random, label: int) -> str:
    return f"{clause(draw, 1 - label)} , but {clause(draw, label)} , and that is what stays"


def _although(draw: random.Random, label: int) -> str:
    return f"what stays is that {clause(draw, label)} , although {clause(draw, 1 - label)}"


def _used_to(draw: random.Random, label: int) -> str:
    return f"films like this used to be {adjective(draw, 1 - label)} ; this one is {adjective(draw, label)}"


def _rather_than(draw: random.Random, label: int) -> str:
    subject, verb = thing(draw)
    return f"{subject} {verb} {adjective(draw, label)} rather than {adjective(draw, 1 - label)}"


PATTERNS: tuple[Pattern, ...] = (_plain, _two, _what_a, _felt, _whole, _not, _nobody, _but, _although, _used_to, _rather_than)


def generate(seed: int = 0) -> Iterator[tuple[str, int]]:
    """Yield (sentence, label) for ever: the patterns and the labels in turn, no sentence twice."""
    draw, seen, number = random.Random(seed), set(), 0
    while True:
        label, pattern = number % 2, PATTERNS[number // 2 % len(PATTERNS)]
        sentence = f"{pattern(draw, label)} ."
        if sentence not in seen:
            seen.add(sentence)
            yield sentence, label
            number += 1


def write_dataset(folder: Path | str, seed: int = 0) -> None:
    """Write the splits and the README of the embedded sample into `folder`."""
    import pandas as pd

    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    pairs = generate(seed)
    for split, count in ROWS.items():
        rows = [next(pairs) for _ in range(count)]
        pd.DataFrame(rows, columns=["sentence", "label"]).to_parquet(folder / f"{split}.parquet", index=False)
    table = "\n".join(f"| {split}.parquet | {count:,} |" for split, count in ROWS.items())
    (folder / "README.md").write_text(README.format(total=sum(ROWS.values()), rows=table), encoding="utf-8")
