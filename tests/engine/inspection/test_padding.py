"""A batch as it enters: padding by hand, packed equals padded equals one by one, and without the mask answers
change."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.errors import InputError
from engine.inspection.classification.predictions import classify_rows
from engine.inspection.padding import arrange, inspect_batch, mask_sentence, split_lines, time_batches, wasted_share
from engine.inspection.tagging.predictions import tag_words
from engine.models.folder import LoadedModel, load_model

LINES = ("Wonderful.", "The film was bad, not good at all.", "a dull mess")


def test_waste_is_counted_by_hand_and_less_when_sorted() -> None:
    lengths = [2, 8, 3, 7]
    assert arrange(lengths, 2, by_length=False) == [[0, 1], [2, 3]]
    assert wasted_share(lengths, [[0, 1], [2, 3]]) == pytest.approx(1 - 20 / 30)
    assert arrange(lengths, 2, by_length=True) == [[0, 2], [3, 1]]
    assert wasted_share(lengths, [[0, 2], [3, 1]]) == pytest.approx(1 - 20 / 22)
    assert arrange([1, 1, 1], 2, by_length=False) == [[0, 1], [2]]


def test_a_classifiers_batch_gives_each_text_its_own_answer(tiny_classifier: LoadedModel) -> None:
    rows = split_lines(tiny_classifier, (*LINES, "", "  "))
    assert [len(row) for row in rows] == [2, 10, 3]
    report = inspect_batch(tiny_classifier, rows)
    assert report.mask.sum(axis=1).tolist() == [2, 10, 3]
    assert report.wasted == pytest.approx(0.5)
    assert report.ids[1].tolist() == tiny_classifier.tokenizer.encode_words(rows[1])
    assert (report.ids[~report.mask] == tiny_classifier.tokenizer.pad_id).all()
    assert 0 < report.packed_difference < 1e-6 or report.packed_difference == 0
    assert report.alone_difference < 1e-6
    alone = classify_rows(tiny_classifier, [list(row) for row in rows])
    assert report.frame["answer"].tolist() == [f"{found.label} {100 * found.probability:.1f} %" for found in alone]
    assert report.frame["largest_change"][0] > 1e-3, "eight steps of padding read as words"
    assert report.frame["largest_change"][1] == 0, "the longest text has no padding"
    assert f"{100 * report.frame['largest_change'].max():.1f} points" in mask_sentence([report])


def test_a_taggers_batch_gives_each_word_its_own_tag(tiny_tagger: LoadedModel) -> None:
    rows = split_lines(tiny_tagger, ("John works at Google in California.", "Anna sleeps.", "Paris"))
    report = inspect_batch(tiny_tagger, rows)
    assert report.packed_difference < 1e-6
    assert report.alone_difference < 1e-6
    assert report.frame["decisions"].tolist() == [len(row) for row in rows]
    assert report.frame["answer"].tolist() == [" ".join(tag_words(tiny_tagger, row).tags) for row in rows]
    assert report.frame["largest_change"][2] > 1e-3
    assert report.frame["largest_change"][0] == 0


def test_a_network_without_layers_has_nothing_to_pack(tiny_classifiers: Path) -> None:
    blind = load_model("tiny-average", tiny_classifiers)
    report = inspect_batch(blind, split_lines(blind, LINES))
    assert np.isnan(report.packed_difference)
    assert report.alone_difference < 1e-6
    assert time_batches(blind, (report.words,)) is None


def test_equal_lengths_leave_the_mask_nothing_to_do(tiny_classifier: LoadedModel) -> None:
    assert "no padding" in mask_sentence([inspect_batch(tiny_classifier, (("good", "film"), ("bad", "film")))])
    times = time_batches(tiny_classifier, ((("good", "film"), ("bad", "film")),), repeats=1)
    assert min(times.padded, times.packed, times.one_by_one) > 0


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (("one line",), "at least two lines"),
        (("good film",) * 13, "At most 12 lines"),
        (("good", "good " * 41), "Line 2 has 41 words; at most 40"),
    ],
)
def test_lines_that_make_no_batch_get_a_sentence(
    tiny_classifier: LoadedModel, lines: tuple[str, ...], told: str
) -> None:
    with pytest.raises(InputError, match=told):
        split_lines(tiny_classifier, lines)
