"""The facts of a corpus that decide training: how much there is, what a network cannot know of it, how it is balanced,
what repeats, and in which languages it is.

All rows are looked at once. Only subword tokens are learnt from a sample of rows from all over the training split, as
that takes its time; then it is said.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from engine.corpora import Corpus, load_corpus
from engine.corpora.base import SPLITS
from engine.preparation import SHAPES, Shape
from engine.preparation.languages import tell
from engine.preparation.shapes import Cutter
from engine.wording import counted, listing, percent

BINS = 24  # of the lengths
SHOWN_UNKNOWN = 30
POINTS = 40  # of the coverage
UNEVEN = 10.0  # times as frequent
MUCH_UNKNOWN, MUCH_REPEATED = 0.05, 0.01


@dataclass(frozen=True)
class CorpusFacts:
    """What is told of a corpus.

    Attributes:
        title, licence, origin, source: as its `CorpusSpec` and `CorpusSource` have them.
        shape: name of its `Shape`. tokenizer, noun: what its tokeniser and one token are called.
        splits: split, rows, characters, tokens, repeated (rows that stood before in the same split), seen_in_training
            (rows of it that are in the training split too; NaN for that one).
        is_fixed: whether the tokeniser has the same tokens whatever is counted.
        is_sampled: whether the tokeniser was learnt from a sample of the training rows, so that tokens are estimates.
        distinct: how many different tokens training has; vocab_size: how many are listed.
        coverage: listed, training, validation: which share of each split's tokens the so many most frequent ones are.
        unknown: token, times: those of the validation split that are not listed, the most frequent first.
        unknown_share: of the validation split's tokens.
        lengths: begin, end, and for each split how many texts are that long; `unit`: in what.
        balance: label, and for each split how often; empty where nothing is labelled.
        languages: text (which of a row), language, share.
        remarks: sentences on what stands out.
    """

    title: str
    licence: str
    origin: str
    source: str
    shape: str
    tokenizer: str
    noun: str
    unit: str
    counts: str
    splits: pd.DataFrame
    is_fixed: bool
    is_sampled: bool
    distinct: int
    vocab_size: int
    coverage: pd.DataFrame
    unknown: pd.DataFrame
    unknown_share: float
    lengths: pd.DataFrame
    balance: pd.DataFrame
    languages: pd.DataFrame
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class _Split:
    """What is counted in one split."""

    texts: dict[str, list[str]]
    rows: list[str]
    groups: Counter[str]

    @property
    def characters(self) -> int:
        return sum(sum(map(len, texts)) for texts in self.texts.values())


def corpus_facts(name: str | Path) -> CorpusFacts:
    """Return the facts of a corpus of the catalogue by its name, or of a folder of data by its path.

    Raises:
        ConfigError, DataError: as `load_corpus`.
    """
    return measure(load_corpus(name))


def measure(corpus: Corpus) -> CorpusFacts:
    """Return the facts of a corpus that was read."""
    shape = SHAPES.get(corpus.spec.content.name)
    splits = {name: _count(corpus, shape, name) for name in SPLITS if name in corpus.splits}
    train = splits["train"]
    cutter = shape.cutter
    sample = _sample(train, cutter)
    count, listed_by_it = cutter.learn(sample)
    tokens = {name: count([text for side in split.texts.values() for text in side]) for name, split in splits.items()}
    learnt, met = tokens["train"], tokens.get("validation") or tokens.get("test") or tokens["train"]
    listed = _listed(learnt, cutter, listed_by_it)
    table = _splits_table(splits, shape, {name: counts.total() for name, counts in tokens.items()})
    unknown = Counter({token: times for token, times in met.items() if token not in listed})
    unknown_share = unknown.total() / max(1, met.total())
    balance = _balance(splits, shape.counts)
    return CorpusFacts(
        title=corpus.spec.title,
        licence=corpus.spec.licence,
        origin=corpus.spec.origin,
        source=corpus.source.sentence,
        shape=shape.name,
        tokenizer=cutter.title,
        noun=cutter.noun,
        unit=shape.unit,
        counts=shape.counts,
        splits=table,
        is_fixed=listed_by_it is not None,
        is_sampled=sum(map(len, sample)) < train.characters,
        distinct=len(learnt),
        vocab_size=len(listed),
        coverage=_coverage(learnt, met),
        unknown=pd.DataFrame(unknown.most_common(SHOWN_UNKNOWN), columns=["token", "times"]),
        unknown_share=unknown_share,
        lengths=_lengths(splits, shape),
        balance=balance,
        languages=_languages(train),
        remarks=tuple(_remarks(table, balance, shape, unknown_share, cutter)),
    )


def say_sizes(facts: CorpusFacts) -> str:
    """Return how much there is, in a sentence."""
    rows, characters, tokens = (int(facts.splits[column].sum()) for column in ("rows", "characters", "tokens"))
    about = "about " if facts.is_sampled else ""
    sizes = [counted(rows, "row"), counted(characters, "character")]
    if facts.noun != "character":
        sizes.append(f"{about}{counted(tokens, facts.noun)}")
    return f"{listing(sizes)} in {counted(len(facts.splits), 'split')}."


def say_vocabulary(facts: CorpusFacts) -> str:
    """Return what a network's vocabulary would have, and what stays unknown, in a sentence."""
    sampled = ", learnt from a sample of the rows" if facts.is_sampled else ""
    of = f" of {facts.distinct:,} different ones in the training split" if not facts.is_fixed else ""
    return (
        f"The vocabulary would have {counted(facts.vocab_size, facts.noun)}{of}{sampled}; it knows "
        f"{percent(1 - facts.unknown_share)} of the {facts.noun}s of the validation split."
    )


