"""The lattice a tagger with a CRF decodes: every tag of every word, the steps between them and the best ways through.

Everything here works on four arrays, so that an edited lattice (see `lattice_edits`) is decoded exactly as the tagger's
own.

Shapes: T words, K tags.
Papers: Lafferty, McCallum and Pereira (2001), conditional random fields; Lample et al. (2016), "Neural Architectures
for Named Entity Recognition", section 2.2, for their scores on top of a bidirectional LSTM.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.decoding.viterbi import best_paths, log_partition, marginals, viterbi
from engine.errors import InputError
from engine.inspection.tagging.predictions import Lattice
from engine.models.crf import ILLEGAL_AT_FIRST
from engine.text.bio import find_spans, is_legal

BEGIN, END = "beginning", "end"
FORBIDDEN = -1_000.0  # a score below it is a rule, not something learned


@dataclass(frozen=True)
class Way:
    """One way through the lattice: a tag for every word, the sum of its scores, and its share of all ways' weight."""

    tags: tuple[str, ...]
    score: float
    probability: float


def best_ways(lattice: Lattice, count: int = 3) -> list[Way]:
    """Return the `count` best ways through the lattice, best first; fewer where there are fewer."""
    total = float(log_partition(*lattice.arrays))
    return [
        Way(tuple(lattice.labels[tag] for tag in path.tags), float(path.score), math.exp(path.score - total))
        for path in best_paths(*lattice.arrays, count)
    ]


def best_tags(lattice: Lattice) -> tuple[str, ...]:
    """Return the tags of the best way."""
    return tuple(lattice.labels[tag] for tag in viterbi(*lattice.arrays).tags)


def best_sums(lattice: Lattice) -> tuple[np.ndarray, np.ndarray]:
    """Return the best sum of scores of any way up to each tag of each word, its own emission counted, and from there
    on: (T, K) each.

    What comes from there on leaves out the tag's own emission, so that the two add up to the best way through it.
    """
    emissions, transitions, start, end = lattice.arrays
    ahead, behind = np.empty_like(emissions), np.empty_like(emissions)
    ahead[0] = start + emissions[0]
    for position in range(1, len(emissions)):
        ahead[position] = (ahead[position - 1][:, None] + transitions).max(axis=0) + emissions[position]
    behind[-1] = end
    for position in range(len(emissions) - 2, -1, -1):
        behind[position] = (transitions + (emissions[position + 1] + behind[position + 1])[None, :]).max(axis=1)
    return ahead, behind


def column_frame(lattice: Lattice, position: int) -> pd.DataFrame:
    """Return the arithmetic at word `position` (from 0): one row per tag, what suits the whole sentence best on top.

    Columns: tag, before (the best tag to come from), sum_before, transition, emission, sum (of the three), sum_after
    (the best way on to the end), through (sum + sum_after: the best way that gives the word this tag), probability (of
    the tag, over all ways).
    """
    columns = "tag before sum_before transition emission sum sum_after through probability".split()
    frame = _all_nodes(lattice)
    return frame[frame["position"] == position + 1].sort_values("through", ascending=False, ignore_index=True)[columns]


def node_frame(lattice: Lattice) -> pd.DataFrame:
    """Return one row per word and tag: place (from 1), word, tag, emission, probability, before and transition (the
    best way in), and the sum up to it."""
    return _all_nodes(lattice)["position word tag emission probability before transition sum".split()]


def _all_nodes(lattice: Lattice) -> pd.DataFrame:
    """Return one row per word and tag with the columns of `node_frame` and of `column_frame`."""
    emissions, transitions, start, _ = lattice.arrays
    ahead, behind = best_sums(lattice)
    count, size = emissions.shape
    sources = (ahead[:-1, :, None] + transitions).argmax(axis=1)  # (T - 1, K)
    sums = np.concatenate([np.zeros((1, size)), np.take_along_axis(ahead[:-1], sources, axis=1)])
    names = np.array(lattice.labels, dtype=object)
    return pd.DataFrame(
        {
            "position": np.repeat(np.arange(1, count + 1), size),
            "word": np.repeat(np.array(lattice.words, dtype=object), size),
            "tag": np.tile(names, count),
            "emission": emissions.ravel(),
            "probability": np.asarray(marginals(*lattice.arrays)).ravel(),
            "before": np.concatenate([np.full(size, BEGIN, dtype=object), names[sources].ravel()]),
            "transition": np.concatenate([start[None], transitions[sources, np.arange(size)[None]]]).ravel(),
            "sum_before": sums.ravel(),
            "sum": ahead.ravel(),
            "sum_after": behind.ravel(),
            "through": (ahead + behind).ravel(),
        }
    )


def way_frame(lattice: Lattice, tags: Sequence[str]) -> pd.DataFrame:
    """Return the scores along one way: per word the tag, the step into it, its emission and the sum so far; the end's
    step last."""
    numbers = [lattice.labels.index(tag) for tag in tags]
    steps = [
        lattice.start[numbers[0]],
        *(lattice.transitions[a, b] for a, b in zip(numbers, numbers[1:], strict=False)),
        lattice.end[numbers[-1]],
    ]
    emissions = [*lattice.emissions[np.arange(len(numbers)), numbers], 0.0]
    return pd.DataFrame(
        {
            "word": [*lattice.words, ""],
            "tag": [*tags, END],
            "transition": np.array(steps, dtype=float),
            "emission": np.array(emissions, dtype=float),
            "sum": np.cumsum(np.array(steps) + np.array(emissions)),
        }
    )


