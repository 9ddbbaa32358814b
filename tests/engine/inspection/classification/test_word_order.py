"""Words in another order: shuffles are repeatable and lose nothing, and only networks that read an order notice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import InputError
from engine.inspection.classification.predictions import classify_rows
from engine.inspection.classification.word_order import (
    check_order,
    probabilities_in_order,
    shuffle_many,
    shuffle_words,
    swap_words,
)
from engine.models.folder import LoadedModel, load_model

WORDS = tuple("the film was bad , not good at all .".split())


@settings(max_examples=30)
@given(st.lists(st.sampled_from("abcd"), min_size=1, max_size=12), st.integers(0, 999))
def test_a_shuffle_keeps_every_word_and_changes_the_order_where_it_can(words: list[str], seed: int) -> None:
    shuffled = shuffle_words(words, seed)
    assert sorted(shuffled) == sorted(words)
    assert shuffled == shuffle_words(words, seed)
    assert (shuffled != tuple(words)) == (len(set(words)) > 1)


def test_a_swap_exchanges_two_words() -> None:
    assert swap_words(WORDS, 3, 6)[2:7] == ("was", "good", ",", "not", "bad")
    with pytest.raises(InputError, match="words 1 to 10"):
        swap_words(WORDS, 0, 10)


def test_only_a_network_that_reads_an_order_notices_it(tiny_classifiers: Path, tiny_classifier: LoadedModel) -> None:
    blind = shuffle_many(load_model("tiny-average", tiny_classifiers), WORDS)
    assert blind.is_blind
    assert blind.decisions_changed == 0
    assert len(blind.probabilities) == 50
    reads = shuffle_many(tiny_classifier, WORDS, count=20, seed=5)
    assert not reads.is_blind
    rows = [list(shuffle_words(WORDS, seed)) for seed in range(5, 25)]
    found = classify_rows(tiny_classifier, rows)
    assert reads.probabilities == pytest.approx([row.probabilities[1] for row in found], abs=1e-6)
    (intact,) = classify_rows(tiny_classifier, [list(WORDS)])
    assert reads.decisions_changed == pytest.approx(np.mean([row.label != intact.label for row in found]))
    assert probabilities_in_order(tiny_classifier, (tuple(rows[0]),)) == pytest.approx(
        [found[0].probabilities[1]], abs=1e-6
    )


@pytest.mark.parametrize(
    ("words", "told"), [(("so", "so"), "two different words"), (("a", "b") * 51, "At most 100 words")]
)
def test_texts_without_another_order_get_a_sentence(words: tuple[str, ...], told: str) -> None:
    with pytest.raises(InputError, match=told):
        check_order(words)
