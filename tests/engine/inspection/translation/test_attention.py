"""Attention over words: sums and means by hand, and sentences with the numbers of the map."""

from __future__ import annotations

import numpy as np

from engine.inspection.translation.attention import (
    attention_sentence,
    attention_table,
    merge_attention,
    strongest_links,
)
from engine.text.piece_labels import group_pieces

WEIGHTS = np.array([[0.7, 0.2, 0.1], [0.1, 0.2, 0.7], [0.0, 0.4, 0.6]])


def test_words_get_the_sum_over_what_is_read_and_the_mean_over_what_is_written() -> None:
    source, target = group_pieces(["▁ska", "ter", "▁runs"]), group_pieces(["▁un", "▁cou", "rt"])
    merged = merge_attention(WEIGHTS, target, source)
    assert np.allclose(merged, [[0.9, 0.1], [0.35, 0.65]])
    assert np.allclose(merged.sum(axis=1), 1)


def test_table_numbers_its_words_so_that_repeats_stay_apart() -> None:
    table = attention_table(["a", "b", "a"], ["x", "x", "y"], WEIGHTS)
    assert list(table.columns) == ["written", "1 a", "2 b", "3 a"]
    assert table.loc[1, "3 a"] == 0.7
    assert list(table["written"]) == ["1 x", "2 x", "3 y"]


def test_strongest_links_and_sentence_tell_the_largest_weights() -> None:
    links = strongest_links(["a", "b", "c"], ["x", "y", "z"], WEIGHTS)
    assert list(links["looked_at"]) == ["a", "c", "c"]
    sentence = attention_sentence(["a", "b", "c"], ["x", "y", "z"], WEIGHTS)
    assert "“x”" in sentence
    assert "“a”" in sentence
    assert "0.70" in sentence
    assert "3 of 3" in sentence


def test_the_sentence_prefers_words_to_punctuation() -> None:
    weights = np.array([[0.0, 1.0], [0.8, 0.2]])
    assert "While writing “chien” the network looked at “dog”" in attention_sentence(
        ["dog", "."], ["Un", "chien"], weights
    )
    assert "“!”" in attention_sentence([".", "!"], ["Un", "chien"], weights)