def step_matrix(lattice: Lattice) -> np.ndarray:
    """Return the scores of all steps, (K + 1, K + 1): rows BEGIN and the tags, columns the tags and END; from BEGIN to
    END is nan."""
    size = len(lattice.labels)
    matrix = np.full((size + 1, size + 1), np.nan)
    matrix[0, :size], matrix[1:, :size], matrix[1:, size] = lattice.start, lattice.transitions, lattice.end
    return matrix


def step_score(lattice: Lattice, before: str, after: str) -> float:
    """Return the score of the step from one tag (or BEGIN) to another (or END).

    Raises:
        InputError: one of them is no tag of this tagger, or the step leads from the beginning to the end.
    """
    row, column = step_position(lattice.labels, before, after)
    return float(step_matrix(lattice)[row, column])


def step_position(labels: Sequence[str], before: str, after: str) -> tuple[int, int]:
    """Return the row and column of a step in `step_matrix`; raises as `step_score`."""
    row = 0 if before == BEGIN else 1 + _number(labels, before)
    column = len(labels) if after == END else _number(labels, after)
    if row == 0 and column == len(labels):
        raise InputError("There is no step from the beginning to the end: a sentence has at least one word.")
    return row, column


def is_allowed(before: str, after: str) -> bool:
    """Return whether BIO allows the step: an entity goes on only with the type that it began with."""
    if after == END:
        return True
    return is_legal("" if before == BEGIN else before, after)


def tags_without_steps(lattice: Lattice) -> tuple[str, ...]:
    """Return for every word the tag with the highest emission, as if there were no CRF."""
    return tuple(lattice.labels[tag] for tag in lattice.emissions.argmax(axis=1))


def tags_that_matter(lattice: Lattice, likely: float = 0.02) -> tuple[str, ...]:
    """Return O and the tags that are on one of the three best ways, have the highest emission somewhere, or are
    `likely` at a word."""
    names = {"O", *(tag for way in best_ways(lattice, 3) for tag in way.tags), *tags_without_steps(lattice)}
    shares = np.asarray(marginals(*lattice.arrays)).max(axis=0)
    return tuple(
        label for label, share in zip(lattice.labels, shares, strict=True) if label in names or share >= likely
    )


def spans_sentence(words: Sequence[str], before: Sequence[str], after: Sequence[str]) -> str:
    """Return in words which entities differ between two rows of tags over the same words."""
    old, new = ({(start, end): kind for start, end, kind in find_spans(tags)} for tags in (before, after))

    def name(position: tuple[int, int]) -> str:
        return f"“{' '.join(words[slice(*position)])}”"

    told = [
        f"{name(position)} turns from {old[position]} into {new[position]}"
        for position in sorted(old.keys() & new.keys())
        if old[position] != new[position]
    ]
    told += [f"{name(position)} is no longer marked as {old[position]}" for position in sorted(old.keys() - new.keys())]
    told += [f"{name(position)} is now marked as {new[position]}" for position in sorted(new.keys() - old.keys())]
    if not told:
        return "the tags change, the entities do not."
    more = f", and {len(told) - 6} more changes" if len(told) > 6 else ""
    return f"{', '.join(told[:6])}{more}."


def step_sentence(lattice: Lattice, before: str, count: int = 2) -> str:
    """Return in words which tags the tagger likes best and least after `before`, with their scores."""
    row = 0 if before == BEGIN else 1 + _number(lattice.labels, before)
    scores = step_matrix(lattice)[row]
    names = (*lattice.labels, END)
    order = [position for position in np.argsort(-scores, kind="stable").tolist() if not math.isnan(scores[position])]
    learned = [position for position in order if scores[position] > FORBIDDEN]
    liked, disliked = learned[:count], learned[: count - 1 : -1][:count]
    barred = len(order) - len(learned)

    def listed(positions: Sequence[int]) -> str:
        return " and ".join(f"{names[position]} ({signed(scores[position])})" for position in positions)

    rule = f" {barred} steps are barred by rule." if barred else ""
    where = "At the beginning" if before == BEGIN else f"After {before}"
    return f"{where} the tagger likes {listed(liked)} best and {listed(disliked)} least." + rule


def legality_sentence(lattice: Lattice) -> str:
    """Return in words what the tagger has made of BIO's rules: the mean scores of the steps they allow and of those
    they do not."""
    steps = [
        (float(score), is_allowed(before, after))
        for before, row in zip((BEGIN, *lattice.labels), step_matrix(lattice), strict=True)
        for after, score in zip((*lattice.labels, END), row, strict=True)
        if not math.isnan(score)
    ]
    allowed, barred = ([score for score, kept in steps if kept is own and score > FORBIDDEN] for own in (True, False))
    ruled = len(steps) - len(allowed) - len(barred)
    if not any(allowed) and not any(barred):
        return "Every step scores 0: this tagger was trained without a CRF and chooses each word's tag by itself."
    mean = f"The {len(allowed)} steps that BIO allows score {signed(float(np.mean(allowed)))} nats on average"
    rule = f"{ruled} more are barred by rule." if ruled else ""
    if not barred:
        return f"{mean}. {rule}".strip()
    moved = (
        f"before training they stood at 0 and at {signed(ILLEGAL_AT_FIRST)}, the rest was learned from the sentences"
    )
    return f"{mean}, the {len(barred)} that it does not allow {signed(float(np.mean(barred)))}; {moved}. {rule}".strip()


def signed(value: float) -> str:
    """Return a number with its sign as a sentence writes it."""
    return f"{value:+.2f}".replace("-", "\N{MINUS SIGN}")


def _number(labels: Sequence[str], name: str) -> int:
    if name not in labels:
        raise InputError(f"This tagger has no tag “{name[:40]}”; it has {', '.join(labels)}.")
    return list(labels).index(name)
