"""Predicting characters: a stretch of text comes in; which character follows each of them?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from engine.corpora.running_text import RUNNING_TEXT
from engine.errors import ConfigError
from engine.tasks.base import TASKS, RealTask, TaskBatch, data_folder

UNKNOWN = 0  # a character that does not occur in the training text


@TASKS.register("characters")
class Characters(RealTask):
    """`length` characters from anywhere in a text; the target is the next character after each of them.

    Nothing before the stretch is known, so `length` is the longest context there can be. Training stretches begin at
    random places of the training text; those that are measured lie end to end, evenly spread over the validation and
    the test text. The loss is in nats per character, over all steps.

    Paper: Graves (2013), Generating sequences with recurrent neural networks, arXiv 1308.0850, section 3, for the task;
    the text is Tiny Shakespeare, or the built-in sample where it cannot be reached.
    """

    title = "Next character"
    question = "Which character comes next?"
    length_words = "characters of context"
    solved_text = (
        "a lower loss than counting which character follows which two others in the training text (Kneser-Ney trigram)"
    )
    allows_bidirectional = False
    counts_every_step = True
    shortest, longest = 2, 1000

    @property
    def vocab_size(self) -> int:  # type: ignore[override]  # the other tasks' number is a plain attribute
        """The distinct characters of the training text, and one for all others."""
        return _text().vocab_size

    @property
    def output_size(self) -> int:  # type: ignore[override]  # likewise
        """As many as are told apart."""
        return self.vocab_size

    @property
    def answers(self) -> tuple[np.ndarray, np.ndarray]:
        """The share of each character in the training text (one is added to every count), and the test text."""
        return _text().shares, _text().held_out

    @property
    def trigram_loss(self) -> float:
        """Nats per character of the held-out stretches under a trigram model counted in the training text."""
        return _trigram_loss(data_folder(), self.length)

    @property
    def source_sentence(self) -> str:
        """Which text it is."""
        return _text().sentence

    def batch(self, batch_size: int, generator: torch.Generator) -> TaskBatch:
        """Return character ids (B, length) from random places of the training text, and the next ones."""
        text = _text().train
        return self._cut(text, torch.randint(len(text) - self._steps(text), (batch_size,), generator=generator))

    def validation(self, count: int) -> TaskBatch:
        """Return `count` stretches of the validation text, or as many as lie in it end to end."""
        return self._spread(_text().validation, count)

    def held_out(self, count: int) -> TaskBatch:
        """Return `count` stretches of the test text, or as many as lie in it end to end."""
        return self._spread(_text().held_out, count)

    def is_solved(self, metrics: dict[str, float]) -> bool:
        """Return whether the loss is below the trigram model's."""
        return metrics["loss"] < self.trigram_loss

    def _steps(self, text: np.ndarray) -> int:
        if len(text) <= self.length + 1:
            raise ConfigError(
                f"{self.title} has a text of {len(text)} characters, too short for a length of {self.length}."
            )
        return self.length

    def _spread(self, text: np.ndarray, count: int) -> TaskBatch:
        whole = (len(text) - 1) // self._steps(text)
        return self._cut(text, torch.arange(min(count, whole)) * (whole // min(count, whole)) * self.length)

    def _cut(self, text: np.ndarray, starts: Tensor) -> TaskBatch:
        stretches = torch.from_numpy(text[starts[:, None].numpy() + np.arange(self.length + 1)])  # (B, length + 1)
        inputs, targets = stretches[:, :-1].contiguous(), stretches[:, 1:].contiguous()
        return TaskBatch(inputs, targets, torch.ones_like(inputs, dtype=torch.bool))


@dataclass(frozen=True)
class _Text:
    """The three parts of a text as character ids, and the share of each character in the first (one is added to every
    count)."""

    train: np.ndarray
    validation: np.ndarray
    held_out: np.ndarray
    shares: np.ndarray
    sentence: str

    @property
    def vocab_size(self) -> int:
        return len(self.shares)


def _text() -> _Text:
    return _read_text(data_folder())


@cache
def _read_text(folder: str) -> _Text:
    from engine.corpora import load_corpus  # here, so that the other tasks do not wait for `datasets`

    corpus = load_corpus("tiny_shakespeare")
    known = np.unique(_code_points(corpus.read(RUNNING_TEXT)))

    def ids(split: str) -> np.ndarray:
        points = _code_points(corpus.read(RUNNING_TEXT, split))
        positions = np.minimum(known.searchsorted(points), len(known) - 1)
        return np.where(known[positions] == points, positions + 1, UNKNOWN).astype(np.int64)

    train = ids("train")
    counts = np.bincount(train, minlength=len(known) + 1) + 1
    return _Text(train, ids("validation"), ids("test"), counts / counts.sum(), corpus.source.sentence)


def _code_points(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)


@cache
def _trigram_loss(folder: str, length: int) -> float:
    from engine.models.ngram import NgramModel

    text = _read_text(folder)
    model = NgramModel.count(text.train, text.vocab_size, order=3)
    batch = Characters(length).held_out(len(text.held_out))
    log_probs = model(batch.inputs)[0]  # (B, T, V)
    return functional.nll_loss(log_probs.flatten(0, 1), batch.targets.flatten()).item()
