"""Tasks on real data: what is shown is what the data hold, nothing learnt from is measured on, and baselines counted
again by hand."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
import torch

from engine.corpora import load_corpus
from engine.corpora.labelled_texts import LABELLED_TEXTS, opinion_grammar
from engine.errors import ConfigError
from engine.tasks import TASKS

LETTERS = "the tide went out and the boats lay down; the tide came in and the boats got up again.\n"


def draw(task, count: int, seed: int = 0):
    return task.batch(count, torch.Generator().manual_seed(seed))


@pytest.fixture
def texts(tmp_path, monkeypatch, write_corpus):
    """Three texts with marks of their own, so that it can be seen where a stretch comes from."""
    parts = {"train": LETTERS * 20, "validation": LETTERS.upper() * 4 + "tide", "test": "#" + LETTERS * 5}
    root = tmp_path / "texts"
    write_corpus(root / "tiny_shakespeare", {split: [{"text": text}] for split, text in parts.items()})
    monkeypatch.setenv("UNROLLED_DATA", str(root))
    return parts


@pytest.fixture
def reviews(tmp_path, monkeypatch, write_corpus):
    """Enough sentences for all three sets; every word of the held-out ones was seen, but for one."""
    train = [
        {"sentence": f"the {noun} is {word} and {noun}s are {word} again number {number}", "label": int(word == "good")}
        for number in range(12)
        for noun in ("film", "song")
        for word in ("good", "bad")
    ]
    train += [
        {"sentence": "good", "label": 1},
        {"sentence": row["sentence"].rsplit(" ", 2)[0], "label": 1} if (row := train[7]) else {},
    ]
    held_out = [
        {"sentence": "the film is good", "label": 1},
        {"sentence": "zebras are bad", "label": 0},
        {"sentence": "bad songs", "label": 0},
    ]
    root = tmp_path / "reviews"
    write_corpus(root / "sst2", {"train": train, "validation": held_out})
    monkeypatch.setenv("UNROLLED_DATA", str(root))
    return train, held_out


def test_digits_are_the_library_s_pictures_once_each_with_their_digit():
    from sklearn.datasets import load_digits

    bunch = load_digits()
    known = {
        (picture / 16).astype(np.float32).tobytes(): digit
        for picture, digit in zip(bunch.images, bunch.target, strict=True)
    }
    assert len(known) == 1797  # no picture twice
    task = TASKS.get("digits")(64)
    seen = []
    for batch in (draw(task, 6000), task.validation(500), task.held_out(500)):
        assert batch.inputs.shape[1:] == (64, 1)
        pictures = [row.numpy().tobytes() for row in batch.inputs]
        assert [known[picture] for picture in pictures] == batch.targets[:, -1].tolist()
        assert batch.mask[:, -1].all()
        assert batch.mask.sum() == len(pictures)
        seen.append(set(pictures))
    assert [len(pictures) for pictures in seen[1:]] == [300, 300]
    assert len(seen[0]) > 1150
    assert not seen[0] & seen[1]
    assert not seen[0] & seen[2]
    assert not seen[1] & seen[2]
    shares = np.bincount([known[picture] for picture in set(known) - seen[1] - seen[2]], minlength=10) / 1197
    digits = np.array([known[picture] for picture in seen[2]])
    assert task.baseline == pytest.approx(-np.log(shares[digits]).mean())
    assert task.baseline_accuracy == pytest.approx((digits == shares.argmax()).mean())


def test_shorter_digits_are_the_same_pictures_more_coarsely():
    whole, half, quarter = (TASKS.get("digits")(length).held_out(5) for length in (64, 32, 16))
    pictures = whole.inputs.reshape(5, 8, 8)
    assert torch.allclose(half.inputs.reshape(5, 8, 4), (pictures[:, :, ::2] + pictures[:, :, 1::2]) / 2)
    assert torch.allclose(quarter.inputs.reshape(5, 4, 4)[:, 1, 2], pictures[:, 2:4, 4:6].mean((1, 2)))
    assert torch.equal(half.targets[:, -1], whole.targets[:, -1])
    with pytest.raises(ConfigError, match="takes the lengths 16, 32 and 64, not 48"):
        TASKS.get("digits")(48)


def test_characters_are_followed_by_what_follows_in_the_text(texts):
    task = TASKS.get("characters")(11)
    names = ["?", *sorted(set(texts["train"]))]
    assert task.vocab_size == task.output_size == len(names)

    def spelt(ids) -> str:
        return "".join(names[number] for number in ids)

    for batch, text in ((draw(task, 40), texts["train"]), (task.held_out(500), "?" + texts["test"][1:])):
        for inputs, targets in zip(batch.inputs.tolist(), batch.targets.tolist(), strict=True):
            assert inputs[1:] == targets[:-1]
            assert spelt([*inputs, targets[-1]]) in text
        assert batch.mask.all()
    held_out = task.held_out(500)
    assert len(held_out.inputs) == (len(texts["test"]) - 1) // 11  # end to end, as many as there are
    assert spelt(held_out.inputs.flatten().tolist()) in "?" + texts["test"][1:]
    assert len(task.held_out(7).inputs) == 7
    assert "?" in spelt(task.validation(500).inputs.flatten().tolist())  # capitals were never seen


def test_the_character_baseline_is_the_unigram_of_the_training_text(texts):
    task = TASKS.get("characters")(11)
    counts, known = Counter(texts["train"]), sorted(set(texts["train"]))
    total = len(texts["train"]) + len(known) + 1  # one is added to every count, and one for characters never seen
    losses = [-math.log((counts[character] + 1) / total) for character in texts["test"]]
    assert task.baseline == pytest.approx(sum(losses) / len(losses))
    assert task.baseline_accuracy == pytest.approx(texts["test"].count(" ") / len(texts["test"]))
    assert 0 < task.trigram_loss < task.baseline / 2
    assert task.is_solved({"loss": task.trigram_loss - 0.01, "accuracy": 0.0})
    assert not task.is_solved({"loss": task.trigram_loss + 0.01, "accuracy": 1.0})
    assert "local copy of Tiny Shakespeare" in task.source_sentence
    with pytest.raises(ConfigError, match="too short for a length of 900"):
        TASKS.get("characters")(900).held_out(5)


def test_sentences_stand_at_the_end_and_only_words_learnt_from_are_known(reviews):
    train, held_out = reviews
    task = TASKS.get("sentences")(4)
    batch = task.held_out(10)
    assert batch.inputs.shape == (3, 4)
    assert batch.targets[batch.mask].tolist() == [row["label"] for row in held_out]
    first, second, third = batch.inputs.tolist()
    assert 1 not in first
    assert 0 not in first
    assert second[0] == 0
    assert second[1] == 1  # no zebra was learnt from
    assert second[2] > 1
    assert third[:2] == [0, 0]
    assert second[3] == third[2]  # "bad"
    assert TASKS.get("sentences")(1).held_out(1).inputs.tolist() == [[first[0]]]  # the first word is kept
    words = {word for row in train for word in row["sentence"].split()}
    assert task.vocab_size <= len(words) + 2


def test_no_phrase_of_a_sentence_that_chooses_settings_is_learnt_from(reviews):
    train, _ = reviews
    task = TASKS.get("sentences")(12)
    chosen = {tuple(row) for row in task.validation(500).inputs.tolist()}
    learnt = {tuple(row) for row in draw(task, 3000).inputs.tolist()}
    assert chosen
    assert not chosen & learnt
    spelt = [[word for word in row if word] for row in learnt]
    for row in chosen:
        whole = [word for word in row if word]
        for other in spelt:
            parts = [whole[i : i + len(other)] for i in range(len(whole) - len(other) + 1)]
            assert len(other) < 4 or 1 in other or other not in parts


def test_naive_bayes_is_what_counting_by_hand_gives(monkeypatch, corpus_cache):
    monkeypatch.delenv("UNROLLED_DATA", raising=False)  # and the Hub cannot be reached in tests: the built-in sample
    task = TASKS.get("sentences")(40)  # longer than any of them, so that no two are alike
    assert "built-in sample Opinions" in task.source_sentence
    rows, held_out = draw_all(task), task.held_out(300)
    seen = {0: Counter(), 1: Counter()}
    for words, label in rows:
        seen[label].update({word for word in words if word})
    totals = {label: sum(seen[label].values()) + task.vocab_size for label in (0, 1)}
    labels = Counter(label for _, label in rows)

    def score(words, label: int) -> float:
        return math.log(labels[label]) + sum(
            math.log((seen[label][word] + 1) / totals[label]) for word in {w for w in words if w}
        )

    answers = [int(score(words, 1) > score(words, 0)) for words in held_out.inputs.tolist()]
    right = np.mean([answer == label for answer, label in zip(answers, held_out.targets[:, -1].tolist(), strict=True)])
    assert task.counting_accuracy == pytest.approx(right)
    assert task.baseline_accuracy < task.counting_accuracy < 0.8  # half of the patterns turn on word order
    assert task.is_solved({"accuracy": task.counting_accuracy + 0.01, "loss": 1.0})


def draw_all(task) -> list[tuple[tuple[int, ...], int]]:
    """Return the distinct training rows: all of them come up in so many draws."""
    batch = draw(task, 30_000)
    return list(
        {(tuple(row), label) for row, label in zip(batch.inputs.tolist(), batch.targets[:, -1].tolist(), strict=True)}
    )


def test_the_shipped_opinions_are_what_the_grammar_writes(tmp_path, monkeypatch, corpus_cache):
    monkeypatch.delenv("UNROLLED_DATA", raising=False)
    corpus = load_corpus("opinions")
    pairs = opinion_grammar.generate()
    everything = []
    for split, count in opinion_grammar.ROWS.items():
        sentences, labels = corpus.read(LABELLED_TEXTS, split)
        assert list(zip(sentences, labels, strict=True)) == [next(pairs) for _ in range(count)]
        assert sum(labels) == count / 2
        everything += sentences
    assert len(set(everything)) == len(everything)
    for sentence, label in zip(*corpus.read(LABELLED_TEXTS, "test"), strict=True):
        words = sentence.split()
        if "not" not in words and "rather" not in words and len(words) < 8 and words[0] == "the":
            assert (words[-2] in opinion_grammar.GOOD) == label
