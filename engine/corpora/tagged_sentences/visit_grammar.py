"""The grammar behind the built-in sample Visits: who went where, when, for whom, every entity tagged as GMB tags them.

Some names are people in one sentence and places or organisations in another, so that only the words around them tell
which.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from engine.corpora.samples import write_splits

# What entities, and things, are drawn from: one kind a line.
LISTS = """
given: Mara, Tom, Ines, Jonas, Lena, Victor, Amira, Paul, Nadia, Oscar, Helen, Ravi
family: Berg, Okoro, Lindqvist, Marsh, Ferro, Novak, Adeyemi, Carver, Houston, Florence, Lincoln, Madison
city: Paris, Lagos, Oslo, Lima, Kyoto, Houston, Florence, Lincoln, Madison, New Haven, Port Ellen, San Marino
country: France, Nigeria, Norway, Peru, Japan, Iceland, New Zealand, Sri Lanka
people: French, Nigerian, Norwegian, Peruvian, Japanese, Icelandic, British, Chilean
firm: Marsh Lines, Berg & Sons, Northern Ferries, Carver, Lincoln Mills, United Lamps, Ferro, the Tin Exchange
body: Harbour Council, Ministry of Bridges, Health Board, University of Lima, Rowing Union
day: Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday
month: January, March, April, June, August, October, November
thing: a new bridge, three ferries, the old mill, cheaper bread, the flood, a longer pier, two schools, the strike
title: Mr., Ms., President, Prime Minister
"""
NAMES = {kind: names.split(", ") for kind, names in (line.split(": ") for line in LISTS.strip().splitlines())}
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

README = """# Visits

{total:,} English sentences of news that never happened, with people, organisations, places, peoples and times tagged.
Columns `tokens` and `ner_tags` (BIO2; geo, gpe, org, per, tim, as in GMB). They are not collected from anywhere: the
grammar in `engine/corpora/tagged_sentences/visit_grammar.py`, written by hand for Unrolled, generates them with a
fixed seed. They stand in for GMB and English-EWT where those cannot be reached; what a network learns from them says
nothing about real news.

| file | rows |
| --- | ---: |
{rows}

- **How it was made**: `engine.corpora.tagged_sentences.visit_grammar.write_dataset(folder)`;
  the same call writes the same rows.
- **Distinct**: no sentence occurs twice, within or across splits.
- **Context**: Houston, Florence, Lincoln, Madison, Marsh, Carver, Ferro and Berg are names of more than one kind.
"""


def draw_entity(draw: random.Random, kind: str) -> str:
    """Return the words of an entity of this kind."""
    if kind in NAMES:
        return draw.choice(NAMES[kind])
    if kind in ("person", "titled"):
        return f"{draw.choice(NAMES['given' if kind == 'person' else 'title'])} {draw.choice(NAMES['family'])}"
    year = str(draw.randint(1950, 2020))
    return year if kind == "year" else f"{draw.choice(NAMES['month'])} {year}"


def generate(seed: int = 0) -> Iterator[tuple[list[str], list[str]]]:
    """Yield (words, tags) for ever: the patterns in turn, no sentence twice."""
    draw, seen, number = random.Random(seed), set(), 0
    while True:
        words: list[str] = []
        tags: list[str] = []
        for part in PATTERNS[number % len(PATTERNS)].replace("[thing]", draw.choice(NAMES["thing"])).split():
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
    """Write the splits and the README of the built-in sample into `folder`."""
    write_splits(folder, generate(seed), ROWS, ["tokens", "ner_tags"], "token-classification", README)
