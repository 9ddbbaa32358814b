"""Samples the patterns evenly, splits the pairs and writes them as a Hub-style data set folder."""

import re
from pathlib import Path
from random import Random

from engine.corpora.samples import write_card

# Importing the pattern files registers their patterns.
from . import (  # noqa: F401
    captions,
    comparing,
    everyday,
    people_and_things,
    pronouns_and_giving,
    question_words,
    questions,
    statements,
    times_and_places,
)
from .grammar_types import Pair
from .patterns import PATTERNS

PAIRS_PER_PATTERN = 180
HELD_OUT = 400
# A pattern that cannot make PAIRS_PER_PATTERN different pairs stops after this many tries for each of them.
TRIES_PER_PAIR = 30


def sentence_key(text: str) -> str:
    """Return the text by which two sentences count as the same: lower case, letters and digits only."""
    return " ".join(re.findall(r"[^\W_]+", text.lower()))


def _pairs_by_pattern(seed: int, pairs_per_pattern: int) -> dict[str, list[Pair]]:
    """Return up to `pairs_per_pattern` pairs per pattern; no English and no French sentence occurs twice overall."""
    seen_english: set[str] = set()
    seen_french: set[str] = set()
    found: dict[str, list[Pair]] = {}
    for name in sorted(PATTERNS):
        rng = Random(f"{seed}/{name}")
        pairs: list[Pair] = []
        for _ in range(pairs_per_pattern * TRIES_PER_PAIR):
            if len(pairs) == pairs_per_pattern:
                break
            pair = PATTERNS[name](rng)
            english, french = sentence_key(pair.en), sentence_key(pair.fr)
            if english not in seen_english and french not in seen_french:
                seen_english.add(english)
                seen_french.add(french)
                pairs.append(pair)
        found[name] = pairs
    return found


def build_splits(seed: int = 0, pairs_per_pattern: int = PAIRS_PER_PATTERN) -> dict[str, list[Pair]]:
    """Return train, validation and test; the held-out pairs are dealt from all patterns in turn."""
    by_pattern = _pairs_by_pattern(seed, pairs_per_pattern)
    queues = [list(pairs) for _, pairs in sorted(by_pattern.items())]
    splits: dict[str, list[Pair]] = {"train": [], "validation": [], "test": []}
    for split in ("validation", "test"):
        turn = 0
        while len(splits[split]) < HELD_OUT:
            splits[split].append(queues[turn % len(queues)].pop())
            turn += 1
    splits["train"] = [pair for queue in queues for pair in queue]
    for split, pairs in splits.items():
        Random(f"{seed}/{split}").shuffle(pairs)
    return splits


def build_pairs(seed: int = 0, pairs_per_pattern: int = PAIRS_PER_PATTERN) -> list[Pair]:
    """Return all distinct (en, fr) pairs: train, then validation, then test."""
    splits = build_splits(seed, pairs_per_pattern)
    return [pair for pairs in splits.values() for pair in pairs]


def write_dataset(folder: Path, seed: int = 0) -> None:
    """Write {train,validation,test}.parquet (zstd, columns en and fr) and README.md into `folder`."""
    import pyarrow  # here, because listing the corpora imports this package and must stay quick
    import pyarrow.parquet

    folder.mkdir(parents=True, exist_ok=True)
    splits = build_splits(seed)
    for split, pairs in splits.items():
        table = pyarrow.table({"en": [pair.en for pair in pairs], "fr": [pair.fr for pair in pairs]})
        pyarrow.parquet.write_table(table, folder / f"{split}.parquet", compression="zstd")
    write_card(folder, "translation", ["en", "fr"], _dataset_card(splits, seed))


def _dataset_card(splits: dict[str, list[Pair]], seed: int) -> str:
    """Return the README.md of the data set, but for its head, with its counts."""
    all_pairs = [pair for pairs in splits.values() for pair in pairs]
    vocabulary = {
        "English": {word for pair in all_pairs for word in sentence_key(pair.en).split()},
        "French": {word for pair in all_pairs for word in sentence_key(pair.fr).split()},
    }
    by_pattern = _pairs_by_pattern(seed, PAIRS_PER_PATTERN)
    rows = "\n".join(
        f"| {split}.parquet | {len(pairs):,} | {sum(len(pair.en) for pair in pairs):,} | "
        f"{sum(len(pair.fr) for pair in pairs):,} |"
        for split, pairs in splits.items()
    )
    patterns = "\n".join(
        f"| {name.replace('_', ' ')} | {len(pairs)} | {pairs[0].en} | {pairs[0].fr} |"
        for name, pairs in by_pattern.items()
    )
    return CARD.format(
        rows=rows,
        patterns=patterns,
        seed=seed,
        pattern_count=len(by_pattern),
        pair_count=len(all_pairs),
        english_words=len(vocabulary["English"]),
        french_words=len(vocabulary["French"]),
        limit=PAIRS_PER_PATTERN,
        per_pattern=f"{HELD_OUT // len(by_pattern)} or {HELD_OUT // len(by_pattern) + 1}",
    )


CARD = """# Phrasebook English-French

{pair_count:,} short English sentences with their French translation: picture captions, everyday statements, questions
and phrases. Columns `en` and `fr` (string). They are not collected from anywhere: a small bilingual grammar, written
by hand for Unrolled, generates both sides at once.

| file | rows | English characters | French characters |
| --- | ---: | ---: | ---: |
{rows}

- **How it was made**: `python -m engine.corpora.sentence_pairs.phrasebook data/samples/phrasebook_en_fr` (seed {seed}).
  {pattern_count} sentence patterns, at most {limit} pairs each, drawn at random with a fixed seed: the same command
  writes the same bytes.
- **Lexicon**: every form is written out in `engine/corpora/sentence_pairs/phrasebook` (genders, plurals, irregular
  verbs); only verbs
  listed as regular are conjugated by rule. {english_words:,} different English word forms and {french_words:,} French
  ones occur.
- **Distinct**: no English sentence and no French sentence occurs twice, within or across splits, ignoring case and
  punctuation.
- **Split**: the held-out pairs are dealt from all patterns in turn, {per_pattern} from each for validation and as many
  for test. All splits share patterns and words: this measures how well a model learned the grammar, not how it copes
  with other text.
- **Conventions**: *you* is *tu*, except with *sir* or *madam* (*vous*); the speaker and *you* take masculine agreement;
  *they* is *ils* unless the sentence names women; British spelling; plain apostrophes; a plain space before
  ? and ! in French.
- **Licence**: CC0 1.0, https://creativecommons.org/publicdomain/zero/1.0/ . No sentence is taken from another corpus.

| pattern | pairs | English example | French example |
| --- | ---: | --- | --- |
{patterns}
"""
