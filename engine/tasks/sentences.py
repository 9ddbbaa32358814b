"""Classifying sentences: does this one, from a film review, praise or complain?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch

from engine.corpora.labelled_texts import LABELLED_TEXTS
from engine.tasks.base import TASKS, RealTask, TaskBatch, asked_at_end, data_folder

PADDING, UNKNOWN = 0, 1
WORDS = 1000  # the most frequent ones of the training sentences are known
VALIDATION = 500
LEAST_VALIDATION_WORDS = 8  # training rows are sentences and phrases cut from them; settings are chosen by longer ones
SHARED_WORDS = 4  # a training row of so many words that stands inside a validation sentence is not learnt from
SPLIT_SEED = 0


@TASKS.register("sentences")
class Sentences(RealTask):
    """The first `length` words of a sentence, shorter ones filled up in front; the target, at the last step, is 1 for
    praise.

    Words are those of the data, the 1,000 most frequent of the training sentences each with an id of its own. The
    held-out sentences are SST-2's official validation split; 500 rows of its training split choose settings, and no
    phrase cut from one of them is learnt from. What counts as solved is measured against a classifier that counts
    words: only order can beat it.

    Paper: Socher et al. (2013), Recursive deep models for semantic compositionality over a sentiment treebank, for the
    data (the built-in sample where they cannot be reached); Wang and Manning (2012), Baselines and bigrams, section
    2.1, for naive Bayes on the presence of words.
    """

    title = "Positive or negative"
    question = "Is the sentence positive or negative?"
    length_words = "words of the sentence that are read"
    solved_text = "more held-out sentences right than naive Bayes, which counts words and knows no order"
    allows_bidirectional = True
    shortest, longest = 1, 60
    output_size = 2

    @property
    def vocab_size(self) -> int:  # type: ignore[override]  # the other tasks' number is a plain attribute
        """The words with an id of their own, the filler and one for all other words."""
        return _sentences().vocab_size

    @property
    def answers(self) -> tuple[np.ndarray, np.ndarray]:
        """The share of both answers among the training sentences, and the answers of the held-out ones."""
        return _sentences().shares, _sentences().held_out.labels

    @property
    def counting_accuracy(self) -> float:
        """The share of held-out sentences that naive Bayes gets right from the same words."""
        return _counting_accuracy(data_folder(), self.length)

    @property
    def source_sentence(self) -> str:
        """Which sentences they are."""
        return _sentences().sentence

    def batch(self, batch_size: int, generator: torch.Generator) -> TaskBatch:
        """Return word ids (B, length) of training sentences drawn at random, and the answer at the last step."""
        rows = _sentences().train
        return self._show(rows, torch.randint(len(rows.labels), (batch_size,), generator=generator).numpy())

    def validation(self, count: int) -> TaskBatch:
        """Return the first `count` of the sentences settings are chosen by."""
        return self._first(_sentences().validation, count)

    def held_out(self, count: int) -> TaskBatch:
        """Return the first `count` of the held-out sentences."""
        return self._first(_sentences().held_out, count)

    def is_solved(self, metrics: dict[str, float]) -> bool:
        """Return whether more are right than by counting words."""
        return metrics["accuracy"] > self.counting_accuracy

    def _first(self, rows: _Rows, count: int) -> TaskBatch:
        return self._show(rows, np.arange(min(count, len(rows.labels))))

    def _show(self, rows: _Rows, positions: np.ndarray) -> TaskBatch:
        return asked_at_end(
            torch.from_numpy(rows.read(positions, self.length)), torch.from_numpy(rows.labels[positions])
        )


@dataclass(frozen=True)
class _Rows:
    """Sentences as word ids end to end, where each begins (one more than there are sentences), and their labels."""

    ids: np.ndarray
    starts: np.ndarray
    labels: np.ndarray

    def read(self, positions: np.ndarray, length: int) -> np.ndarray:
        """Return the first `length` words (B, length) of the sentences at `positions`, the last of them at the last
        step."""
        first = self.starts[positions]
        kept = np.minimum(self.starts[positions + 1] - first, length)
        steps = np.arange(length) - (length - kept)[:, None]  # below zero in front of the sentence
        return np.where(steps < 0, PADDING, self.ids[first[:, None] + np.maximum(steps, 0)])


@dataclass(frozen=True)
class _Sentences:
    """The three sets, the shares of both labels in the first, and where they come from."""

    train: _Rows
    validation: _Rows
    held_out: _Rows
    vocab_size: int
    shares: np.ndarray
    sentence: str


def _sentences() -> _Sentences:
    return _read_sentences(data_folder())


@cache
def _read_sentences(folder: str) -> _Sentences:
    from engine.corpora import load_corpus  # here, so that the other tasks do not wait for `datasets`

    corpus = load_corpus("sst2")
    texts, labels = corpus.read(LABELLED_TEXTS)
    rows = [text.split() for text in texts]
    chosen = _choose_validation(rows)
    learnt = _without_parts_of([rows[position] for position in chosen], rows)
    words = [word for word, _ in Counter(word for position in learnt for word in rows[position]).most_common(WORDS)]
    ids = {word: number for number, word in enumerate(words, start=UNKNOWN + 1)}
    held_out_texts, held_out_labels = corpus.read(LABELLED_TEXTS, "validation")

    def numbered(sentences: list[list[str]], answers: list[int]) -> _Rows:
        starts = np.cumsum([0, *(len(sentence) for sentence in sentences)])
        flat = [ids.get(word, UNKNOWN) for sentence in sentences for word in sentence]
        return _Rows(np.array(flat, dtype=np.int64), starts, np.array(answers, dtype=np.int64))

    train = numbered([rows[position] for position in learnt], [labels[position] for position in learnt])
    counts = np.bincount(train.labels, minlength=2)
    return _Sentences(
        train=train,
        validation=numbered([rows[position] for position in chosen], [labels[position] for position in chosen]),
        held_out=numbered([text.split() for text in held_out_texts], held_out_labels),
        vocab_size=len(words) + 2,
        shares=counts / counts.sum(),
        sentence=corpus.source.sentence,
    )


def _choose_validation(rows: list[list[str]]) -> list[int]:
    """Return the places of the rows settings are chosen by: longer ones, drawn with a fixed seed."""
    long = [position for position, row in enumerate(rows) if len(row) >= LEAST_VALIDATION_WORDS]
    count = min(VALIDATION, len(long) // 5)
    return np.random.default_rng(SPLIT_SEED).permutation(long)[:count].tolist()


def _without_parts_of(sentences: list[list[str]], rows: list[list[str]]) -> list[int]:
    """Return the places of the rows that are not empty, stand in none of `sentences`, and contain none of them."""
    parts = {tuple(row[i : i + SHARED_WORDS]) for row in sentences for i in range(len(row) - SHARED_WORDS + 1)}
    whole = [f" {' '.join(row)} " for row in sentences]
    joined = "\n".join(whole)
    starts: dict[tuple[str, ...], list[str]] = {}
    for row, text in zip(sentences, whole, strict=True):
        starts.setdefault(tuple(row[:SHARED_WORDS]), []).append(text)

    def is_apart(row: list[str]) -> bool:
        if len(row) < SHARED_WORDS:
            return bool(row)
        text = f" {' '.join(row)} "
        if tuple(row[:SHARED_WORDS]) in parts and text in joined:
            return False
        windows = (tuple(row[i : i + SHARED_WORDS]) for i in range(len(row) - SHARED_WORDS + 1))
        return not any(inner in text for window in windows for inner in starts.get(window, ()))

    return [position for position, row in enumerate(rows) if is_apart(row)]


@cache
def _counting_accuracy(folder: str, length: int) -> float:
    """Return naive Bayes' accuracy: one added to the number of sentences of each label in which a word occurs."""
    data = _read_sentences(folder)
    present = _presence(data.train, length, data.vocab_size)
    counts = np.stack([present[data.train.labels == label].sum(0) for label in (0, 1)]) + 1.0
    ratio = np.log(counts[1] / counts[1].sum()) - np.log(counts[0] / counts[0].sum())
    bias = np.log(data.shares[1] / data.shares[0])
    answers = _presence(data.held_out, length, data.vocab_size) @ ratio + bias > 0
    return float((answers == data.held_out.labels).mean())


def _presence(rows: _Rows, length: int, vocab_size: int) -> np.ndarray:
    """Return which words occur among the first `length` of each sentence, (N, V), the filler never."""
    present = np.zeros((len(rows.labels), vocab_size), dtype=bool)
    ids = rows.read(np.arange(len(rows.labels)), length)
    present[np.arange(len(ids))[:, None], ids] = True
    present[:, PADDING] = False
    return present
