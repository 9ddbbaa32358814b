"""Probing: which unit of a network knows the answer to which question about the text it reads.

Every unit of every layer is scored against every predicate by AUC, the chance that the unit's value at a place where
the predicate holds is above its value at a place where it does not: 0.5 is guessing, 1 knows. The best unit is chosen
on the first half of a text and its AUC is measured on the second, so that luck in choosing does not count. As a control
all of it is done again with labels shifted along the text, which keeps their rhythm and breaks their tie to what was
read.

AUC is the mean rank of the positives, scaled; with the ranks of all units as a matrix, all predicates and all controls
are one product of matrices. Ranks are taken after sorting values into `BINS` equal bins between a unit's extremes, and
states are read in streams (`units.stream_states`). Against sorting float32 states of one pass over all 43,807
characters of the stories (LSTM, all units and predicates), a unit's AUC is off by 0.0002 on average, by less than 0.007
in 999 of 1,000 cases.

Shapes: T time, U units (all layers and state parts side by side), P predicates, K shifts.

Paper: Mann and Whitney (1947) for the statistic; Karpathy, Johnson and Fei-Fei (2015), arXiv 1506.02078, for the cells
found by eye that this looks for by measure.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch

from engine.decoding.limits import check_characters
from engine.errors import InputError
from engine.inspection.cells.probe_labels import NEEDS, PREDICATES, label_text
from engine.inspection.cells.units import (
    WORKERS,
    UnitCourse,
    layer_count,
    parts_of,
    stream_states,
    token_spans,
    unit_course,
)
from engine.inspection.writing.unseen import STORIES, unseen_text
from engine.models.folder import LoadedModel

MIN_CHARACTERS, MAX_CHARACTERS = 1_000, 50_000
MIN_PLACES = 20  # a predicate must hold, and must not hold, at so many places in each half to be scored
BINS = 4096
SHIFTS = 5
COLUMNS = "predicate question needs share layer part unit sign auc control control_highest".split()


@dataclass(frozen=True)
class Investigation:
    """What probing found.

    Attributes:
        winners: one row per predicate that could be scored, best first: `predicate` (its name), `question`, `needs`,
            `share` (of places where it holds), the winner's `layer` (from 0), `part` ("hidden" or "cell"), `unit` and
            `sign` (-1 where the unit is low when the predicate holds), its `auc` on the second half, and the same
            procedure's result with shifted
            labels: `control` (mean) and `control_highest`.
        specificity: (winners, winners) AUC on the second half of each row's predicate by each column's winning unit,
            signed as that unit was for the predicate it won.
        skipped: questions that hold, or fail to, at too few places of this text.
        text: what it was read on, in one sentence; `source` is its name, `own_text` the visitor's own ("" if none).
        characters, units: how many. elapsed_seconds: what it took.
    """

    winners: pd.DataFrame
    specificity: np.ndarray
    skipped: list[str]
    text: str
    source: str
    own_text: str
    characters: int
    units: int
    elapsed_seconds: float


def investigate(loaded: LoadedModel, source: str = STORIES, text: str = "") -> Investigation:
    """Return the best unit for every predicate on an unseen text: the visitor's own `text`, else the one called
    `source`.

    Raises:
        InputError: the model has no units, or the text is too short, too long, or not here.
    """
    begun = time.perf_counter()
    layer_count(loaded)
    if text:
        check_length(text)
        read, sentence = text, "your own text"
    else:
        unseen = unseen_text(loaded, source)
        read, sentence = unseen.text[:MAX_CHARACTERS], unseen.sentence
    spans = token_spans(loaded, read)
    states = stream_states(loaded, loaded.tokenizer.encode(read))
    last = np.array([stop - 1 for _, stop in spans])
    labels = np.stack([label_text(name, read)[last] for name in PREDICATES.names()])  # (P, T)
    positions = [
        (layer, part)
        for layer in range(len(states))
        for part in parts_of(loaded.info.architecture)[: len(states[layer])]
    ]
    winners, specificity, skipped = find_winners([part for layer in states for part in layer], labels, positions)
    seconds = time.perf_counter() - begun
    units = sum(part.shape[1] for layer in states for part in layer)
    return Investigation(winners, specificity, skipped, sentence, source, text, len(read), units, seconds)


def find_winners(
    blocks: Sequence[np.ndarray], labels: np.ndarray, positions: Sequence[tuple[int, str]]
) -> tuple[pd.DataFrame, np.ndarray, list[str]]:
    """Return `Investigation`'s winners, specificity and skipped for blocks of units (T, H) and labels (P, T).

    `positions` says which layer and part each block is; labels are in the order of the registered predicates.
    """
    names, half = PREDICATES.names(), labels.shape[1] // 2
    halves = (slice(0, half), slice(half, 2 * half))
    enough = np.array([all(_is_scorable(row[part]) for part in halves) for row in labels])
    skipped = [PREDICATES.meta(name)["title"] for name, kept in zip(names, enough, strict=True) if not kept]
    kept = np.flatnonzero(enough)
    if not len(kept):
        return pd.DataFrame(columns=COLUMNS), np.zeros((0, 0)), skipped
    chosen, reported = (score_all(blocks, labels[kept], part) for part in halves)  # (1 + K, P, U)
    best = np.abs(chosen - 0.5).argmax(axis=2)  # (1 + K, P): the unit chosen for each, and for each control
    sign = np.where(np.take_along_axis(chosen, best[..., None], 2)[..., 0] >= 0.5, 1, -1)
    auc = 0.5 + sign * (np.take_along_axis(reported, best[..., None], 2)[..., 0] - 0.5)
    where = [
        (*position, unit) for position, block in zip(positions, blocks, strict=True) for unit in range(block.shape[1])
    ]
    winners = pd.DataFrame(
        {
            "predicate": [names[index] for index in kept],
            "question": [PREDICATES.meta(names[index])["title"] for index in kept],
            "needs": [NEEDS[PREDICATES.meta(names[index])["needs"]] for index in kept],
            "share": labels[kept].mean(axis=1),
            "layer": [where[unit][0] for unit in best[0]],
            "part": [where[unit][1] for unit in best[0]],
            "unit": [where[unit][2] for unit in best[0]],
            "sign": sign[0],
            "auc": auc[0],
            "control": auc[1:].mean(axis=0),
            "control_highest": auc[1:].max(axis=0),
        }
    )
    order = np.argsort(-auc[0], kind="stable")
    specificity = 0.5 + sign[0][None] * (reported[0][:, best[0]] - 0.5)
    return winners.iloc[order].reset_index(drop=True), specificity[np.ix_(order, order)], skipped


def score_all(blocks: Sequence[np.ndarray], labels: np.ndarray, part: slice) -> np.ndarray:
    """Return the AUC of every unit for labels (P, T) and for their shifted copies, within `part` of the text: (1 + K,
    P, U)."""
    true = labels[:, part].astype(np.float32)  # (P, T)
    size = true.shape[1]
    steps = [0, *(size * (k + 1) // (SHIFTS + 1) for k in range(SHIFTS))]
    shifted = np.concatenate([np.roll(true, step, axis=1) for step in steps])  # ((1 + K) * P, T)
    with ThreadPoolExecutor(WORKERS) as pool:
        auc = np.concatenate(
            list(pool.map(lambda block: auc_of_ranks(rank_columns(block[part]), shifted), blocks)), axis=1
        )
    return auc.reshape(len(steps), len(labels), -1)


def auc_of_ranks(ranks: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the AUC (P, U) of units with ranks (T, U), counted from 0, for labels (P, T) of 0 and 1.

    A positive's rank is the number of values below it; less those of other positives, that is the number of negatives
    below it, of which AUC is the mean share.
    """
    positives = labels.sum(axis=1, keepdims=True)  # (P, 1)
    negatives = labels.shape[1] - positives
    middle = (labels.shape[1] - 1) / 2
    mean_rank = middle + labels @ (ranks - np.float32(middle)) / positives  # centred: sums of float32 stay exact enough
    return (mean_rank - (positives - 1) / 2) / negatives


