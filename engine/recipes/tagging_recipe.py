"""Recipes for taggers: tagged sentences, a list of known words, one recurrent layer in one or both directions, with or
without a CRF."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Self

import torch

from engine.cells import CELLS
from engine.config import option
from engine.corpora import Corpus, load_corpus
from engine.corpora.tagged_sentences import TAGGED_SENTENCES
from engine.models.folder import LoadedModel
from engine.models.tagger import Tagger, TaggerConfig
from engine.recipes.base import (
    RECIPE_KINDS,
    Prepared,
    Recipe,
    course,
    has_gates,
    load_beginning,
    model_like,
    what_went_before,
)
from engine.text.base import SPECIAL
from engine.text.bio import OUTSIDE
from engine.text.word_list import list_words
from engine.training import TrainingSettings
from engine.training.tagging import TaggingObjective

DECIDERS = ("crf", "dropout", "locked_dropout")  # what is not taken over from the model before


@RECIPE_KINDS.register("tagging")
@dataclasses.dataclass(frozen=True)
class TaggingRecipe(Recipe):
    """How one tagger is made.

    Attributes:
        model: what is built, but for the words and the tags.
        vocab_size, least_count: how many words are known by themselves at most, and how often they must occur for it.
        word_dropout, rare_dropout: see `engine.training.tagging.Tagging`.
        start_from: name of the recipe whose weights this one goes on from ("" to start afresh); its words stay known,
            words of this corpus are added, and the scores of the tags begin anew.
    """

    kind = "tagging"
    task = Tagger.task

    model: TaggerConfig
    vocab_size: int = option(11_000, label="Vocabulary", help="Words that are known by themselves at most.", minimum=5)
    least_count: int = option(
        3, label="Least count", help="How often a word must occur to be known by itself.", minimum=1
    )
    word_dropout: float = option(
        0.05,
        label="Hidden words",
        help="Share of the known words read as unknown in training.",
        minimum=0.0,
        maximum=0.7,
    )
    rare_dropout: float = option(
        0.25,
        label="Hidden rare words",
        help="A word seen n times is read as unknown in training with the probability x / (x + n) besides.",
        minimum=0.0,
        maximum=100.0,
    )
    batch_words: int = option(800, label="Batch", help="Words that one update reads.", minimum=1)
    start_from: str = ""

    @classmethod
    def architectures(cls) -> tuple[str, ...]:
        """Return every cell."""
        return tuple(CELLS.names())

    @classmethod
    def tailored(cls, architecture: str, corpus: Corpus, begun: LoadedModel | None) -> Self:
        """Return a small tagger in both directions: six passes over some thousand sentences."""
        rows, _ = corpus.read(TAGGED_SENTENCES)
        words = sum(map(len, rows))
        model = TaggerConfig(50, 16, 32, 8, 64, architecture, dropout=0.3)
        if begun:
            model = model_like(TaggerConfig, begun)
        batch_words = max(1, min(400, words // 4))
        rate = 5e-3 if has_gates(architecture) else 2e-3
        training = course(6 * words / batch_words, 160, 1600, learning_rate=rate, max_grad_norm=5.0)
        return cls("own", "", "", model, training=training, vocab_size=10_000, least_count=2, batch_words=batch_words)

    def prepare(self, settings: TrainingSettings) -> Prepared:
        """Read the corpus, list its words, build the untrained model; weights depend on the seed alone.

        Raises:
            DataError: the corpus cannot be read.
            ModelError: the model to start from is not there, or is of another size.
        """
        begun = load_beginning(self, self.start_from, self.model, DECIDERS)
        corpus = load_corpus(self.corpus)
        train, validation = corpus.read(TAGGED_SENTENCES), corpus.read(TAGGED_SENTENCES, "validation")
        known = _known_words(begun) if begun else ()
        tokenizer = list_words(train[0], self.vocab_size, self.least_count, known)
        labels = list_labels(tags for split in (train, validation) for tags in split[1])
        torch.manual_seed(settings.seed)
        model = Tagger.from_config(self.model, vocab_size=tokenizer.vocab_size, labels=labels)
        if begun:
            _take_over(model, begun)
        objective = TaggingObjective(
            train,
            validation,
            tokenizer,
            labels,
            batch_words=self.batch_words,
            word_dropout=self.word_dropout,
            rare_dropout=self.rare_dropout,
            seed=settings.seed,
        )
        facts = {"model": self.model.model, "title": self.title, "corpora": [self.corpus]} | self.names_on_pages()
        before = what_went_before(begun, self.start_from)
        return Prepared(model, tokenizer, objective, settings, facts, (corpus,), before)


def list_labels(rows: Iterable[Sequence[str]]) -> list[str]:
    """Return all tags that occur, "O" first, then "B-x" and "I-x" of every type x that occurs, in alphabetical
    order."""
    types = sorted({tag[2:] for tags in rows for tag in tags if tag != OUTSIDE})
    return [OUTSIDE, *(f"{letter}-{kind}" for kind in types for letter in "BI")]


def _known_words(begun: LoadedModel) -> list[str]:
    tokenizer = begun.tokenizer
    return [word for word in map(tokenizer.token, range(tokenizer.vocab_size)) if word not in SPECIAL]


@torch.no_grad()
def _take_over(model: Tagger, begun: LoadedModel) -> None:
    """Copy what reads: words, letters, shapes and the recurrent layers; new words begin where unknown ones stand."""
    weights, unknown = begun.model.state_dict(), begun.tokenizer.unk_id
    for name, own in model.state_dict().items():
        if name == "embedding.weight":
            own[:] = weights[name][unknown]
            own[: len(weights[name])] = weights[name]
        elif not name.startswith(("crf.", "forward_emission.", "backward_emission.")):
            own.copy_(weights[name])
