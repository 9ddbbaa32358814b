"""How far back a network's expectation reaches, by its gradient and by really replacing tokens, averaged over several
passages.

One passage has too few places to tell networks apart whose half-lives are two or three characters each.
"""

from __future__ import annotations

import functools
import itertools

import numpy as np
import pandas as pd

from engine.corpora import load_corpus
from engine.corpora.running_text import RUNNING_TEXT
from engine.inspection.gradients.half_life import curves, falls_to, half_life
from engine.models.folder import LoadedModel

LEVELS = (0.5, 0.1, 0.01, 0.003)
PASSAGES, PASSAGE_CHARACTERS, FARTHEST = 8, 260, 60
APART = 1.1  # distances within this factor of each other count as a tie


def memory_levels(loaded: LoadedModel) -> pd.DataFrame:
    """Return at which distance (tokens) each share of the influence at distance 1 is left: `level`, `gradient`,
    `replaced`.

    nan where it lies beyond the distances measured. The shares are means over passages of the embedded stories.

    Raises:
        DataError: the stories cannot be read.
    """
    frames = [half_life(loaded, passage, FARTHEST, 0, 8, 2).frame for passage in passages()]
    mean = curves(np.stack([frame["kl"] for frame in frames]), np.stack([frame["gradient_norm"] for frame in frames]))
    reached = {
        name: [falls_to(mean[share].to_numpy(), level) for level in LEVELS]
        for name, share in (("gradient", "gradient_share"), ("replaced", "kl_share"))
    }
    return pd.DataFrame({"level": LEVELS} | reached).astype(float)


def agreement_sentence(levels: pd.DataFrame) -> str:
    """Return how often gradient and replacement put two networks in the same order, and where they are too close to
    tell.

    Args:
        levels: the rows of several networks: columns `network`, `level`, `gradient`, `replaced`.
    """
    half = levels[levels["level"] == LEVELS[0]]
    ranges = ", ".join(
        f"{half[column].min():.1f} to {half[column].max():.1f} characters {words}"
        for column, words in (("gradient", "by gradient"), ("replaced", "by really replacing them"))
    )
    same, told_apart = compare_orders(levels)
    if not told_apart:
        verdict = "No two of them are told apart by both ways of measuring."
    else:
        verdict = (
            f"Of the {told_apart} comparisons of two networks, at half and at smaller shares, in which both ways find "
            f"more than a tenth of difference, {same} come out the same way round."
        )
    return f"Half-lives of a character's influence: {ranges}. {verdict}"


def compare_orders(levels: pd.DataFrame) -> tuple[int, int]:
    """Return in how many comparisons of two networks both columns agree who is longer, and how many both can tell
    apart."""
    same = told_apart = 0
    for _, rows in levels.groupby("level"):
        for one, other in itertools.combinations(rows[["gradient", "replaced"]].fillna(np.inf).to_numpy(), 2):
            with np.errstate(invalid="ignore"):
                ratios = np.log(one) - np.log(other)
            if (np.abs(ratios) > np.log(APART)).all():
                told_apart += 1
                same += int(ratios[0] * ratios[1] > 0)
    return same, told_apart


@functools.cache
def passages() -> tuple[str, ...]:
    """Return the passages, evenly spread over the embedded stories that no network has learnt from.

    Raises:
        DataError: the stories cannot be read.
    """
    corpus = load_corpus("saltmarsh")
    text = corpus.read(RUNNING_TEXT, "validation") + "\n" + corpus.read(RUNNING_TEXT, "test")
    starts = np.linspace(0, len(text) - PASSAGE_CHARACTERS, PASSAGES).astype(int)
    return tuple(text[start : start + PASSAGE_CHARACTERS] for start in starts)
