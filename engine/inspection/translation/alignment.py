"""Rows of pieces put under each other where they are equal, however many pieces one of them has more."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from engine.text.piece_labels import END

# Two gaps cost more than one substitution, so that different pieces may stand under each other.
SUBSTITUTION, GAP = 1.0, 0.75


def first_difference(one: Sequence[object], other: Sequence[object]) -> int | None:
    """Return the first place at which two rows differ, or at which one has ended; None where they are the same."""
    differs = (a != b for a, b in itertools.zip_longest(one, other, fillvalue=...))
    return next((position for position, is_apart in enumerate(differs) if is_apart), None)


def align(reference: Sequence[str], row: Sequence[str]) -> list[tuple[int | None, int | None]]:
    """Return pairs of positions in `reference` and `row`, in order, with as few differences as possible; None is a gap.

    Paper: Needleman and Wunsch (1970). An end mark never stands under another piece.
    """
    rows, columns = len(reference), len(row)
    cost = [[0.0] * (columns + 1) for _ in range(rows + 1)]  # of what begins at piece i and piece j
    for i in range(rows, -1, -1):
        for j in range(columns, -1, -1):
            if i < rows or j < columns:
                cost[i][j] = min(_ways(cost, reference, row, i, j).values())
    pairs: list[tuple[int | None, int | None]] = []
    i = j = 0
    while i < rows or j < columns:
        ways = _ways(cost, reference, row, i, j)
        step = min(ways, key=ways.__getitem__)  # of equal ones the first: gaps come as late as they can
        pairs.append((None if step == "insert" else i, None if step == "delete" else j))
        i, j = i + (step != "insert"), j + (step != "delete")
    return pairs


def line_up(reference: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[list[int | None], list[list[int | None]]]:
    """Return the columns of `reference` and of each row: what stands in each is a position, or None for an empty place.

    Each row is aligned with the reference; pieces that it does not have share the columns before the piece they stand
    before.
    """
    extra = [0] * (len(reference) + 1)  # columns needed before each piece of the reference
    found = []
    for row in rows:
        under: list[int | None] = [None] * len(reference)
        between: list[list[int | None]] = [[] for _ in extra]
        position = 0
        for given, own in align(reference, row):
            if given is None:
                between[position].append(own)
            else:
                under[given], position = own, given + 1
        extra = [max(most, len(here)) for most, here in zip(extra, between, strict=True)]
        found.append((under, between))
    columns: list[int | None] = []
    for position, more in enumerate(extra):
        columns += [None] * more + ([position] if position < len(reference) else [])
    placed = []
    for under, between in found:
        line: list[int | None] = []
        for position, more in enumerate(extra):
            here = between[position]
            line += [*here, *[None] * (more - len(here))] + ([under[position]] if position < len(reference) else [])
        placed.append(line)
    return columns, placed


def _ways(cost: list[list[float]], reference: Sequence[str], row: Sequence[str], i: int, j: int) -> dict[str, float]:
    """Return what it costs from (i, j) on by each first step that is possible."""
    ways = {}
    if i < len(reference) and j < len(row):
        if reference[i] == row[j]:
            ways["both"] = cost[i + 1][j + 1]
        elif END not in (reference[i], row[j]):
            ways["both"] = cost[i + 1][j + 1] + SUBSTITUTION
    if i < len(reference):
        ways["delete"] = cost[i + 1][j] + GAP
    if j < len(row):
        ways["insert"] = cost[i][j + 1] + GAP
    return ways
