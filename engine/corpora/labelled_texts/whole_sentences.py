"""Phrases and the sentences they were cut from: which rows are whole, and how to keep some back with all their
phrases."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence

SHARED_WORDS = 4  # a shorter phrase is also said in sentences it was not cut from


def whole_sentences(rows: Sequence[Sequence[str]]) -> list[int]:
    """Return the places of the rows, of four words or more, that stand inside no longer row."""
    texts = [_framed(row) for row in rows]
    holders = _holders(rows, range(len(rows)))

    def is_whole(position: int) -> bool:
        row, text = rows[position], texts[position]
        return not any(
            len(texts[other]) > len(text) and text in texts[other] for other in holders[tuple(row[:SHARED_WORDS])]
        )

    return [position for position, row in enumerate(rows) if len(row) >= SHARED_WORDS and is_whole(position)]


def hold_out(rows: Sequence[Sequence[str]], count: int, seed: int) -> tuple[list[int], list[int]]:
    """Return the places of the rows to learn from and of `count` whole sentences kept back, at most a tenth of all
    whole ones.

    Not learnt from are the rows of four words or more that stand inside a sentence kept back, and the shorter ones that
    stand in such a sentence only.
    """
    whole = whole_sentences(rows)
    kept_back = sorted(random.Random(seed).sample(whole, min(count, len(whole) // 10)))
    chosen = set(kept_back)
    texts = {position: _framed(rows[position]) for position in kept_back}
    holders = _holders(rows, kept_back)
    said_elsewhere = {part for position in whole if position not in chosen for part in _short_parts(rows[position])}
    said_there = {part for position in kept_back for part in _short_parts(rows[position])}

    def is_apart(row: Sequence[str]) -> bool:
        if len(row) < SHARED_WORDS:
            return bool(row) and (tuple(row) not in said_there or tuple(row) in said_elsewhere)
        return not any(_framed(row) in texts[position] for position in holders.get(tuple(row[:SHARED_WORDS]), ()))

    return [position for position, row in enumerate(rows) if is_apart(row)], kept_back


def _framed(row: Sequence[str]) -> str:
    return f" {' '.join(row)} "


def _holders(rows: Sequence[Sequence[str]], positions: Sequence[int]) -> dict[tuple[str, ...], list[int]]:
    """Return for each run of four words the places of the rows it stands in."""
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for position in positions:
        row = rows[position]
        for run in {tuple(row[i : i + SHARED_WORDS]) for i in range(len(row) - SHARED_WORDS + 1)}:
            holders[run].append(position)
    return holders


def _short_parts(row: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(row[i : i + size]) for size in range(1, SHARED_WORDS) for i in range(len(row) - size + 1)]
