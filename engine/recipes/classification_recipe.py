"""Recipes for classifiers: labelled texts, words as the Treebank cuts them, recurrent layers or averaged embeddings."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence
from typing import Self

import torch
from torch import Tensor

from engine.cells import CELLS
from engine.config import JsonObject, option
from engine.corpora import Corpus, load_corpus
from engine.corpora.labelled_texts import LABELLED_TEXTS
from engine.corpora.labelled_texts.imdb_small import without_breaks
from engine.corpora.labelled_texts.whole_sentences import hold_out
from engine.errors import DataError
from engine.models.classifier import AVERAGE, Classifier, ClassifierConfig
from engine.models.folder import LoadedModel
from engine.recipes.base import (
    RECIPE_KINDS,
    Prepared,
    Recipe,
    course,
    has_gates,
    label_smoothing_option,
    load_beginning,
    model_like,
    what_went_before,
)
from engine.text.treebank import TreebankTokenizer, split_words
from engine.training import TrainingSettings
from engine.training.classification import ClassificationObjective, LabelledTexts

# Which weights and settings are kept is decided on so many training sentences, always the same ones.
HELD_OUT, SPLIT_SEED = 500, 0
REGULARISERS = ("dropout", "embedding_dropout", "weight_dropout")


@RECIPE_KINDS.register("classification")
@dataclasses.dataclass(frozen=True)
class ClassificationRecipe(Recipe):
    """How one classifier is made.

    Attributes:
        model: what is built, but for the words and the labels.
        word_dropout: a word seen n times in training is hidden with the probability word_dropout / (word_dropout + n).
        least_hidden: a word is hidden with this probability at least.
        length_weight: see `Classification`.
        direction_weight: how much each direction is also trained to answer by itself.
        max_words: longer training texts are cut there, 0 for never.
        held_out: how many training sentences are kept back to decide on where the corpus' validation split is what is
            reported; 0 decides on that split in any case.
    """

    kind = "classification"
    task = Classifier.task

    model: ClassifierConfig
    vocab_size: int = option(11_000, label="Vocabulary", help="Words that are known by themselves at most.", minimum=60)
    word_dropout: float = option(
        3.0,
        label="Hidden rare words",
        help="A word seen n times is hidden in training with the probability x / (x + n).",
        minimum=0.0,
        maximum=100.0,
    )
    least_hidden: float = option(
        0.0, label="Hidden words", help="Every word is hidden at least this often.", minimum=0.0, maximum=0.95
    )
    length_weight: float = 0.0
    direction_weight: float = option(
        0.0,
        label="Weight of each direction",
        help="How much each direction is also trained to answer by itself.",
        minimum=0.0,
        maximum=10.0,
    )
    label_smoothing: float = label_smoothing_option(0.05)
    batch_size: int = option(50, label="Batch", help="Texts that one update reads.", minimum=1)
    max_words: int = option(
        0, label="Longest text", help="Words after which training texts are cut; 0 for never.", minimum=0
    )
    held_out: int = HELD_OUT
    start_from: str = ""

    @classmethod
    def architectures(cls) -> tuple[str, ...]:
        """Return every cell, and the mean of the embeddings."""
        return (*CELLS.names(), AVERAGE)

    @classmethod
    def tailored(cls, architecture: str, corpus: Corpus, begun: LoadedModel | None) -> Self:
        """Return a small reader in both directions: six passes over some thousand texts."""
        texts, _ = corpus.read(LABELLED_TEXTS)
        if architecture == AVERAGE:
            model = ClassifierConfig.of_average(64, 0.3)
        else:
            model = ClassifierConfig(64, 64, 1, architecture, dropout=0.3, embedding_dropout=0.3)
        if begun:
            model = model_like(ClassifierConfig, begun)
        batch_size = max(1, min(32, len(texts) // 4))
        rate = 5e-3 if has_gates(architecture) else 2e-3
        training = course(6 * len(texts) / batch_size, 160, 1600, learning_rate=rate)
        return cls(
            "own",
            "",
            "",
            model,
            training=training,
            vocab_size=10_000,
            word_dropout=1.0,
            direction_weight=0.3 if model.bidirectional else 0.0,
            batch_size=batch_size,
            max_words=200,
            held_out=0 if "validation" in corpus.splits else HELD_OUT,
        )

    def prepare(self, settings: TrainingSettings) -> Prepared:
        """Read the corpus, collect its words, build the untrained model; weights depend on the seed alone.

        Raises:
            DataError: the corpus cannot be read, or has one label only.
            ModelError: the model to start from is not there, or is of another size.
        """
        begun = load_beginning(self, self.start_from, self.model, REGULARISERS)
        corpus = load_corpus(self.corpus)
        (train_rows, train_labels), (validation_rows, validation_labels) = self._split(corpus)
        labels = list_labels(corpus, [*train_labels, *validation_labels])
        tokenizer = begun.tokenizer if begun else TreebankTokenizer.from_rows(train_rows, self.vocab_size)
        torch.manual_seed(settings.seed)
        model = Classifier.from_config(
            self.model, vocab_size=tokenizer.vocab_size, num_labels=len(labels), pad_id=tokenizer.pad_id
        )
        if begun:
            same = begun.info.config["labels"] == labels
            kept = {name: w for name, w in begun.model.state_dict().items() if same or not name.startswith("output.")}
            model.load_state_dict(kept, strict=same)
        form_ids, word_dropout = hiding(tokenizer, train_rows, self.word_dropout, self.least_hidden)
        objective = ClassificationObjective(
            LabelledTexts([tokenizer.encode_words(row) for row in train_rows], train_labels),
            LabelledTexts([tokenizer.encode_words(row) for row in validation_rows], validation_labels),
            form_ids=form_ids,
            word_dropout=word_dropout,
            batch_size=self.batch_size,
            label_smoothing=self.label_smoothing,
            direction_weight=self.direction_weight,
            length_weight=self.length_weight,
            pad_id=tokenizer.pad_id,
            seed=settings.seed,
        )
        facts: JsonObject = {"model": self.model.model, "title": self.title, "corpora": [self.corpus], "labels": labels}
        facts["chosen_on"] = f"{len(validation_rows):,} {self._chosen_on(corpus)}"
        facts |= {"max_training_words": self.max_words} if self.max_words else {}
        return Prepared(
            model,
            tokenizer,
            objective,
            settings,
            facts | self.names_on_pages(),
            (corpus,),
            what_went_before(begun, self.start_from),
        )

    def _split(self, corpus: Corpus) -> tuple[tuple[list[list[str]], list[int]], tuple[list[list[str]], list[int]]]:
        """Return the (rows, labels) to learn from and those to decide on."""
        rows, labels = self._rows(corpus, "train")
        if self._decides_on_validation(corpus):
            return (rows, labels), self._rows(corpus, "validation")
        kept, held_out = (
            ([rows[i] for i in positions], [labels[i] for i in positions])
            for positions in hold_out(rows, self.held_out, SPLIT_SEED)
        )
        return kept, held_out

    def _decides_on_validation(self, corpus: Corpus) -> bool:
        return "validation" in corpus.splits and (not self.held_out or "test" in corpus.splits)

    def _rows(self, corpus: Corpus, split: str) -> tuple[list[list[str]], list[int]]:
        texts, labels = corpus.read(LABELLED_TEXTS, split)
        rows = [split_words(without_breaks(text))[: self.max_words or None] for text in texts]
        pairs = [(row, label) for row, label in zip(rows, labels, strict=True) if row]
        return [row for row, _ in pairs], [label for _, label in pairs]

    def _chosen_on(self, corpus: Corpus) -> str:
        title = corpus.spec.title
        if self._decides_on_validation(corpus):
            return f"texts of the validation split of {title}"
        return (
            f"whole sentences of the training split of {title}, kept back with every phrase of four words or more "
            "that was cut from them"
        )


def list_labels(corpus: Corpus, numbers: Sequence[int]) -> list[str]:
    """Return what the labels of a corpus are called, by their numbers.

    Raises:
        DataError: there is one label only, or a number has no name.
    """
    labels = list(corpus.spec.labels)
    if len(set(numbers)) < 2:
        raise DataError(f"{corpus.spec.title} has texts of one label only; a classifier needs two or more.")
    if not 0 <= min(numbers) <= max(numbers) < len(labels):
        raise DataError(f"{corpus.spec.title} has a label number that is none of its {len(labels)} labels.")
    return labels


def hiding(
    tokenizer: TreebankTokenizer, rows: Sequence[Sequence[str]], word_dropout: float, least: float = 0.0
) -> tuple[Tensor, Tensor]:
    """Return for each word id (V,) what its form is read as, and how often it is hidden as that in training."""
    counts = Counter(word for row in rows for word in row)
    form_ids, shares = torch.arange(tokenizer.vocab_size), torch.zeros(tokenizer.vocab_size)
    for number in range(tokenizer.vocab_size):
        word = tokenizer.token(number)
        if counts[word]:  # the special ones stay
            form_ids[number] = tokenizer.form_id(word)
            shares[number] = max(least, word_dropout / (word_dropout + counts[word]))
    return form_ids, shares
