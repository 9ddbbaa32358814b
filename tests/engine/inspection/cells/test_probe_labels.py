"""What is true where, against answers written by hand under the text."""

from __future__ import annotations

import pytest

from engine.errors import ConfigError
from engine.inspection.cells.probe_labels import NEEDS, PREDICATES, label_text

BY_HAND = [
    ("inside_quotes", 'He: "No." So', "    xxxx    "),
    ("inside_quotes", '"Open\n\nshut', "xxxxxx     "),
    ("inside_brackets", "a (b [c] d) e) f", "  xxxxxxxx      "),
    ("speaker_name", "TOM:\nO me: I\nMARA LEE: no", "xxxx         xxxxxxxxx   "),
    ("first_line_of_speech", "TOM:\nYes it\nis.", "     xxxxxx    "),
    ("early_in_line", "abcdefgh\nijklmnop", "xxxxx    xxxxx   "),
    ("line_over_fifty", "x" * 52 + "\nx", " " * 50 + "xx" + "  "),
    ("first_word_of_line", "Oh no\n two\nit's", "xx         xxxx"),
    ("word_start", "An owl's", "x  x   x"),
    ("deep_in_word", "abcdefg abcd", "    xxx     "),
    ("doubled_letter", "see all", "  x   x"),
    ("sentence_start", "Hi. abcdefghijkl", "   xxxxxxxxxx   "),
    ("word_boundary", "a, b\n", " xx x"),
    ("upper_case", "aBc D", " x  x"),
    ("vowel", "Air by", "xx    "),
    ("digit", "a1b2", " x x"),
    ("vowel_next", "bad", "x  "),
    ("word_end_next", "to be", " x  x"),
    ("punctuation_next", "Oh, so.", " x   x "),
    ("newline_soon", "abcdefghijklm\n", "   xxxxxxxxxx "),
    ("sentence_end_soon", "abcdefghijklm.", "   xxxxxxxxxx "),
]


@pytest.mark.parametrize(("name", "text", "marks"), BY_HAND)
def test_answers_are_those_written_by_hand(name: str, text: str, marks: str) -> None:
    found = "".join("x" if answer else " " for answer in label_text(name, text))
    assert found.rstrip() == marks.rstrip(), f"{text!r}"
    assert len(found) == len(text)


def test_half_of_all_places_at_most_are_late_in_the_line() -> None:
    found = label_text("late_in_line", "abcd\nefgh\n")
    assert found.tolist() == [False, False, True, True, False] * 2


def test_every_predicate_is_tested_and_says_what_it_needs() -> None:
    assert {name for name, _, _ in BY_HAND} | {"late_in_line"} == set(PREDICATES.names())
    assert len(PREDICATES.names()) >= 15
    assert all(PREDICATES.meta(name)["needs"] in NEEDS for name in PREDICATES.names())


@pytest.mark.parametrize("name", PREDICATES.names())
@pytest.mark.parametrize("text", ["", "a", "\n", '😀é\n\n"('])
def test_any_text_gets_an_answer_per_character(name: str, text: str) -> None:
    assert label_text(name, text).shape == (len(text),)


def test_unknown_predicate_lists_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="inside_quotes"):
        label_text("rhymes", "a")
