"""Pieces and words: what belongs together, and how each is shown."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.text import TOKENIZERS
from engine.text.piece_labels import BLANK, END, UNKNOWN, display_pieces, group_pieces

TEXTS = [
    "The dog doesn't see l'herbe, does it? A T-shirt.",
    "a b c d e f g h i j k l m n o p q r s t u v w x y z ! .",
] * 3


@pytest.fixture(scope="module")
def tokenizer():
    """Return a small byte-pair tokeniser."""
    return TOKENIZERS.get("bpe").train(TEXTS, 90)


def words(tokenizer, text: str) -> list[str]:
    """Return the words that the pieces of `text` are grouped into."""
    return [word.text for word in group_pieces(tokenizer.tokens(tokenizer.encode(text)))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the dog.", ["the", "dog", "."]),
        ("does it?", ["does", "it", "?"]),
        ("it ?", ["it", "?"]),
        ("doesn't", ["doesn't"]),
        ("l'herbe", ["l'herbe"]),
        ("T-shirt", ["T-shirt"]),
        ("", []),
    ],
)
def test_words_are_what_blanks_and_punctuation_separate(tokenizer, text: str, expected: list[str]) -> None:
    assert words(tokenizer, text) == expected


def test_pieces_inside_a_word_carry_a_dot_and_special_ones_a_name() -> None:
    tokens = ["▁ska", "te", "r", "▁", "<unk>", ".", "<eos>"]
    assert display_pieces(tokens) == ["ska", "·te", "·r", BLANK, UNKNOWN, ".", END]


def test_a_split_word_says_so_and_an_unknown_one_too() -> None:
    skater, unknown, dot = group_pieces(["▁ska", "ter", "▁", "<unk>", "."])
    assert (skater.text, skater.pieces, skater.is_split) == ("skater", ("ska", "ter"), True)
    assert (unknown.text, unknown.is_unknown, unknown.is_split) == (UNKNOWN, True, False)
    assert not dot.is_split
    assert not dot.is_unknown


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(["▁a", "b", "▁", "<unk>", ".", "'", "-", "▁c", "!"]), max_size=12))
def test_every_piece_belongs_to_exactly_one_word(tokens: list[str]) -> None:
    found = group_pieces(tokens)
    assert [index for word in found for index in range(word.start, word.stop)] == list(range(len(tokens)))
    assert len(display_pieces(tokens)) == len(tokens)
    assert all(word.text for word in found)
