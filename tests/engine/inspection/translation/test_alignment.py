"""Rows put under each other: nothing is lost or reordered, equal pieces meet, and the cost is the least there is."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.inspection.translation.alignment import GAP, SUBSTITUTION, align, line_up
from engine.text.piece_labels import END

ROWS = st.lists(st.sampled_from("abc"), max_size=5)


def test_an_extra_piece_moves_none_of_the_others() -> None:
    assert align(list("abcd"), list("abxcd")) == [(0, 0), (1, 1), (None, 2), (2, 3), (3, 4)]
    assert align(["a", "b", END], ["a", END]) == [(0, 0), (1, None), (2, 1)]


def test_different_pieces_stand_together_before_a_place_stays_empty() -> None:
    assert align(["il", "se", "souv", "ient"], ["il", "me", "rappelle"]) == [(0, 0), (1, 1), (2, 2), (3, None)]


def test_an_end_mark_stands_under_no_other_piece() -> None:
    pairs = align(["a", "b", "c"], ["a", END])
    assert all((one is None or other is None) for one, other in pairs if other == 1)


@given(ROWS, ROWS)
def test_the_alignment_is_the_cheapest_of_all(reference: list[str], row: list[str]) -> None:
    found = sum(
        GAP if None in pair else SUBSTITUTION * (reference[pair[0]] != row[pair[1]]) for pair in align(reference, row)
    )
    cheapest = min(
        sum(SUBSTITUTION * (reference[a] != row[b]) for a, b in zip(ones, others, strict=True))
        + GAP * (len(reference) + len(row) - 2 * size)
        for size in range(min(len(reference), len(row)) + 1)
        for ones in itertools.combinations(range(len(reference)), size)
        for others in itertools.combinations(range(len(row)), size)
    )
    assert found == pytest.approx(cheapest)


@given(ROWS, ROWS, ROWS)
def test_every_piece_has_one_column_in_its_order(reference: list[str], one: list[str], other: list[str]) -> None:
    columns, placed = line_up(reference, [one, other])
    for row, line in zip((reference, one, other), (columns, *placed), strict=True):
        assert [position for position in line if position is not None] == list(range(len(row)))
        assert len(line) == len(columns)
