"""Edits that turn a decision: every reported one is read again, and no smaller deletion exists."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
import torch

from engine.errors import InputError
from engine.inspection.classification import counterfactuals
from engine.inspection.classification.counterfactuals import (
    WordEdit,
    describe_edit,
    edited,
    find_flips,
    flip_sentence,
)
from engine.inspection.classification.predictions import classify_rows
from engine.models.folder import LoadedModel, load_model

TEXTS = (
    "he said the food was not good .",
    "a warm and funny story but the end is a bore",
    "the film was bad , not good at all .",
)
LABELS = ["negative", "positive"]


def decided(loaded: LoadedModel, words: tuple[str, ...]) -> str:
    (found,) = classify_rows(loaded, [list(words)])
    return found.label


@pytest.mark.parametrize("name", ["tiny-bilstm", "tiny-average"])
def test_a_reported_flip_flips_and_no_smaller_deletion_does(tiny_classifiers: Path, name: str) -> None:
    loaded = load_model(name, tiny_classifiers)
    flips = 0
    for text in TEXTS:
        words = tuple(text.split())
        found = find_flips(loaded, words)
        assert LABELS[found.decision] == decided(loaded, words)
        for flip in filter(None, (found.deletion, found.replacement)):
            flips += 1
            assert decided(loaded, flip.words) == LABELS[flip.decision] != LABELS[found.decision]
            (again,) = classify_rows(loaded, [list(flip.words)])
            assert flip.probability == pytest.approx(again.probabilities[found.decision], abs=1e-6)
            rebuilt = [edit.new for edit in flip.edits]
            changed = list(words)
            for edit in flip.edits:
                assert words[edit.position] == edit.old
                changed[edit.position] = edit.new
            assert tuple(word for word in changed if word is not None) == flip.words
            assert all(new is None for new in rebuilt) or all(
                new in loaded.tokenizer.backend.get_vocab() for new in rebuilt
            )
        size = 3 if found.deletion is None else len(found.deletion.edits)
        for smaller in range(1, min(size, 3)):
            rows = [
                [word for position, word in enumerate(words) if position not in gone]
                for gone in combinations(range(len(words)), smaller)
            ]
            assert {result.label for result in classify_rows(loaded, rows)} == {LABELS[found.decision]}
        assert (
            describe_edit(found.smallest) in flip_sentence(found, LABELS)
            if found.smallest
            else "none of" in flip_sentence(found, LABELS)
        )
    assert flips, "the networks' weights are drawn so wide that some edit turns them"


def test_where_nothing_turns_the_decision_the_search_says_so(tiny_classifiers: Path) -> None:
    loaded = load_model("tiny-average", tiny_classifiers)
    with torch.no_grad():
        loaded.model.output.bias[0] += 1_000
    found = find_flips(loaded, tuple(TEXTS[0].split()))
    assert found.smallest is None
    assert 8 + 28 < found.deletions_tried <= 8 + 28 + 56, "one word: all; two: all; three: those with promise"
    assert f"none of {found.deletions_tried + found.replacements_tried} edited texts" in flip_sentence(found, LABELS)


def test_a_search_ends_at_its_budget_and_says_how_near_it_came(
    tiny_classifiers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded, words, budget = load_model("tiny-average", tiny_classifiers), tuple(TEXTS[0].split()), 100
    with torch.no_grad():
        loaded.model.output.bias[0] += 10
    whole = find_flips(loaded, words)
    assert not whole.is_cut
    monkeypatch.setattr(counterfactuals, "BUDGET", budget)
    found = find_flips(loaded, words)
    assert found.is_cut
    assert found.deletions_tried == 8 + (budget - 8 * 7) // 6, (
        "one word: all, of 7 words each; two: as many as it takes"
    )
    assert whole.nearest.probability <= found.nearest.probability < found.probability
    (again,) = classify_rows(loaded, [list(found.nearest.words)])
    assert found.nearest.probability == pytest.approx(again.probabilities[found.decision], abs=1e-6)
    sentence = flip_sentence(found, LABELS)
    assert describe_edit(found.nearest) in sentence
    assert "budget of 100 words" in sentence
    assert "budget" not in flip_sentence(whole, LABELS)


def test_a_text_twice_as_long_is_read_at_most_four_times_as_much(
    tiny_classifiers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded, read = load_model("tiny-average", tiny_classifiers), []
    with torch.no_grad():
        loaded.model.output.bias[0] += 1_000
    own = counterfactuals.probabilities_of_words
    monkeypatch.setattr(
        counterfactuals,
        "probabilities_of_words",
        lambda loaded, rows: read.append(sum(map(len, rows))) or own(loaded, rows),
    )
    words = []
    for length in (40, 80):
        find_flips(loaded, tuple(f"{word}" for word in (TEXTS[0].split() * 10)[:length]))
        words.append(sum(read))
        read.clear()
    assert words[1] <= 2**2 * words[0]


def test_an_edit_puts_its_new_word_in_a_words_place_or_leaves_that_out() -> None:
    edits = [WordEdit(1, "dull", "bright"), WordEdit(2, "film")]
    assert edited(("a", "dull", "film", "again"), edits) == ("a", "bright", "again")


def test_a_long_text_and_an_empty_one_get_a_sentence(tiny_classifier: LoadedModel) -> None:
    with pytest.raises(InputError, match="at most 80 words; yours has 81"):
        find_flips(tiny_classifier, ("good",) * 81)
    with pytest.raises(InputError, match="no word"):
        find_flips(tiny_classifier, ())
    assert find_flips(tiny_classifier, ("good",)).deletion is None, "a text without words is not read"
