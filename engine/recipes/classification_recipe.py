"""Recipes for classifiers: labelled texts, words as the Treebank cuts them, recurrent layers or averaged embeddings."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence

import torch
from torch import Tensor

from engine.config import JsonObject
from engine.corpora import Corpus, load_corpus
from engine.corpora.imdb_small import without_breaks
from engine.corpora.labelled_texts import LABELLED_TEXTS
from engine.corpora.whole_sentences import hold_out
from engine.models.classifier import Classifier, ClassifierConfig
from engine.recipes.base import Prepared, Recipe
from engine.text.treebank import TreebankTokenizer, split_words
from engine.training import TrainingSettings
from engine.training.classification import ClassificationObjective, LabelledTexts

# Which weights and settings are kept is decided on so many training sentences, always the same ones.
HELD_OUT, SPLIT_SEED = 500, 0


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
            reported.
    """

    model: ClassifierConfig
    vocab_size: int = 11_000
    word_dropout: float = 3.0
    least_hidden: float = 0.0
    length_weight: float = 0.0
    direction_weight: float = 0.0
    label_smoothing: float = 0.05
    batch_size: int = 50
    max_words: int = 0
    held_out: int = HELD_OUT

    def prepare(self, settings: TrainingSettings) -> Prepared:
        """Read the corpus, collect its words, build the untrained model; weights depend on the seed alone.

        Raises:
            DataError: the corpus cannot be read.
        """
        corpus = load_corpus(self.corpus)
        labels = list(corpus.spec.labels)
        (train_rows, train_labels), (validation_rows, validation_labels) = self._split(corpus)
        tokenizer = TreebankTokenizer.from_rows(train_rows, self.vocab_size)
        torch.manual_seed(settings.seed)
        model = Classifier.from_config(
            self.model, vocab_size=tokenizer.vocab_size, num_labels=len(labels), pad_id=tokenizer.pad_id
        )
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
        return Prepared(model, tokenizer, objective, settings, facts | self.names_on_pages(), (corpus.source,))

    def _split(self, corpus: Corpus) -> tuple[tuple[list[list[str]], list[int]], tuple[list[list[str]], list[int]]]:
        """Return the (rows, labels) to learn from and those to decide on."""
        rows, labels = self._rows(corpus, "train")
        if "test" in corpus.splits and "validation" in corpus.splits:
            return (rows, labels), self._rows(corpus, "validation")
        kept, held_out = (
            ([rows[i] for i in positions], [labels[i] for i in positions])
            for positions in hold_out(rows, self.held_out, SPLIT_SEED)
        )
        return kept, held_out

    def _rows(self, corpus: Corpus, split: str) -> tuple[list[list[str]], list[int]]:
        texts, labels = corpus.read(LABELLED_TEXTS, split)
        rows = [split_words(without_breaks(text))[: self.max_words or None] for text in texts]
        pairs = [(row, label) for row, label in zip(rows, labels, strict=True) if row]
        return [row for row, _ in pairs], [label for _, label in pairs]

    def _chosen_on(self, corpus: Corpus) -> str:
        title = corpus.spec.title
        if "test" in corpus.splits and "validation" in corpus.splits:
            return f"texts of the validation split of {title}"
        return (
            f"whole sentences of the training split of {title}, kept back with every phrase of four words or more "
            "that was cut from them"
        )


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
