"""Recipes for n-gram models: running text, counted once; nothing is trained, so every training setting is without
effect."""

from __future__ import annotations

import dataclasses

from engine.corpora import load_corpus
from engine.corpora.running_text import RUNNING_TEXT
from engine.models.ngram import NgramModel
from engine.recipes.base import RECIPE_KINDS, Prepared, Recipe
from engine.text import TOKENIZERS
from engine.training import TrainingSettings


@RECIPE_KINDS.register("ngram")
@dataclasses.dataclass(frozen=True)
class NgramRecipe(Recipe):
    """How one n-gram model is made.

    Attributes:
        order: tokens in an n-gram; the last is predicted from the others.
    """

    kind = "ngram"
    task = NgramModel.task

    order: int
    tokenizer: str = "character"
    _: dataclasses.KW_ONLY
    group: str = "baseline"
    training: TrainingSettings = dataclasses.field(default_factory=TrainingSettings)

    def prepare(self, settings: TrainingSettings) -> Prepared:
        """Read the corpus, collect its characters and count its n-grams."""
        corpus = load_corpus(self.corpus)
        text = corpus.read(RUNNING_TEXT)
        tokenizer = TOKENIZERS.get(self.tokenizer).train([text])
        model = NgramModel.count(tokenizer.encode(text), tokenizer.vocab_size, self.order)
        facts = {"model": "ngram", "cell": model.cell, "title": self.title, "corpora": [self.corpus]}
        return Prepared(model, tokenizer, None, settings, facts | self.names_on_pages(), (corpus,))