def rank_columns(values: np.ndarray, bins: int = BINS) -> np.ndarray:
    """Return the rank of each value (T, U) within its column, from 0, equals sharing their mean rank; float32.

    Values in the same one of `bins` equal bins between the column's extremes count as equal: counting them costs a
    hundredth of sorting them.
    """
    columns = torch.from_numpy(values).T.contiguous().float().numpy()  # (U, T); torch transposes three times as fast
    low, high = columns.min(axis=1, keepdims=True), columns.max(axis=1, keepdims=True)
    scale = (bins - 1) / np.maximum(high - low, np.finfo(np.float32).tiny * bins)
    binned = ((columns - low) * scale).astype(np.int16 if bins <= 2**15 else np.int32)
    ranks = np.empty_like(columns)
    for column, into in zip(binned, ranks, strict=True):
        counts = np.bincount(column, minlength=bins)
        np.take((np.cumsum(counts) - (counts + 1) / 2).astype(np.float32), column, out=into, mode="clip")
    return ranks.T


def answer_course(
    loaded: LoadedModel, text: str, layer: int, unit: int, part: str, predicate: str
) -> tuple[UnitCourse, np.ndarray]:
    """Return a unit's course over `text`, and the answers to a predicate after each token of it, (T,) of bool."""
    course = unit_course(loaded, text, layer, unit, part)
    last = np.array([stop - 1 for _, stop in token_spans(loaded, text)])
    return course, label_text(predicate, text)[last]


def check_length(text: str) -> None:
    """Raise InputError if a text is too short or too long to be scored."""
    check_characters("The text", text)
    if not MIN_CHARACTERS <= len(text) <= MAX_CHARACTERS:
        raise InputError(
            f"The text has {len(text):,} characters; probing needs {MIN_CHARACTERS:,} to {MAX_CHARACTERS:,}, "
            "half to choose units on and half to test them."
        )


def _is_scorable(labels: np.ndarray) -> bool:
    return MIN_PLACES <= labels.sum() <= len(labels) - MIN_PLACES
