"""The grammar behind the embedded sample Visits: who went where, when, for whom, every entity tagged as GMB tags them.

Some names are people in one sentence and places or organisations in another, so that only the words around them tell
which.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

GIVEN = ("Mara", "Tom", "Ines", "Jonas", "Lena", "Victor", "Amira", "Paul", "Nadia", "Oscar", "Helen", "Ravi")
FAMILY = (
    "Berg",
    "Okoro",
    "Lindqvist",
    "Marsh",
    "Ferro",
    "Novak",
    "Adeyemi",
    "Carver",
    "Houston",
    "Florence",
    "Lincoln",
    "Madison",
)
CITIES = (
    "Paris",
    "Lagos",
    "Oslo",
    "Lima",
    "Kyoto",
    "Houston",
    "Florence",
    "Lincoln",
    "Madison",
    "New Haven",
    "Port Ellen",
    "San Marino",
)
COUNTRIES = ("France", "Nigeria", "Norway", "Peru", "Japan", "Iceland", "New Zealand", "Sri Lanka")
PEOPLES = ("French", "Nigerian", "Norwegian", "Peruvian", "Japanese", "Icelandic", "British", "Chilean")
FIRMS = (
    "Marsh Lines",
    "Berg & Sons",
    "Northern Ferries",
    "Carver",
    "Lincoln Mills",
    "United Lamps",
    "Ferro",
    "the Tin Exchange",
)
BODIES = ("Harbour Council", "Ministry of Bridges", "Health Board", "University of Lima", "Rowing Union")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = ("January", "March", "April", "June", "August", "October", "November")
THINGS = (
    "a new bridge",
    "three ferries",
    "the old mill",
    "cheaper bread",
    "the flood",
    "a longer pier",
    "two schools",
    "the strike",
)
TITLES = ("Mr.", "Ms.", "President", "Prime Minister")
ROWS = {"train": 2000, "validation": 200, "test": 200}

# In a pattern, {type:kind} is an entity of a type of GMB's, drawn from one of the kinds in `draw_entity`.
PATTERNS = (
    "{per:person} works at {org:firm} in {geo:city} .",
    "{per:person} flew from {geo:city} to {geo:city} on {tim:day} .",
    "{per:titled} met {gpe:people} ministers in {geo:city} .",
    "{org:firm} will talk about [thing] in {geo:country} , its director {per:person} said {tim:day} .",
    "The {org:body} discussed [thing] in {tim:month} .",
    "{gpe:people} ships left {geo:city} , {geo:country} , late on {tim:day} .",
    "{per:family} said [thing] would cost too much .",
    "In {geo:city} , nobody spoke of [thing] .",
    "{org:firm} denied that it had offered [thing] to {org:firm} .",
    "Since {tim:year} , {geo:country} has asked for [thing] .",
    "{per:person} , who grew up in {geo:city} , now leads the {org:body} .",
    "Officials in {geo:country} and {geo:country} wait for [thing] .",
    "{per:family} and {per:family} argued about [thing] for an hour .",
    "It rained , and [thing] had to wait .",
    "The road to {geo:city} was closed in {tim:monthyear} .",
    "The {gpe:people} crew of {org:firm} thanked {per:titled} .",
)

README = """---
license: cc0-1.0
language:
- en
task_categories:
- token-classification
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
# Visits

{total:,} English sentences of news that never happened, with people, organisations, places, peoples and times tagged.
Columns `tokens` and `ner_tags` (BIO2; geo, gpe, org, per, tim, as in GMB). They are not collected from anywhere: the
grammar in `engine/corpora/visit_grammar.py`, written by hand for Unrolled, generates them with a fixed seed. They stand
in for GMB and English-EWT where those cannot be reached; what a network learns from them says nothing about real news.

| file | rows |
| --- | ---: |
{rows}

- **How it was made**: `engine.corpora.visit_grammar.write_dataset(folder)`; the same call writes the same rows.
- **Distinct**: no sentence occurs twice, within or across splits.
- **Context**: Houston, Florence, Lincoln, Madison, Marsh, Carver, Ferro and Berg are names of more than one kind.
"""


def draw_entity(draw: random.Random, kind: str) -> str:
    """Return the words of an entity of this kind."""
    lists = {
        "city": CITIES,
        "country": COUNTRIES,
        "people": PEOPLES,
        "firm": FIRMS,
        "body": BODIES,
        "day": DAYS,
        "month": MONTHS,
        "family": FAMILY,
    }
    if kind in lists:
        return draw.choice(lists[kind])
    if kind == "person":
        return f"{draw.choice(GIVEN)} {draw.choice(FAMILY)}"
    if kind == "titled":
        return f"{draw.choice(TITLES)} {draw.choice(FAMILY)}"
    year = str(draw.randint(1950, 2020))
    return year if kind == "year" else f"{draw.choice(MONTHS)} {year}"


def generate(seed: int = 0) -> Iterator[tuple[list[str], list[str]]]:
    """Yield (words, tags) for ever: the patterns in turn, no sentence twice."""
    draw, seen, number = random.Random(seed), set(), 0
    while True:
        words: list[str] = []
        tags: list[str] = []
        for part in PATTERNS[number % len(PATTERNS)].replace("[thing]", draw.choice(THINGS)).split():
            kind, _, name = part.strip("{}").partition(":")
            drawn = draw_entity(draw, name).split() if part.startswith("{") else [part]
            while part.startswith("{") and drawn[-1] in words:  # nobody flies from Oslo to Oslo
                drawn = draw_entity(draw, name).split()
            words += drawn
            tags += [f"B-{kind}", *[f"I-{kind}"] * (len(drawn) - 1)] if part.startswith("{") else ["O"]
        number += 1
        if tuple(words) not in seen:
            seen.add(tuple(words))
            yield words, tags


def write_dataset(folder: Path | str, seed: int = 0) -> None:
    """Write the splits and the README of the embedded sample into `folder`."""
    import pandas as pd

    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    rows = generate(seed)
    for split, count in ROWS.items():
        frame = pd.DataFrame([next(rows) for _ in range(count)], columns=["tokens", "ner_tags"])
        frame.to_parquet(folder / f"{split}.parquet", index=False)
    table = "\n".join(f"| {split}.parquet | {count:,} |" for split, count in ROWS.items())
    (folder / "README.md").write_text(README.format(total=sum(ROWS.values()), rows=table), encoding="utf-8")
