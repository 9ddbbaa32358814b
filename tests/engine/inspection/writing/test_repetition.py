"""Repetition and loops, against counting by hand and against texts built to have them."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.inspection.writing.repetition import Loop, distinct_n, find_loop, longest_repeat, repetition, split_words


def test_distinct_and_repetition_counted_by_hand() -> None:
    words = "the cat saw the cat and the cat saw me".split()
    assert distinct_n(words, 1) == 5 / 10  # the cat saw and me
    assert distinct_n(words, 2) == 6 / 9  # "the cat" three times, "cat saw" twice
    assert repetition(words, 3) == pytest.approx(1 / 8)  # "the cat saw"
    assert repetition(words) == 0
    assert math.isnan(distinct_n(["alone"], 2))
    assert math.isnan(repetition([]))


def test_words_leave_out_what_is_cut_off() -> None:
    assert split_words("O, don't go to-day; I’ll wai") == ["o", "don't", "go", "to-day", "i’ll"]
    assert split_words("ROMEO:\nThe sun is up.", 9) == ["sun", "is", "up"], (
        "the word that begins before the start is the prompt's"
    )
    assert split_words("") == []
    assert split_words("Δώσ' μοι 3 έτη!") == ["δώσ", "μοι", "έτη"]


@given(st.text(alphabet="ab", max_size=24))
def test_longest_repeat_is_the_longest_of_all_stretches(text: str) -> None:
    stretches = {text[i:j] for i in range(len(text)) for j in range(i + 1, len(text) + 1)}
    truth = max((len(s) for s in stretches if s in text[text.index(s) + len(s) :]), default=0)
    found = longest_repeat(text)
    assert len(found) == truth
    assert not found or text.count(found) >= 2


def test_finds_period_and_start_of_a_loop() -> None:
    begin, unit = "He left:\n", "and then the sea, "
    text = begin + unit * 4 + unit[:7]
    loop = find_loop(text)
    assert loop is not None
    assert loop.period == len(unit)
    assert loop.start == len(begin)
    assert loop.reaches_end
    assert loop.unit == unit
    assert loop.times == pytest.approx(4 + 7 / len(unit))


def test_loop_that_ends_needs_three_rounds() -> None:
    unit, after = "round and round it goes, ", "but then it stopped."
    assert find_loop(unit * 2 + after) is None, "said twice is not a loop"
    loop = find_loop(unit * 3 + after)
    assert loop == Loop(0, len(unit), 3 * len(unit), unit, False)
    assert find_loop(unit * 2) is not None, "twice, and nobody knows how it would go on"


@pytest.mark.parametrize("text", ["", "a", "ha, ha, ha!", "To be, or not to be, that is the question:"])
def test_ordinary_text_is_no_loop(text: str) -> None:
    assert find_loop(text) is None


def test_random_letters_are_no_loop_and_shortest_period_wins() -> None:
    letters = random.Random(3)
    assert find_loop("".join(letters.choice("abcd") for _ in range(600))) is None
    loop = find_loop("abcab" * 12)
    assert loop is not None
    assert loop.period == 5
    characters = find_loop("x" * 30)
    assert characters is not None
    assert characters.period == 1