def say_lengths(facts: CorpusFacts) -> str:
    """Return how long texts are, in a sentence."""
    found = facts.lengths
    total = found["train"].sum()
    middle = int(np.searchsorted(found["train"].cumsum(), total / 2)) if total else 0
    return (
        f"Half of the {total:,} texts of the training split have at most {found['end'].iloc[middle]:,} {facts.unit}, "
        f"the longest {found['longest'].max():,}."
    )


def _count(corpus: Corpus, shape: Shape, name: str) -> _Split:
    found = corpus.read(corpus.spec.content, name)
    texts = shape.texts(found, corpus.splits[name].column_names)
    return _Split(
        texts, ["\t".join(row) for row in zip(*texts.values(), strict=True)], shape.groups(found, corpus.spec.labels)
    )


def _sample(split: _Split, cutter: Cutter) -> list[str]:
    """Return texts from all over a split to learn a tokeniser from, all of them where they are not too many."""
    texts = [text for side in split.texts.values() for text in side]
    if cutter.characters is None or split.characters <= cutter.characters:
        return texts
    step = -(-split.characters // cutter.characters)
    return texts[::step]


def _listed(learnt: Counter[str], cutter: Cutter, known: frozenset[str] | None) -> frozenset[str]:
    """Return the tokens that a network would tell apart."""
    if known is not None:
        return known
    enough = [token for token, count in learnt.most_common(cutter.vocab_size) if count >= cutter.least_count]
    return frozenset(enough)


def _splits_table(splits: dict[str, _Split], shape: Shape, tokens: dict[str, int]) -> pd.DataFrame:
    training = {row for row in splits["train"].rows if len(row) >= shape.least_compared}
    rows = []
    for name, split in splits.items():
        compared = [row for row in split.rows if len(row) >= shape.least_compared]
        rows.append(
            {
                "split": name,
                "rows": len(split.rows),
                "characters": split.characters + len(shape.joint) * (len(split.rows) - 1),
                "tokens": tokens[name],
                "repeated": len(compared) - len(set(compared)),
                "seen_in_training": float("nan") if name == "train" else sum(row in training for row in compared),
            }
        )
    return pd.DataFrame(rows)


def _coverage(learnt: Counter[str], met: Counter[str]) -> pd.DataFrame:
    """Return which share of the tokens the most frequent ones of the training split are, for growing vocabularies."""
    tokens = [token for token, _ in learnt.most_common()]
    shares = {
        name: np.cumsum([counts[token] for token in tokens]) / max(1, sum(counts.values()))
        for name, counts in (("training", learnt), ("validation", met))
    }
    sizes = np.unique(np.geomspace(1, max(1, len(tokens)), POINTS).round().astype(int))
    places = np.minimum(sizes, len(tokens)) - 1
    return pd.DataFrame({"listed": sizes} | {name: share[places] for name, share in shares.items()})


def _lengths(splits: dict[str, _Split], shape: Shape) -> pd.DataFrame:
    """Return how many texts of each split have so many words or characters, in bins of one width; the last one holds
    what is longer than nearly all."""
    lengths = {
        name: np.array([shape.length(text) for side in split.texts.values() for text in side if text])
        for name, split in splits.items()
    }
    everything = np.concatenate(list(lengths.values()))
    top = int(np.quantile(everything, 0.99)) if len(everything) else 1
    width = max(1, -(-top // BINS))
    edges = np.arange(1, max(top, 1) + width + 1, width)
    found = pd.DataFrame({"begin": edges[:-1], "end": edges[1:] - 1})
    for name, own in lengths.items():
        found[name] = np.histogram(np.minimum(own, edges[-1] - 1), edges)[0] if len(own) else 0
    found["longest"] = int(everything.max()) if len(everything) else 0
    return found


def _balance(splits: dict[str, _Split], counts: str) -> pd.DataFrame:
    if not counts:
        return pd.DataFrame()
    labels = [label for label, _ in sum((split.groups for split in splits.values()), Counter()).most_common()]
    columns: dict[str, Any] = {"label": labels}  # one of names, the others of numbers
    return pd.DataFrame(columns | {name: [split.groups[label] for label in labels] for name, split in splits.items()})


def _languages(split: _Split) -> pd.DataFrame:
    rows = [
        {"text": name, "language": language, "share": share}
        for name, texts in split.texts.items()
        for language, share in tell(texts).items()
    ]
    return pd.DataFrame(rows, columns=["text", "language", "share"])


def _remarks(
    table: pd.DataFrame, balance: pd.DataFrame, shape: Shape, unknown_share: float, cutter: Cutter
) -> list[str]:
    """Return a sentence for each thing that makes training or its measure worse than it looks."""
    found = []
    for row in table.itertuples():
        if row.split != "train" and row.seen_in_training:
            share = percent(row.seen_in_training / row.rows)
            found.append(
                f"{row.seen_in_training:,.0f} rows of the {row.split} split ({share}) stand in the training split too: "
                "what is measured on them is partly memory."
            )
    first = table.iloc[0]
    if first.repeated > first.rows * MUCH_REPEATED:
        found.append(f"{first.repeated:,} rows of the training split repeat an earlier one.")
    if unknown_share > MUCH_UNKNOWN:
        found.append(f"{percent(unknown_share)} of the {cutter.noun}s of the validation split are unknown.")
    if len(balance) > 1 and balance["train"].max() > UNEVEN * max(1, balance["train"].min()):
        most, least = balance.loc[balance["train"].idxmax()], balance.loc[balance["train"].idxmin()]
        found.append(
            f"The {shape.counts} “{most['label']}” is {most['train'] / max(1, least['train']):,.0f} times as frequent "
            f"as “{least['label']}”: a network that always says the first is often right."
        )
    lacking = [] if balance.empty else list(balance.loc[balance["train"] == 0, "label"])
    if lacking:
        found.append(f"The training split has no {shape.counts} {listing(lacking[:5])}.")
    return found
